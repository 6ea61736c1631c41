/** A part of the journal of a search, as an object of a hub. */
import { isRecord } from "../../internal/objects.ts";
import { BlobError, decodeBlob } from "./_blob.ts";
import type { Hub } from "./_hub.ts";
import type { JournalRef } from "./_search_entry.ts";

/** The most events of a part. */
const PART_EVENTS = 16_384;
/** The most characters of a part, about. */
const PART_SIZE = 4 * 1024 * 1024;

/** Events of a journal, from a place on. */
export interface JournalPart {
  /** What identifies the search. */
  readonly uuid: string;
  /** The place of the first event. */
  readonly first: number;
  /** The events, as they travel. */
  readonly events: readonly string[];
}

/** Stores events, in as many parts as they need. */
export async function putJournal(
  hub: Hub,
  { uuid, first, events }: JournalPart,
): Promise<JournalRef[]> {
  const refs: JournalRef[] = [];
  for (let at = 0; at < events.length;) {
    let [end, size] = [at, 0];
    while (
      end < events.length && end - at < PART_EVENTS &&
      (end === at || size + events[end]!.length <= PART_SIZE)
    ) size += events[end++]!.length;
    const part = { uuid, first: first + at, events: events.slice(at, end) };
    const text = JSON.stringify({ version: 1, journal: part });
    refs.push([await hub.put("content", text), part.first, end - at]);
    at = end;
  }
  return refs;
}

/**
 * Fetches a part.
 *
 * @returns its events, their size, and the bytes that were fetched.
 * @throws {BlobError} If it is not what the index says.
 */
export async function fetchJournal(
  hub: Hub,
  uuid: string,
  [object, first, count]: JournalRef,
): Promise<{ events: readonly string[]; size: number; bytes: number }> {
  const stored = await hub.fetch(object);
  const content = decodeBlob(object, stored, "content");
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(content));
  } catch {
    throw new BlobError("a part of its journal is not JSON");
  }
  if (isRecord(value) && Number(value["version"]) > 1) {
    throw new BlobError(
      "a newer Ato made a part of its journal; update Ato",
    );
  }
  const part = isRecord(value) ? value["journal"] : undefined;
  if (
    !isRecord(part) || part["uuid"] !== uuid || part["first"] !== first ||
    !areTexts(part["events"]) || part["events"].length !== count
  ) throw new BlobError("a part of its journal is not the one of the index");
  return {
    events: part["events"],
    size: content.length,
    bytes: stored.length,
  };
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
