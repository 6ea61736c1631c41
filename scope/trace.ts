import type { AnyFunction, CodeUses } from "../fingerprint/mod.ts";
import type { LooseValue } from "../internal/loose_config.ts";

/** Any function, whatever it takes and gives. */
export type TraceableFunction = (...args: LooseValue[]) => LooseValue;

/** What {@linkcode Scope.trace} is told. */
export interface TraceOptions {
  /**
   * The id by which the tracker knows the function.
   *
   * @default the function's name
   */
  readonly id?: string;
  /**
   * Functions and classes that the function calls: a change in one of them is seen, and named.
   *
   * Rarely needed: what the function uses is followed through the module graph anyway, unless
   * `deep` is off or the source cannot be read.
   *
   * @default {[]}
   */
  readonly uses?: CodeUses;
  /**
   * Follows what the function uses through the module graph: helpers in other files, constants,
   * versions of packages.
   *
   * @default true
   */
  readonly deep?: boolean;
  /**
   * The URL of the module that the function stands in: `import.meta.url`.
   *
   * @default the module that calls `trace`
   */
  readonly module?: string;
  /** Values of variables that the source does not show, e.g. of a closure, by name. */
  readonly captures?: Readonly<Record<string, unknown>>;
  /** Functions and classes that the source does not lead to, e.g. the class of an argument. */
  readonly includes?: readonly AnyFunction[];
  /**
   * Takes the place of another function that was traced under the same id.
   *
   * @default false
   */
  readonly override?: boolean;
}

/** What {@linkcode Scope.runtimeTrace} is told. */
export interface RuntimeTraceOptions<R = LooseValue> {
  /**
   * The id by which the tracker knows the function.
   *
   * @default the function's name
   */
  readonly id?: string;
  /** Called before each call, e.g. to seed a random generator. */
  readonly initFn?: () => void;
  /** Gives what of the result is to be fingerprinted, instead of the whole of it. */
  readonly inspectFn?: (result: R) => unknown;
  /** Rounds numbers to this many significant decimal digits before they are fingerprinted. */
  readonly precision?: number;
  /** Rounds numbers to this many significant bits before they are fingerprinted. */
  readonly bits?: number;
}

/** What {@linkcode Scope.trace} returns: give it a function, or use it as a method decorator. */
export interface Tracer {
  /**
   * Traces the function.
   *
   * @param fn The function.
   * @param context What a standard decorator gets.
   * @returns a function of the same type that behaves exactly like it.
   */
  <F extends TraceableFunction>(
    fn: F,
    context?: ClassMethodDecoratorContext,
  ): F;
}

/** What {@linkcode Scope.runtimeTrace} returns: give it a function, or use it as a decorator. */
export interface RuntimeTracer<R = LooseValue> {
  /**
   * Traces the outputs of the function.
   *
   * @param fn The function.
   * @param context What a standard decorator gets.
   * @returns a function of the same type that behaves exactly like it.
   */
  <F extends (...args: LooseValue[]) => R | PromiseLike<R>>(
    fn: F,
    context?: ClassMethodDecoratorContext,
  ): F;
}
