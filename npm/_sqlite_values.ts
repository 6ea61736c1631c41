import type { SQLInputValue } from "node:sqlite";

/** What can be bound to a parameter; objects become JSON. */
export type BindValue =
  | number
  | string
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | Uint8Array
  | BindValue[]
  | { [key: string]: BindValue };

/**
 * Values as `node:sqlite` takes them: by position, or by name where one object is given.
 *
 * @param params What was given.
 * @returns the arguments of its statements.
 */
export function bindAll(params: BindValue[]): SQLInputValue[] {
  const [first] = params;
  if (!isContainer(first)) return params.map(bindable);
  if (Array.isArray(first)) return first.map(bindable);
  const named = Object.entries(first).map(([name, value]) =>
    [name, bindable(value)] as const
  );
  // Its methods have a signature of their own for names, which a list of arguments cannot tell.
  return [Object.fromEntries(named) as unknown as SQLInputValue];
}

function isContainer(
  value: BindValue,
): value is BindValue[] | { [key: string]: BindValue } {
  return typeof value === "object" && value !== null &&
    !(value instanceof Uint8Array) && !(value instanceof Date);
}

function bindable(value: BindValue): SQLInputValue {
  // `node:sqlite` binds every number as REAL; what is an integer must be one in the file too.
  if (typeof value === "number" && Number.isSafeInteger(value)) {
    return BigInt(value);
  }
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return isContainer(value) ? JSON.stringify(value) : value;
}

/** A row whose integers are numbers wherever a number holds them. */
export function inNumbers(row: object): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    const fits = typeof value === "bigint" &&
      Number.isSafeInteger(Number(value));
    out[name] = fits ? Number(value) : value;
  }
  return out;
}
