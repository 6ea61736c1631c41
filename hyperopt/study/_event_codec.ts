/** Events as JSON. Only metrics can hold what JSON cannot: NaN and the infinities. */
import type { Point } from "../spaces/space.ts";
import { describe } from "../_describe.ts";
import type { StudyEvent } from "./events.ts";
import { unknownEvent } from "./_unknown_event.ts";

type Metrics = Readonly<Record<string, number>>;

/** The parts of an event that JSON changes. */
interface Parts {
  readonly metrics?: Metrics | undefined;
  readonly point?: Point | undefined;
}

/** Writes an event. */
export function encodeEvent(event: StudyEvent): string {
  const { metrics } = partsOf(event);
  if (metrics === undefined || allFinite(metrics)) return JSON.stringify(event);
  const written = Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [
      name,
      Number.isFinite(value) ? value : String(value),
    ]),
  );
  return JSON.stringify({ ...event, metrics: written });
}

/**
 * Reads what {@linkcode encodeEvent} wrote, already parsed.
 *
 * @throws {TypeError} If it is not an event.
 */
export function decodeEvent(parsed: unknown): StudyEvent {
  if (typeof parsed !== "object" || parsed === null) {
    throw new TypeError(`Cannot read an event: it is ${describe(parsed)}`);
  }
  const event = parsed as StudyEvent;
  const parts = partsOf(event);
  const metrics = parts.metrics as Record<string, number | string> | undefined;
  for (const name in metrics) {
    if (typeof metrics[name] === "string") {
      metrics[name] = Number(metrics[name]);
    }
  }
  const point = parts.point as (number | null | undefined)[] | undefined;
  for (let i = 0; i < (point?.length ?? 0); i++) point![i] ??= undefined;
  return event;
}

function partsOf(event: StudyEvent): Parts {
  switch (event.kind) {
    case "started":
    case "reused":
    case "reported":
    case "completed":
    case "stopped":
    case "enqueued":
    case "warmed":
      return event;
    case "opened":
    case "absent":
    case "extended":
    case "failed":
    case "lost":
    case "released":
    case "dropped":
    case "settled":
    case "linked":
    case "exhausted":
    case "closed":
      return {};
    default:
      return unknownEvent(event) ?? {};
  }
}

function allFinite(metrics: Metrics): boolean {
  for (const name in metrics) {
    if (!Number.isFinite(metrics[name])) return false;
  }
  return true;
}
