/** Writes and reads what programs printed. */
import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";
import { KEPT_START, STREAMS } from "./_console_buffer.ts";
import type { AttemptOf } from "./_factor_store.ts";
import { pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import { schemaVersion } from "./_schema_version.ts";
import { NUMBER, objectOf, type Shape, TEXT } from "./_shapes.ts";
import type { ConsolePart } from "./console.ts";
import type { Connection, Row } from "./driver.ts";
import { damageError } from "./errors.ts";
import { messageOf } from "../internal/errors.ts";
import { visible } from "../internal/visible_text.ts";

/** The first schema version with console output. */
const CONSOLE_SINCE = 6;
/** The largest piece once it is inflated, in bytes: a file may come from a stranger. */
const LARGEST = 1024 * 1024;
/** Bytes before each record of a piece: the stream, and the length. */
const HEAD = 5;

/** A piece of the output; also a line of a spill file. */
export interface ConsoleNote {
  /** The place of its first byte among all bytes of the output. */
  readonly start: number;
  /** Its length in bytes. */
  readonly bytes: number;
  /** When its first byte was printed, in milliseconds since 1970. */
  readonly at: number;
  /** Its records, deflated, in Base64. */
  readonly content: string;
  /** The pieces before this place, but for the start of the output, are not needed any longer. */
  readonly keptFrom: number;
}

const NOTE: Shape = objectOf({
  start: NUMBER,
  bytes: NUMBER,
  at: NUMBER,
  content: TEXT,
  keptFrom: NUMBER,
});

/** Reads a line of a spill file; `undefined` if it is not a piece of output. */
export function consoleOfLine(line: object): ConsoleNote | undefined {
  return NOTE(line, "console") === undefined ? line as ConsoleNote : undefined;
}

/** Writes a piece, and erases those in the middle of a long output. The caller has begun a transaction. */
export function writeConsole(
  connection: Connection,
  { runId, attempt }: AttemptOf,
  { start, bytes, at, content, keptFrom }: ConsoleNote,
): void {
  connection.prepare(
    "INSERT OR REPLACE INTO console (run_id, attempt, start, bytes, at, content) VALUES (?, ?, ?, ?, ?, ?)",
  ).run(runId, attempt, start, bytes, at, Buffer.from(content, "base64"));
  if (keptFrom <= KEPT_START) return;
  connection.prepare(
    "DELETE FROM console WHERE run_id = ? AND attempt = ? AND start >= ? AND start + bytes <= ?",
  ).run(runId, attempt, KEPT_START, keptFrom);
}

/** Pieces that are read at once. */
const SLICE = 32;

/** What is read of the output. */
export interface ConsoleRange {
  /** Only pieces from this place on. @default {0} */
  readonly after?: number;
  /** No more pieces once they have so many bytes: without `after` the last ones. @default {all} */
  readonly most?: number;
}

/**
 * Reads the output of an attempt, in the order in which it was printed.
 *
 * @throws {StorageError} If a piece is damaged.
 */
export function* readConsole(
  connection: Connection,
  of: AttemptOf,
  { after, most = Infinity }: ConsoleRange,
): Iterable<ConsolePart> {
  if (schemaVersion(connection) < CONSOLE_SINCE) return;
  if (after !== undefined || most === Infinity) {
    return yield* piecesFrom(connection, of, { after: after ?? 0, most });
  }
  const pieces: ConsolePart[][] = [];
  for (let left = most, end = Number.MAX_SAFE_INTEGER; left > 0;) {
    const last = "start < ? ORDER BY start DESC LIMIT 1";
    const [row] = rowsOf(connection, of, last, end);
    if (row === undefined) break;
    const piece = partsOf(connection, of, row);
    pieces.push(piece);
    end = piece[0]!.start;
    left -= lengthOf(piece);
  }
  for (const piece of pieces.reverse()) yield* piece;
}

function* piecesFrom(
  connection: Connection,
  of: AttemptOf,
  { after, most }: Required<ConsoleRange>,
): Iterable<ConsolePart> {
  for (let left = most, start = after; left > 0;) {
    const next = `start >= ? ORDER BY start LIMIT ${SLICE}`;
    const rows = rowsOf(connection, of, next, start);
    for (const row of rows) {
      const piece = partsOf(connection, of, row);
      yield* piece;
      start = piece[0]!.start + 1;
      left -= lengthOf(piece);
      if (left <= 0) return;
    }
    if (rows.length < SLICE) return;
  }
}

function rowsOf(
  connection: Connection,
  { runId, attempt }: AttemptOf,
  where: string,
  place: number,
): Row[] {
  return connection.prepare(
    `SELECT start, bytes, at, content FROM console
     WHERE run_id = ? AND attempt = ? AND ${where}`,
  ).all(runId, attempt, place);
}

function lengthOf(parts: readonly ConsolePart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/**
 * Takes a piece apart. It must hold as many bytes as it says, and none of its parts may be empty: otherwise a small
 * file could fill the memory.
 *
 * @returns the parts, of which there is at least one.
 */
function partsOf(
  connection: Connection,
  { runId }: AttemptOf,
  row: Row,
): ConsolePart[] {
  const place = { path: pathOf(connection), table: "console", run: runId };
  const read = new RowReader(row, place);
  const [at, size] = [read.count("at"), read.count("bytes")];
  let start = read.count("start");
  let content: Buffer;
  try {
    content = inflateSync(read.bytes("content"), {
      maxOutputLength: Math.min(LARGEST, Math.max(1, size * (HEAD + 1))),
    });
  } catch (error) {
    throw damageError(
      place,
      `console.content is not what Ato stores (${visible(messageOf(error))})`,
    );
  }
  const parts: ConsolePart[] = [];
  for (const { stream, bytes } of recordsOf(content)) {
    if (stream === undefined || bytes.length === 0) {
      throw damageError(place, "console.content is not what Ato stores");
    }
    parts.push({ start, at, stream, bytes });
    start += bytes.length;
  }
  if (parts.length > 0 && lengthOf(parts) === size) return parts;
  throw damageError(place, "console.bytes is not the length of the content");
}

/** Takes a piece apart; a record that is cut off has no stream. */
function* recordsOf(
  content: Buffer,
): Iterable<{ stream: ConsolePart["stream"] | undefined; bytes: Uint8Array }> {
  for (let at = 0; at < content.length;) {
    const isWhole = at + HEAD <= content.length;
    const length = isWhole ? content.readUInt32LE(at + 1) : 0;
    const end = at + HEAD + length;
    const stream = isWhole && end <= content.length
      ? STREAMS[content.readUInt8(at)]
      : undefined;
    yield { stream, bytes: content.subarray(at + HEAD, end) };
    at = end;
  }
}
