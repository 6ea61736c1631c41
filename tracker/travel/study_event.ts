/**
 * Events of the journal of a study in the form in which they travel: without the command that starts the study and the
 * logins in addresses of checkpoints, which stay on the machine, and with the UUIDs of runs, since their ids differ from
 * file to file.
 */
import { createHash } from "node:crypto";
import { hideInText } from "../../internal/hidden_secrets.ts";
import { isRecord } from "../../internal/objects.ts";
import { refuseDepth } from "../../internal/json.ts";

/** An event is none that a study writes. */
export class StudyEventError extends Error {
  /** Makes the error; the message is a clause. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StudyEventError";
  }
}

/** What a run is called that the file does not have any more. */
const ERASED = "erased";

/**
 * Converts an event of a file.
 *
 * @param text The event, as a file stores it.
 * @param uuidOf Returns the UUID of a run of the file.
 * @returns the event as it travels; what has this form already stays as it is.
 * @throws {StudyEventError} If it is not an event; the message is a clause.
 */
export function travelEvent(
  text: string,
  uuidOf: (run: number) => string | undefined,
): string {
  const event = parsedEvent(text);
  const { kind, start, checkpoint } = event;
  if (kind === "opened" && isRecord(start)) {
    const { command: _command, seal: _seal, ...rest } = start;
    return JSON.stringify({ ...event, start: rest });
  }
  if (isRecord(checkpoint) && typeof checkpoint["uri"] === "string") {
    const uri = hideInText(checkpoint["uri"]);
    return JSON.stringify({ ...event, checkpoint: { ...checkpoint, uri } });
  }
  return JSON.stringify(linkedByUuid(event, uuidOf));
}

/**
 * Converts an event of a file for another file of the same user: with everything, but the UUIDs of runs.
 *
 * @param text The event, as a file stores it.
 * @param uuidOf Returns the UUID of a run of the file.
 * @returns the event; its form that travels is that of the event of the file.
 * @throws {StudyEventError} If it is not an event; the message is a clause.
 */
export function wholeEvent(
  text: string,
  uuidOf: (run: number) => string | undefined,
): string {
  return JSON.stringify(linkedByUuid(parsedEvent(text), uuidOf));
}

type Event = Readonly<Record<string, unknown>>;

function linkedByUuid(
  event: Event,
  uuidOf: (run: number) => string | undefined,
): Event {
  const { kind, run } = event;
  return kind === "linked" && typeof run === "number"
    ? { ...event, run: uuidOf(run) ?? ERASED }
    : event;
}

/**
 * Reads an event.
 *
 * @throws {StudyEventError} If it is none; the message is a clause.
 */
export function parsedEvent(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    refuseDepth(text);
    value = JSON.parse(text);
  } catch {
    throw new StudyEventError("an event of it is not JSON, or nested too deep");
  }
  if (isRecord(value) && typeof value["kind"] === "string") return value;
  throw new StudyEventError("an event of it has no kind");
}

/** The digest of a journal without events. */
export const NO_EVENTS: string = "0".repeat(64);

/**
 * Adds events to the digest of a journal, so that one digest stands for all events up to a place: whoever has the same
 * one has the same events. Which run a trial has is left out, because a run can be erased from one file.
 *
 * @param digest The digest of the events before, in hex.
 * @param events The events as they travel.
 * @returns the digest of all of them, in hex.
 */
export function chainEvents(digest: string, events: Iterable<string>): string {
  let last = digest;
  for (const text of events) {
    last = createHash("sha256").update(last).update(withoutRun(text))
      .digest("hex");
  }
  return last;
}

function withoutRun(text: string): string {
  if (!text.includes('"linked"')) return text;
  const { run: _run, ...event } = parsedEvent(text);
  return event["kind"] === "linked" ? JSON.stringify(event) : text;
}
