/**
 * The type of an untyped config's values. This is the one place where the type system is told to
 * look away: what a script reads from an untyped config is a number in one line and a mapping in
 * the next, and only the script knows. Give `ADict` or `Scope` a type to have it checked.
 */
// deno-lint-ignore no-explicit-any -- see above: `unknown` would make `config.lr * 2` an error
export type LooseValue = any;

/** A config whose keys are not known to the type system. */
export interface LooseConfig {
  /** Any key. */
  [key: string]: LooseValue;
}
