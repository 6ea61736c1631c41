/** Times as Python ato writes them: UTC without a zone, microseconds, `2026-01-31 12:00:00.000000`. */

/** Writes milliseconds since 1970. */
export function toTimeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("T", " ").replace(
    "Z",
    "000",
  );
}

const TIME =
  /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(?:([zZ])|([+-])(\d\d):?(\d\d))?$/;

/**
 * Reads a time; microseconds are truncated to milliseconds.
 *
 * @returns the time; an invalid date if the string is not a time, or names a day that does not exist.
 */
export function fromTimeText(text: string): Date {
  const found = TIME.exec(text.trim());
  if (found === null) return new Date(NaN);
  const field = (index: number): number => Number(found[index] ?? 0);
  const time = new Date(0);
  time.setUTCFullYear(field(1), field(2) - 1, field(3));
  time.setUTCHours(field(4), field(5), field(6));
  time.setUTCMilliseconds(Number((found[7] ?? "").padEnd(3, "0").slice(0, 3)));
  const isThere = time.getUTCMonth() === field(2) - 1 &&
    time.getUTCDate() === field(3) && time.getUTCHours() === field(4) &&
    time.getUTCMinutes() === field(5) && time.getUTCSeconds() === field(6);
  if (!isThere) return new Date(NaN);
  const offset = (found[9] === "-" ? -1 : 1) * (field(10) * 60 + field(11));
  return new Date(time.getTime() - offset * 60_000);
}
