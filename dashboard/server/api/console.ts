/** What the program of a run printed. */
import type { ConsolePart } from "../../../tracker/mod.ts";
import type { ConsolePiece, ConsoleReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";

/** The most bytes of an answer. */
const MOST = 256 * 1024;

/** The tracker stores the output in pieces of at most this size, and reads whole ones. */
const LARGEST_PIECE = 1024 * 1024;

/**
 * `GET /api/runs/ID/console[?from=BYTE][&most=BYTES]`: the output from a place on, at most `most` bytes; without
 * `from` its end.
 */
export const consoleOutput: Endpoint<ConsoleReply> = {
  path: "/api/runs/:id/console",
  isPlain: true,
  async answer(query, { source }) {
    const from = query.optionalInteger("from", { min: 0 });
    const most = query.optionalInteger("most", { min: 1, max: MOST }) ?? MOST;
    // First, so that what is printed before the end is read.
    const { id, status } = await source.run(query.runId());
    const finder = await source.finder();
    // A small file can hold much output, so no more is read than is asked for.
    const parts = await finder.consoleOf(
      id,
      from === undefined ? { most } : {
        after: Math.max(0, from - LARGEST_PIECE),
        most: most + 2 * LARGEST_PIECE,
      },
    );
    const isRunning = status === "running";
    const last = parts.at(-1);
    const size = last === undefined ? 0 : last.start + last.bytes.length;
    const start = Math.min(from ?? lastPlace(parts, most), size);
    const chosen = within(parts, start, most);
    // The rest of a character that is being written comes with the next answer.
    if (isRunning || chosen.end < size) trim(chosen);
    return {
      pieces: decoded(chosen, start),
      start,
      end: chosen.end,
      isRunning,
    };
  },
};

/** Parts, and the place after the last byte. */
interface Chosen {
  readonly parts: ConsolePart[];
  end: number;
}

/** The place from which there are at most so many bytes. */
function lastPlace(parts: readonly ConsolePart[], most: number): number {
  let left = most;
  for (const { start, bytes } of parts.toReversed()) {
    if (bytes.length >= left) return start + bytes.length - left;
    left -= bytes.length;
  }
  return parts[0]?.start ?? 0;
}

/** The bytes from a place on. */
function within(
  parts: readonly ConsolePart[],
  from: number,
  most: number,
): Chosen {
  const chosen: ConsolePart[] = [];
  let [left, end] = [most, from];
  for (const part of parts) {
    const skipped = Math.max(0, from - part.start);
    if (skipped >= part.bytes.length) continue;
    if (left === 0) break;
    const bytes = part.bytes.subarray(skipped, skipped + left);
    chosen.push({ ...part, start: part.start + skipped, bytes });
    left -= bytes.length;
    end = part.start + skipped + bytes.length;
  }
  return { parts: chosen, end };
}

/** Leaves out the first bytes of a character of UTF-8 whose others are missing. */
function trim(chosen: Chosen): void {
  const last = chosen.parts.at(-1);
  if (last === undefined) return;
  const cut = unfinished(last.bytes);
  const isAll = chosen.parts.length === 1 && cut === last.bytes.length;
  // Bytes that are no UTF-8 must not be waited for without end.
  if (cut === 0 || isAll) return;
  const bytes = last.bytes.subarray(0, last.bytes.length - cut);
  chosen.parts.splice(-1, 1, ...(bytes.length > 0 ? [{ ...last, bytes }] : []));
  chosen.end -= cut;
}

/** The number of bytes at the end that begin a character. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** Parts of the same stream are one piece, so that no character is cut. */
function decoded({ parts }: Chosen, start: number): ConsolePiece[] {
  const pieces: ConsolePiece[] = [];
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  let at = start;
  for (const part of parts) {
    const missing = part.start - at;
    const text = decoders[part.stream].decode(part.bytes, { stream: true });
    const before = pieces.at(-1);
    if (before?.stream === part.stream && missing === 0) {
      pieces.splice(-1, 1, { ...before, text: before.text + text });
    } else pieces.push({ stream: part.stream, missing, text });
    at = part.start + part.bytes.length;
  }
  for (const stream of ["stdout", "stderr"] as const) {
    const text = decoders[stream].decode();
    if (text !== "") pieces.push({ stream, missing: 0, text });
  }
  return pieces;
}
