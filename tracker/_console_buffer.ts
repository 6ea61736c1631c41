/** Collects what a program prints, and hands it on in pieces. Of a long output, the start and the end are kept. */
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import type { ConsoleNote } from "./_console_store.ts";
import type { ConsoleStream } from "./console.ts";

/** The bytes of the start that are kept. */
export const KEPT_START: number = 1024 * 1024;
/** The bytes of the end that are kept. */
export const KEPT_END: number = 4 * 1024 * 1024;
/** The most bytes of a piece. */
const PIECE = 64 * 1024;
/** Milliseconds after which what is collected is handed on. */
const AGE = 1_000;

/** The numbers of the streams in a piece. */
export const STREAMS: readonly ConsoleStream[] = ["stdout", "stderr"];

/** Collects the output of one attempt. */
export class ConsoleBuffer {
  readonly #emit: (note: ConsoleNote) => void;
  readonly #now: () => number;
  /** The place of the first byte that is collected, among all bytes of the output. */
  #start = 0;
  #at = 0;
  #records: Uint8Array[] = [];
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What the timer threw, until it is thrown to a caller. */
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param emit Takes the pieces.
   * @param now Returns milliseconds since 1970.
   */
  constructor(emit: (note: ConsoleNote) => void, now: () => number) {
    this.#emit = emit;
    this.#now = now;
  }

  /**
   * Takes the next bytes.
   *
   * @throws what handing a piece on threw.
   */
  add(stream: ConsoleStream, bytes: Uint8Array): void {
    this.#throwFailure();
    for (let from = 0; from < bytes.length; from += PIECE) {
      this.#addPart(stream, bytes.subarray(from, from + PIECE));
    }
  }

  /** Hands on what is collected. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#throwFailure();
    this.#emitPiece();
  }

  #addPart(stream: ConsoleStream, bytes: Uint8Array): void {
    if (this.#bytes + bytes.length > PIECE) this.#emitPiece();
    if (this.#bytes === 0) this.#at = Math.trunc(this.#now());
    const head = Buffer.alloc(5);
    head.writeUInt8(STREAMS.indexOf(stream), 0);
    head.writeUInt32LE(bytes.length, 1);
    // The caller may use its buffer again.
    this.#records.push(head, Uint8Array.from(bytes));
    this.#bytes += bytes.length;
    this.#timer ??= this.#flushLater();
  }

  /** A program that prints nothing more is still shown soon. */
  #flushLater(): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.#timer = undefined;
      try {
        this.#emitPiece();
      } catch (error) {
        this.#failure ??= { error };
      }
    }, AGE);
    timer.unref?.();
    return timer;
  }

  #emitPiece(): void {
    if (this.#bytes === 0) return;
    const [start, bytes, records] = [this.#start, this.#bytes, this.#records];
    this.#start += bytes;
    [this.#bytes, this.#records] = [0, []];
    this.#emit({
      start,
      bytes,
      at: this.#at,
      content: deflateSync(Buffer.concat(records)).toString("base64"),
      keptFrom: Math.max(0, this.#start - KEPT_END),
    });
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }
}
