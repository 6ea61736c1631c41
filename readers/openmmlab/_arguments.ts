import type { CallArguments, Value } from "./_values.ts";
import { Fault } from "./errors.ts";

/**
 * Matches arguments to the names of parameters.
 *
 * @param fn The name of the called function, for the message.
 * @param args The arguments.
 * @param names The names of the parameters, in order; those from index `required` on are optional.
 * @param required The number of required parameters.
 * @returns the values in the order of the names.
 */
export function take<const Names extends readonly string[]>(
  fn: string,
  args: CallArguments,
  names: Names,
): { readonly [At in keyof Names]: Value };
/** Matches arguments to the names of parameters, all of which are optional. */
export function take<const Names extends readonly string[]>(
  fn: string,
  args: CallArguments,
  names: Names,
  required: 0,
): { readonly [At in keyof Names]: Value | undefined };
/** Matches arguments to the names of parameters, of which only the first is required. */
export function take<const Rest extends readonly string[]>(
  fn: string,
  args: CallArguments,
  names: readonly [string, ...Rest],
  required: 1,
): readonly [Value, ...{ [At in keyof Rest]: Value | undefined }];
/** Matches arguments to the names of parameters, of which the first two are required. */
export function take<const Rest extends readonly string[]>(
  fn: string,
  args: CallArguments,
  names: readonly [string, string, ...Rest],
  required: 2,
): readonly [Value, Value, ...{ [At in keyof Rest]: Value | undefined }];
export function take(
  fn: string,
  args: CallArguments,
  names: readonly string[],
  required: number = names.length,
): readonly (Value | undefined)[] {
  const { positional, named } = args;
  if (positional.length > names.length) {
    throw new Fault(
      `${fn} takes at most ${names.length} arguments and gets ${positional.length}`,
    );
  }
  const values: (Value | undefined)[] = names.map((name, i) =>
    i < positional.length ? positional[i] : named.get(name)
  );
  for (const name of named.keys()) {
    const at = names.indexOf(name);
    if (at < 0) throw new Fault(`${fn} has no parameter ${name}`);
    if (at < positional.length) throw new Fault(`${fn} gets ${name} twice`);
  }
  const missing = values.slice(0, required).indexOf(undefined);
  if (missing >= 0) throw new Fault(`${fn} needs ${names[missing]}`);
  return values;
}
