import type { AnyFunction } from "../function_text.ts";

/** Options of {@linkcode fingerprintDeep}. */
export interface DeepOptions {
  /** The URL of the module that the function stands in: `import.meta.url`. */
  readonly module: string;
  /** A line near the function, from 1: tells functions apart that are written alike. */
  readonly line?: number;
  /** Values of variables that the source does not show, e.g. of a closure, by name. */
  readonly captures?: Readonly<Record<string, unknown>>;
  /** Functions and classes that the source does not lead to, e.g. of an argument. */
  readonly includes?: readonly AnyFunction[];
}
