/**
 * The type of the values of an untyped config. It turns type checking off on purpose: a
 * script reads a number from an untyped config in one line and a mapping in the next, and only the script
 * knows which. Pass a type to `ADict` or `Scope` to have the values checked.
 */
// deno-lint-ignore no-explicit-any -- see above: `unknown` would make `config.lr * 2` an error
export type LooseValue = any;

/** A config whose keys are not known to the type system. */
export interface LooseConfig {
  /** Any key. */
  [key: string]: LooseValue;
}
