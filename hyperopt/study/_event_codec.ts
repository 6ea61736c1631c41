/** Events as text. Only metrics can hold what JSON cannot: NaN and the infinities. */
import type { StudyEvent } from "./events.ts";

type Metrics = Readonly<Record<string, number>>;

/** Writes an event. */
export function encodeEvent(event: StudyEvent): string {
  if (!("metrics" in event) || allFinite(event.metrics)) {
    return JSON.stringify(event);
  }
  const metrics = Object.fromEntries(
    Object.entries(event.metrics).map(([key, value]) => [
      key,
      Number.isFinite(value) ? value : String(value),
    ]),
  );
  return JSON.stringify({ ...event, metrics });
}

/** Reads what {@linkcode encodeEvent} wrote, already parsed. */
export function decodeEvent(parsed: unknown): StudyEvent {
  const event = parsed as StudyEvent;
  if ("metrics" in event) {
    const metrics = event.metrics as Record<string, number | string>;
    for (const key in metrics) {
      if (typeof metrics[key] === "string") metrics[key] = Number(metrics[key]);
    }
  }
  if ("point" in event && event.point !== undefined) {
    const point = event.point as (number | null | undefined)[];
    for (let i = 0; i < point.length; i++) point[i] ??= undefined;
  }
  return event;
}

function allFinite(metrics: Metrics): boolean {
  for (const key in metrics) {
    if (!Number.isFinite(metrics[key])) return false;
  }
  return true;
}
