import { UsageError } from "./command.ts";
import { visible } from "../internal/visible_text.ts";

const DATE =
  /^(\d{4}-(\d{2})-(\d{2}))(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Reads an option that takes a date, alone or with a time. Without a zone it is UTC, as times are
 * shown.
 *
 * @param text What was given, e.g. `2026-11-23` or `2026-11-23 17:30`.
 * @returns milliseconds since 1970.
 * @throws {UsageError} if it is not a date, or the calendar has no such day.
 */
export function dateOf(text: string): number {
  const [, day, month, dayOfMonth, time = "00:00", zone = "Z"] =
    DATE.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}${zone}`);
  // JavaScript takes the 30th of February for the 2nd of March.
  const start = new Date(`${day}T00:00Z`);
  const isDay = start.getUTCMonth() + 1 === Number(month) &&
    start.getUTCDate() === Number(dayOfMonth);
  if (isDay && !Number.isNaN(at)) return at;
  throw new UsageError(
    `Cannot read the date ${
      visible(text)
    }; write 2026-11-23, or "2026-11-23 17:30"`,
  );
}
