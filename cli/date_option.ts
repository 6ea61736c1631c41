import { UsageError } from "./command.ts";
import { visible } from "../internal/visible_text.ts";

const DATE =
  /^(\d{4}-(\d{2})-(\d{2}))(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Reads the value of an option that takes a date, with or without a time. Without a zone it is UTC, like the
 * times that are shown.
 *
 * @param text What was given, e.g. `2026-11-23` or `2026-11-23 17:30`.
 * @returns milliseconds since 1970.
 * @throws {UsageError} If it is not a date, or there is no such day.
 */
export function dateOf(text: string): number {
  const [, day, month, dayOfMonth, time = "00:00", zone = "Z"] =
    DATE.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}${zone}`);
  // JavaScript reads the 30th of February as the 2nd of March.
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
