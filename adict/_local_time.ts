import { replaceValues } from "./_replace_values.ts";

const LOCAL =
  /(?<![\w-])(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?![\w:.+-])/g;

/**
 * Reads TOML's date-times without an offset as UTC. Its parsers take them for the time zone of the
 * machine, so that one file would be another config on another machine.
 *
 * @param data What the parser gave; changed in place.
 * @param text What it read.
 * @returns the data.
 */
export function readLocalTimesAsUtc<T>(data: T, text: string): T {
  const moments = new Map<number, Date>();
  for (const [, day, time] of text.matchAll(LOCAL)) {
    const local = new Date(`${day}T${time}`).getTime();
    const utc = new Date(`${day}T${time}Z`);
    if (local !== utc.getTime()) moments.set(local, utc);
  }
  if (moments.size === 0) return data;
  return replaceValues(
    data,
    (value) => value instanceof Date ? moments.get(value.getTime()) : undefined,
  );
}
