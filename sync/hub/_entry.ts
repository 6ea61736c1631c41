/** What the index of a hub says of a run. */
import type { StreamKind, TravelEdits } from "../../tracker/travel/mod.ts";
import { isRecord } from "../../internal/objects.ts";

/** How far a hub has a stream: kind, key, attempt, and the place after the last row. */
export type StreamCover = readonly [
  kind: StreamKind,
  key: string,
  attempt: number,
  next: number,
];

/** A part of a segment: the segment, the number of the part in it, and how many rows it has. */
export type PartRef = readonly [segment: string, part: number, rows: number];

/** When something was written: a counter that grows with every write to the run, the time, and the host. */
export type Clock = readonly [count: number, at: number, host: string];

/** Two people changed the same; what was not kept stands here. */
export interface Conflict {
  /** What was changed. */
  readonly field: "name" | "notes" | "deleted";
  /** The value that was kept. */
  readonly kept: string | null;
  /** The value that was not kept. */
  readonly lost: string | null;
  /** When it was found. */
  readonly clock: Clock;
}

/** What the index says of a run. */
export interface HubEntry {
  readonly uuid: string;
  readonly project: string;
  /** When it started, as its file stores it: runs come in this order, so that the ids of a file do, too. */
  readonly started: string;
  readonly clock: Clock;
  readonly attempts: readonly string[];
  readonly ended: boolean;
  readonly heartbeat: number;
  readonly digest: string;
  /** The streams, or the name of the object that lists them if they are many. */
  readonly covers: readonly StreamCover[] | string;
  /** The rows of all streams. */
  readonly rows: number;
  /** The part with the newest record. */
  readonly record: PartRef;
  /** The parts with rows, the oldest first. */
  readonly parts: readonly PartRef[];
  /** The objects with the content that the record names. */
  readonly objects: Readonly<Record<string, string>>;
  /** The objects that list sources. */
  readonly sources: readonly string[];
  /** The objects that list the pieces of artifacts, by the SHA-256 of the artifact. */
  readonly artifacts: Readonly<Record<string, string>>;
  readonly edits: TravelEdits;
  /** The newest conflicts. */
  readonly conflicts: readonly Conflict[];
}

/** The most streams that an entry lists itself. */
export const INLINE_STREAMS = 32;

const HEX = /^[0-9a-f]{64}$/;

/** Whether a text is the name of an object. */
export function isObjectName(value: unknown): value is string {
  return typeof value === "string" && HEX.test(value);
}

/** Whether a value is a text of a bounded length. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 1_000_000;
}

/** Whether a value is a whole number that is not negative. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNullable(value: unknown): value is string | null {
  return value === null || isText(value);
}

/** Whether a value is a list of something. */
export function isList<T>(
  value: unknown,
  is: (one: unknown) => one is T,
): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

function isPart(value: unknown): value is PartRef {
  return Array.isArray(value) && value.length === 3 &&
    isObjectName(value[0]) && isCount(value[1]) && isCount(value[2]);
}

/** Whether no part is there twice: its rows would be read again and again. */
function areDistinct(parts: readonly PartRef[]): boolean {
  const names = parts.map(([segment, part]) => `${segment} ${part}`);
  return new Set(names).size === parts.length;
}

/** Whether a value is a {@linkcode Clock}. */
export function isClock(value: unknown): value is Clock {
  return Array.isArray(value) && value.length === 3 && isCount(value[0]) &&
    isCount(value[1]) && isText(value[2]);
}

const KINDS: readonly unknown[] = ["point", "call", "console"];

/** Whether a value is a list of streams. */
export function areCovers(value: unknown): value is readonly StreamCover[] {
  return isList(
    value,
    (one): one is StreamCover =>
      Array.isArray(one) && one.length === 4 && KINDS.includes(one[0]) &&
      isText(one[1]) && isCount(one[2]) && isCount(one[3]),
  );
}

/** Whether a value is what people wrote about a run. */
export function areEdits(value: unknown): value is TravelEdits {
  return isRecord(value) && isList(value["tags"], isText) &&
    isNullable(value["name"]) && isNullable(value["notes"]) &&
    (value["deleted"] === null || isTime(value["deleted"]));
}

/** Whether a value is a time as files store it: one that cannot be read would make a run unreadable. */
function isTime(value: unknown): value is string {
  return typeof value === "string" && value.length < 40 &&
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/.test(value) &&
    !Number.isNaN(Date.parse(`${value.replace(" ", "T")}Z`));
}

function isConflict(value: unknown): value is Conflict {
  return isRecord(value) &&
    ["name", "notes", "deleted"].includes(String(value["field"])) &&
    isNullable(value["kept"]) && isNullable(value["lost"]) &&
    isClock(value["clock"]);
}

/** Whether a value is an entry: an index can come from anyone who can write to the hub. */
export function isEntry(value: unknown): value is HubEntry {
  if (!isRecord(value)) return false;
  const { covers, objects } = value;
  return isText(value["uuid"]) && isText(value["project"]) &&
    isText(value["started"]) && isClock(value["clock"]) &&
    isList(value["attempts"], isText) &&
    typeof value["ended"] === "boolean" && isCount(value["heartbeat"]) &&
    isText(value["digest"]) && (isObjectName(covers) || areCovers(covers)) &&
    isCount(value["rows"]) && isPart(value["record"]) &&
    isList(value["parts"], isPart) && areDistinct(value["parts"]) &&
    isRecord(objects) &&
    Object.values(objects).every(isObjectName) &&
    isList(value["sources"], isObjectName) &&
    isRecord(value["artifacts"]) &&
    Object.entries(value["artifacts"]).flat().every(isObjectName) &&
    areEdits(value["edits"]) &&
    isList(value["conflicts"], isConflict);
}
