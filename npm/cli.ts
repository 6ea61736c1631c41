/**
 * Stand-in for `@std/cli`: `parseArgs`, over `minimist`.
 *
 * @module
 */
import minimist from "minimist";

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions {
  /** Flags that are always `true` or `false`; `true` for all without a value. */
  boolean?: boolean | string | readonly string[];
  /** Flags that are always strings. */
  string?: string | readonly string[];
  /** Flags that may be given several times, and are always arrays. */
  collect?: string | readonly string[];
  /** Flags that `--no-` turns off. */
  negatable?: string | readonly string[];
  /** Values of flags that are not given. */
  default?: Record<string, unknown>;
  /** Other names of a flag. */
  alias?: Record<string, string | readonly string[]>;
  /** Put what follows `--` under the key `"--"` instead of `_`. @default false */
  "--"?: boolean;
  /** Everything from the first word without a dash on goes into `_`. @default false */
  stopEarly?: boolean;
  /** Is told of what no option names; `false` leaves it out. */
  unknown?: (arg: string) => unknown;
}

/** What {@linkcode parseArgs} gives: the flags by name, and the other words under `_`. */
// deno-lint-ignore no-explicit-any -- as in @std/cli: what a flag holds depends on the options
export type Args = Record<string, any> & {
  /** The words that belong to no flag. */
  _: (string | number)[];
};

type Names = boolean | string | readonly string[] | undefined;
type Nested = Record<string, unknown>;

/**
 * Parses command-line words into flags. Of a flag that is given twice the last value counts, unless
 * it is to be collected.
 *
 * @param args The words, without the program's own name.
 * @param options Which flags are boolean, string, defaulted, aliased.
 * @returns the flags and the other words.
 */
export function parseArgs(
  args: readonly string[],
  options: ParseOptions = {},
): Args {
  const { collect, negatable, unknown, default: defaults, ...rest } = options;
  const [early, late] = splitDefaults(
    defaults,
    names(options.boolean, options),
  );
  const parsed = minimist(hide(args, names(negatable, options)), {
    ...rest,
    default: early,
    unknown: (arg: string) => unknown?.(show(arg)),
  });
  const collected = names(collect, options);
  const flags = settle(parsed, "", collected) as Args;
  for (const [name, value] of late) {
    if (hasAt(flags, name)) continue;
    for (const one of names(name, options)) setAt(flags, one, value);
  }
  for (const name of names(options.string, options)) {
    if (collected.has(name) && !hasAt(flags, name)) setAt(flags, name, []);
  }
  return flags;
}

/** The names, and whatever else the flags are called. */
function names(some: Names, { alias = {} }: ParseOptions): Set<string> {
  const all = new Set(typeof some === "object" ? some : []);
  if (typeof some === "string") all.add(some);
  for (const [name, others] of Object.entries(alias)) {
    const group = [name, others].flat();
    if (group.some((one) => all.has(one))) group.forEach((one) => all.add(one));
  }
  return all;
}

/** `minimist` gives switches their values first; for the other flags it cannot tell a default from a value. */
function splitDefaults(
  defaults: Record<string, unknown> = {},
  booleans: Set<string>,
): [Record<string, unknown>, [string, unknown][]] {
  const all = Object.entries(defaults);
  return [
    Object.fromEntries(all.filter(([name]) => booleans.has(name))),
    all.filter(([name]) => !booleans.has(name)),
  ];
}

// `minimist` takes every `--no-x` for a negation, and stumbles over names that every object has; with
// this mark they are flags like others.
const MARK = "\0";

function hide(args: readonly string[], negatable: Set<string>): string[] {
  return args.map((arg) => {
    const [, no, name = ""] = /^--(no-)?([^=.]+)/.exec(arg) ?? [];
    const whole = arg.slice("--no-".length);
    const negation = no && !arg.includes("=") && !negatable.has(whole);
    return negation || name in Object.prototype
      ? `--${MARK}${arg.slice(2)}`
      : arg;
  });
}

function show(word: string): string {
  return word.replace(MARK, "");
}

/** Lays the parsed flags out as `@std/cli` does. */
function settle(value: unknown, path: string, collected: Set<string>): unknown {
  if (Array.isArray(value)) {
    if (path === "_" || path === "--") {
      return value.map((x) => typeof x === "string" ? show(x) : x);
    }
    return collected.has(path) ? value : value.at(-1);
  }
  if (collected.has(path)) return [value];
  if (typeof value !== "object" || value === null) return value;
  const settled: Nested = {};
  for (const [key, below] of Object.entries(value)) {
    const name = show(key);
    if (name === "__proto__" || name === "constructor") continue;
    const at = path === "" ? name : `${path}.${name}`;
    settled[name] = settle(below, at, collected);
  }
  return settled;
}

function hasAt(flags: Nested, name: string): boolean {
  let at: unknown = flags;
  return name.split(".").every((key) => {
    const found = typeof at === "object" && at !== null &&
      Object.hasOwn(at, key);
    if (found) at = (at as Nested)[key];
    return found;
  });
}

function setAt(flags: Nested, name: string, value: unknown): void {
  const keys = name.split(".");
  const last = keys.pop()!;
  let at = flags;
  for (const key of keys) at = (at[key] ??= {}) as Nested;
  at[last] = value;
}
