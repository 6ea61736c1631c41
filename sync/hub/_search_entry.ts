/** What the index of a hub says of a search. */
import type { StudyHolder } from "../../tracker/travel/mod.ts";
import { isRecord } from "../../internal/objects.ts";
import {
  type Clock,
  isClock,
  isCount,
  isList,
  isObjectName,
  isText,
} from "./_entry.ts";

/** A part of a journal: its object, the place of its first event, and how many events it has. */
export type JournalRef = readonly [
  object: string,
  first: number,
  events: number,
];

/** What the index says of a search. */
export interface SearchEntry {
  /** What identifies the search: the nonce of its first session, which is the same in every copy of its journal. */
  readonly uuid: string;
  /** Its name where it was pushed first. Two searches can have the same one. */
  readonly name: string;
  /** When it began, in milliseconds since 1970: searches come in this order. */
  readonly started: number;
  readonly clock: Clock;
  /** The number of events. */
  readonly count: number;
  /** The digest of the chain of its events. */
  readonly digest: string;
  /** The parts of its journal, the oldest first. */
  readonly parts: readonly JournalRef[];
  /** The projects that the runs of its trials are in. */
  readonly projects: readonly string[];
  /** The process that worked on it when it was pushed last. */
  readonly holder: StudyHolder | null;
}

/** The most events of a journal. */
export const MOST_EVENTS = 4_000_000;
/** The most bytes of a journal: it is put together in memory. */
export const LARGEST_JOURNAL: number = 256 * 1024 * 1024;
/** The most parts of a journal. */
const MOST_PARTS = 10_000;
/** The longest name of a search, and of what identifies it. */
const LONGEST_NAME = 1_000;

/** Whether a value is an entry of a search: an index can come from anyone who can write to the hub. */
export function isSearchEntry(value: unknown): value is SearchEntry {
  if (!isRecord(value)) return false;
  const { count, parts } = value;
  return isName(value["uuid"]) && isName(value["name"]) &&
    isCount(value["started"]) && isClock(value["clock"]) && isCount(count) &&
    count > 0 && count <= MOST_EVENTS && isObjectName(value["digest"]) &&
    isList(parts, isJournalRef) && parts.length <= MOST_PARTS &&
    areWhole(parts, count) && isList(value["projects"], isText) &&
    (value["holder"] === null || isHolder(value["holder"]));
}

/** Whether a value can name or identify a search. */
export function isName(value: unknown): value is string {
  return isText(value) && value !== "" && value.length <= LONGEST_NAME;
}

function isJournalRef(value: unknown): value is JournalRef {
  return Array.isArray(value) && value.length === 3 &&
    isObjectName(value[0]) && isCount(value[1]) && isCount(value[2]) &&
    value[2] > 0;
}

/** Whether the parts follow each other, and have all events. */
function areWhole(parts: readonly JournalRef[], count: number): boolean {
  let next = 0;
  for (const [, first, events] of parts) {
    if (first !== next) return false;
    next += events;
  }
  return next === count;
}

function isHolder(value: unknown): value is StudyHolder {
  return isRecord(value) &&
    (value["host"] === null || isText(value["host"])) &&
    isCount(value["pid"]) && isCount(value["lease"]) &&
    isCount(value["renewed"]);
}
