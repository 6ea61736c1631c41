import type { ADict } from "../adict/mod.ts";
import type { LooseConfig } from "../internal/loose_config.ts";

/** A view: a function that sets keys of the config that it is given. */
export type ViewFunction<T extends object = LooseConfig> = (
  config: ADict<T>,
) => unknown;

/** Some keys of a config, to any depth. */
export type PartialConfig<T> = T extends readonly unknown[] ? T
  : T extends object ? { [K in keyof T]?: PartialConfig<T[K]> }
  : T;

/** Options for {@linkcode Scope.observe}. */
export interface ViewOptions {
  /**
   * Applies the view without a request, before all requested views.
   *
   * @default {false}
   */
  readonly default?: boolean;
  /**
   * Views of a lower priority are applied first, so those of a higher priority win. Views of the same
   * priority are applied in the order in which they were requested.
   *
   * @default {0}
   */
  readonly priority?: number;
  /**
   * Applies the view after the command line.
   *
   * @default {false}
   */
  readonly lazy?: boolean;
  /**
   * Views that this one needs: they are requested whenever this one is.
   *
   * @default {[]}
   */
  readonly chainWith?: string | readonly string[];
  /**
   * The name of the view.
   *
   * @default {the name of the function}
   */
  readonly name?: string;
  /**
   * For a plain object: merges its mappings into those of the config instead of replacing them.
   *
   * @default {false}
   */
  readonly deep?: boolean;
  /**
   * Replaces a view with the same name.
   *
   * @default {false}
   */
  readonly override?: boolean;
}

/** The result of {@linkcode Scope.observe}: a function that takes a function, and a method decorator. */
export interface ViewRegistrar<T extends object = LooseConfig> {
  /**
   * Registers the function as a view.
   *
   * @param view The function.
   * @param context The context of a standard decorator.
   * @returns the function, unchanged.
   */
  <F extends ViewFunction<T>>(
    view: F,
    context?: ClassMethodDecoratorContext,
  ): F;
}
