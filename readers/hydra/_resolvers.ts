/**
 * The resolvers that Hydra adds to those of OmegaConf.
 *
 * @module
 */
import { BUILTINS as OMEGACONF } from "./resolve/_builtins.ts";
import type { NodeResolver } from "./resolve/_evaluate.ts";
import { Leaf } from "./_tree.ts";

const now: NodeResolver = (_context, args) => {
  const [pattern] = args;
  if (!(pattern instanceof Leaf) || typeof pattern.value !== "string") {
    throw new TypeError("now needs a pattern, as in ${now:%Y-%m-%d}");
  }
  return formatTime(pattern.value, new Date());
};

const hydra: NodeResolver = () => {
  throw new RangeError(
    "the values of a running Hydra job are not available; add a resolver `hydra` to the option resolvers",
  );
};

/** OmegaConf's and Hydra's resolvers by name. */
export const BUILTINS: ReadonlyMap<string, NodeResolver> = new Map([
  ...OMEGACONF,
  ["now", now],
  ["hydra", hydra],
]);

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
  .concat("Saturday");
const MONTHS = [
  ..."January February March April May June July August".split(" "),
  ..."September October November December".split(" "),
];

/** Formats a local time with a pattern of `strftime`. */
export function formatTime(pattern: string, time: Date): string {
  const two = (value: number, size = 2) => String(value).padStart(size, "0");
  const hour = time.getHours();
  const parts: Readonly<Record<string, () => string>> = {
    Y: () => two(time.getFullYear(), 4),
    y: () => two(time.getFullYear() % 100),
    m: () => two(time.getMonth() + 1),
    d: () => two(time.getDate()),
    H: () => two(hour),
    I: () => two(hour % 12 || 12),
    M: () => two(time.getMinutes()),
    S: () => two(time.getSeconds()),
    f: () => two(time.getMilliseconds() * 1000, 6),
    p: () => hour < 12 ? "AM" : "PM",
    j: () => two(dayOfYear(time), 3),
    a: () => DAYS[time.getDay()]!.slice(0, 3),
    A: () => DAYS[time.getDay()]!,
    b: () => MONTHS[time.getMonth()]!.slice(0, 3),
    B: () => MONTHS[time.getMonth()]!,
    F: () => formatTime("%Y-%m-%d", time),
    T: () => formatTime("%H:%M:%S", time),
    s: () => String(Math.floor(time.getTime() / 1000)),
    "%": () => "%",
  };
  return pattern.replace(/%(.)/g, (_match, name: string) => {
    if (Object.hasOwn(parts, name)) return parts[name]!();
    throw new RangeError(`now does not know %${name}`);
  });
}

function dayOfYear(time: Date): number {
  const day = Date.UTC(time.getFullYear(), time.getMonth(), time.getDate());
  return (day - Date.UTC(time.getFullYear(), 0, 0)) / 86_400_000;
}
