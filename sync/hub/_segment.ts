/**
 * Segments: what of some runs was new when they were pushed. A segment has parts, each of one run: its record, or rows of
 * its streams, or both. Points are stored in columns, because steps, times and places grow evenly.
 */
import {
  type StreamKind,
  type StreamPart,
  TRAVEL_TABLES,
  type TravelRecord,
  type TravelRow,
  type TravelValue,
} from "../../tracker/travel/mod.ts";
import { BlobError, decodeBlob, encodeBlob } from "./_blob.ts";
import type { Blob } from "./_blob.ts";
import { isRecord } from "../../internal/objects.ts";

/** A part of a segment. */
export interface SegmentPart {
  readonly uuid: string;
  readonly record?: TravelRecord;
  /** Content of the record that is too small for an object of its own. */
  readonly contents?: Readonly<Record<string, string>>;
  readonly streams: readonly StreamPart[];
}

/** A part of a stream as it is stored. */
interface StoredStream {
  readonly kind: StreamKind;
  readonly key: string;
  readonly attempt: number;
  /** Columns of points. */
  readonly points?: StoredPoints;
  /** Rows of other streams. */
  readonly rows?: readonly TravelRow[];
}

interface StoredPoints {
  readonly step: readonly number[];
  readonly seq: readonly number[];
  readonly at: readonly number[];
  readonly value: readonly (number | null)[];
  /** Pairs: the position of a point that is not finite, or -0, and its kind. */
  readonly kind: readonly number[];
}

/** Makes a segment. */
export function encodeSegment(parts: readonly SegmentPart[]): Blob {
  const stored = parts.map(({ streams, ...rest }) => ({
    ...rest,
    streams: streams.map(storeStream),
  }));
  return encodeBlob("segment", JSON.stringify({ version: 1, parts: stored }));
}

function storeStream({ kind, key, attempt, rows }: StreamPart): StoredStream {
  const name = { kind, key, attempt };
  if (kind !== "point") return { ...name, rows };
  const column = (of: string): number[] => rows.map((row) => Number(row[of]));
  return {
    ...name,
    points: {
      step: differences(column("step")),
      seq: differences(column("seq")),
      at: differences(column("at")),
      value: rows.map((row) =>
        typeof row["value"] === "number"
          ? row["value"]
          : row["value"] === null
          ? null
          : 0
      ),
      kind: rows.flatMap((row, i) =>
        row["kind"] === null ? [] : [i, Number(row["kind"])]
      ),
    },
  };
}

/** The first value, then what each adds to the one before. */
function differences(values: readonly number[]): number[] {
  return values.map((value, i) => i === 0 ? value : value - values[i - 1]!);
}

function sums(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => sum += value);
}

/**
 * Reads a segment.
 *
 * @throws {BlobError} If it is not what Ato stores.
 */
export function decodeSegment(name: string, bytes: Uint8Array): SegmentPart[] {
  const content = decodeBlob(name, bytes, "segment");
  let value: unknown;
  try {
    value = JSON.parse(content.toString("utf8"));
  } catch {
    throw new BlobError("it is not JSON");
  }
  if (!isRecord(value) || !Array.isArray(value["parts"])) {
    throw new BlobError("it has no list of parts");
  }
  if (Number(value["version"]) > 1) {
    throw new BlobError("a newer Ato made it; update Ato");
  }
  return value["parts"].map(readPart);
}

function readPart(value: unknown): SegmentPart {
  if (!isRecord(value) || typeof value["uuid"] !== "string") {
    throw new BlobError("a part of it names no run");
  }
  const { uuid, record, contents, streams } = value;
  if (record !== undefined && !isTravelRecord(record)) {
    throw new BlobError("a part of it has no record of a run");
  }
  if (
    contents !== undefined &&
    !(isRecord(contents) &&
      Object.values(contents).every((one) => typeof one === "string"))
  ) throw new BlobError("a part of it has contents that are not strings");
  if (!Array.isArray(streams)) throw new BlobError("a part of it has no rows");
  return {
    uuid,
    ...(record !== undefined && { record }),
    ...(contents !== undefined && {
      contents: contents as Record<string, string>,
    }),
    streams: streams.map(readStored),
  };
}

function readStored(value: unknown): StreamPart {
  if (!isRecord(value)) throw new BlobError("a stream of it is no object");
  const { kind, key, attempt, points, rows } = value;
  if (typeof key !== "string" || !Number.isSafeInteger(attempt)) {
    throw new BlobError("a stream of it has no name");
  }
  const name = { key, attempt: attempt as number };
  if (kind === "point") return { kind, ...name, rows: readPoints(points) };
  if ((kind !== "call" && kind !== "console") || !areRows(rows)) {
    throw new BlobError("a stream of it has no rows");
  }
  return { kind, ...name, rows };
}

function readPoints(value: unknown): TravelRow[] {
  if (!isRecord(value)) throw new BlobError("a stream of it has no points");
  const { step, seq, at, value: values, kind } = value;
  if (
    !areWhole(step) || !areWhole(seq) || !areWhole(at) || !areWhole(kind) ||
    !Array.isArray(values) || kind.length % 2 !== 0 ||
    [step, seq, at].some(({ length }) => length !== values.length)
  ) throw new BlobError("the columns of its points do not fit each other");
  const kinds = new Map<number, number>();
  for (let i = 0; i < kind.length; i += 2) kinds.set(kind[i]!, kind[i + 1]!);
  const [steps, seqs, times] = [sums(step), sums(seq), sums(at)];
  return values.map((one: unknown, i): TravelRow => {
    const found = kinds.get(i) ?? null;
    const isSound = found === null
      ? typeof one === "number" && Number.isFinite(one)
      : found === 4
      ? one === 0
      : found >= 1 && found <= 3 && one === null;
    const places = [steps[i]!, seqs[i]!, times[i]!];
    if (!isSound || seqs[i]! < 0 || !places.every(Number.isSafeInteger)) {
      throw new BlobError("it has a point that is not a number");
    }
    return {
      step: steps[i]!,
      seq: seqs[i]!,
      value: one as number | null,
      kind: found,
      at: times[i]!,
    };
  });
}

function areWhole(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(Number.isSafeInteger);
}

function isValue(value: unknown): value is TravelValue {
  return value === null || typeof value === "string" ||
    typeof value === "number" || isRecord(value);
}

function isRow(value: unknown): value is TravelRow {
  return isRecord(value) && Object.values(value).every(isValue);
}

function areRows(value: unknown): value is TravelRow[] {
  return Array.isArray(value) && value.every(isRow);
}

function isTravelRecord(value: unknown): value is TravelRecord {
  if (!isRecord(value)) return false;
  const { project, parent, run, tables, factors, programs } = value;
  return isRow(project) && typeof project["name"] === "string" &&
    (parent === null || typeof parent === "string") && isRow(run) &&
    isRecord(tables) && TRAVEL_TABLES.every((name) => areRows(tables[name])) &&
    Array.isArray(factors) && factors.every(isFactors) &&
    Array.isArray(programs) && programs.every(isProgram);
}

function isFactors(value: unknown): boolean {
  return isRecord(value) && Number.isSafeInteger(value["attempt"]) &&
    typeof value["dimension"] === "string" &&
    typeof value["level"] === "string" && Array.isArray(value["missing"]) &&
    value["missing"].every((one) => typeof one === "string") &&
    typeof value["set"] === "string";
}

function isProgram(value: unknown): boolean {
  return isRecord(value) && Number.isSafeInteger(value["attempt"]) &&
    typeof value["hash"] === "string" &&
    (value["seal"] === null || typeof value["seal"] === "string");
}
