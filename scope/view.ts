import type { ADict } from "../adict/mod.ts";
import type { LooseConfig } from "../internal/loose_config.ts";

/** A function that sets keys of the config that it is given. */
export type ViewFunction<T extends object = LooseConfig> = (
  config: ADict<T>,
) => unknown;

/** Some keys of a config, to any depth. */
export type PartialConfig<T> = T extends readonly unknown[] ? T
  : T extends object ? { [K in keyof T]?: PartialConfig<T[K]> }
  : T;

/** When and in what order a view is applied. */
export interface ViewOptions {
  /**
   * Applied without being asked for, before all named views.
   *
   * @default false
   */
  readonly default?: boolean;
  /**
   * Views of a lower priority are applied first, so those of a higher one win. Among equals, those
   * that were asked for first are applied first.
   *
   * @default 0
   */
  readonly priority?: number;
  /**
   * Applied after the command line.
   *
   * @default false
   */
  readonly lazy?: boolean;
  /** Views that this one needs: they are asked for whenever this one is. */
  readonly chainWith?: string | readonly string[];
  /**
   * The name, where the function's own does not serve.
   *
   * @default the function's name
   */
  readonly name?: string;
  /**
   * For a plain object: its mappings are merged into those of the config and do not replace them.
   *
   * @default false
   */
  readonly deep?: boolean;
  /**
   * Takes the place of a view of the same name.
   *
   * @default false
   */
  readonly override?: boolean;
}

/** What {@linkcode Scope.observe} returns: give it a function, or use it as a decorator. */
export interface ViewRegistrar<T extends object = LooseConfig> {
  /**
   * Makes the function a view.
   *
   * @param view The function.
   * @param context What a standard decorator gets.
   * @returns the function, unchanged.
   */
  <F extends ViewFunction<T>>(
    view: F,
    context?: ClassMethodDecoratorContext,
  ): F;
}
