import type { AnyFunction, CodeUses } from "../fingerprint/mod.ts";
import type { LooseValue } from "../internal/loose_config.ts";

/** Any function. */
export type TraceableFunction = (...args: LooseValue[]) => LooseValue;

/** Options for {@linkcode Scope.trace}. */
export interface TraceOptions {
  /**
   * The id of the function in the tracker.
   *
   * @default {the name of the function}
   */
  readonly id?: string;
  /**
   * Functions and classes that the function calls. A change in one of them is detected and reported by
   * name.
   *
   * This is rarely needed: what the function uses is followed through the module graph anyway, unless
   * `deep` is false or the source cannot be read.
   *
   * @default {[]}
   */
  readonly uses?: CodeUses;
  /**
   * Follows what the function uses through the module graph: helpers in other files, constants,
   * versions of packages.
   *
   * @default {true}
   */
  readonly deep?: boolean;
  /**
   * The URL of the module that contains the function: `import.meta.url`.
   *
   * @default {the module that calls `trace`}
   */
  readonly module?: string;
  /**
   * The values of variables that are not in the source, e.g. of a closure, by name.
   *
   * @default {{}}
   */
  readonly captures?: Readonly<Record<string, unknown>>;
  /**
   * Functions and classes that cannot be found through the source, e.g. the class of an argument.
   *
   * @default {[]}
   */
  readonly includes?: readonly AnyFunction[];
  /**
   * Replaces another function that was traced under the same id.
   *
   * @default {false}
   */
  readonly override?: boolean;
}

/** Options for {@linkcode Scope.runtimeTrace}. */
export interface RuntimeTraceOptions<R = LooseValue> {
  /**
   * The id of the function in the tracker.
   *
   * @default {the name of the function}
   */
  readonly id?: string;
  /**
   * Called before each call, e.g. to seed a random generator.
   *
   * @default {nothing is called}
   */
  readonly initFn?: () => void;
  /**
   * Returns the part of the result to fingerprint.
   *
   * @default {the whole result}
   */
  readonly inspectFn?: (result: R) => unknown;
  /**
   * Rounds numbers to this many significant decimal digits before they are fingerprinted.
   *
   * @default {not rounded}
   */
  readonly precision?: number;
  /**
   * Rounds numbers to this many significant bits before they are fingerprinted.
   *
   * @default {not rounded}
   */
  readonly bits?: number;
}

/** The result of {@linkcode Scope.trace}: a function that takes a function, and a method decorator. */
export interface Tracer {
  /**
   * Traces the function.
   *
   * @param fn The function.
   * @param context The context of a standard decorator.
   * @returns a function of the same type that behaves exactly like it.
   */
  <F extends TraceableFunction>(
    fn: F,
    context?: ClassMethodDecoratorContext,
  ): F;
}

/** The result of {@linkcode Scope.runtimeTrace}: a function that takes a function, and a method decorator. */
export interface RuntimeTracer<R = LooseValue> {
  /**
   * Traces the outputs of the function.
   *
   * @param fn The function.
   * @param context The context of a standard decorator.
   * @returns a function of the same type that behaves exactly like it.
   */
  <F extends (...args: LooseValue[]) => R | PromiseLike<R>>(
    fn: F,
    context?: ClassMethodDecoratorContext,
  ): F;
}
