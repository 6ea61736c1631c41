import { bytesOf, kindOf } from "./_encode_buffer.ts";
import type { Encoder } from "./_encoder.ts";
import { Sha256Stream } from "./digest.ts";
import { TAG } from "./_value_tags.ts";

/** The most items that are read of an iterator: it may have no end. */
export const MOST_ITEMS: number = 2 ** 26;

/** Whether a value is an iterator that gives itself: reading it uses it up. */
export function isSequence(value: unknown): value is IterableIterator<unknown> {
  if (typeof value !== "object" || value === null) return false;
  const like = value as { next?: unknown; [Symbol.iterator]?: () => unknown };
  return typeof like.next === "function" &&
    typeof like[Symbol.iterator] === "function" &&
    like[Symbol.iterator]?.() === value;
}

/**
 * Encodes items as they come. Chunks of bytes that follow each other are one run: how a stream was
 * cut into chunks is chance, not content.
 */
export class SequenceEncoder {
  readonly #encoder: Encoder;
  #count = 0;
  #run: Sha256Stream | undefined;
  #runBytes = 0;
  readonly #most: number;

  /**
   * Opens a sequence.
   *
   * @param encoder Encodes the items.
   * @param most How many items it may have; no limit where somebody else reads it.
   */
  constructor(encoder: Encoder, most: number = Infinity) {
    this.#encoder = encoder;
    this.#most = most;
    encoder.out.byte(TAG.sequence);
  }

  /** Adds an item. */
  add(item: unknown): void {
    if (this.#count >= this.#most) {
      throw this.#encoder.opaque(
        `it gave ${this.#most} items and has not ended`,
        "give the part of it that counts, or its items one by one",
      );
    }
    const place = `[${this.#count++}]`;
    if (
      typeof item === "object" && item !== null && kindOf(item) === "Uint8Array"
    ) {
      this.#run ??= new Sha256Stream();
      this.#run.update(bytesOf(item as Uint8Array));
      this.#runBytes += (item as Uint8Array).length;
      return;
    }
    this.#endRun();
    this.#encoder.inside(place, () => this.#encoder.whole(item));
  }

  /** What a generator returned at its end: no item, so it has a tag of its own. */
  returned(value: unknown): void {
    this.#endRun();
    this.#encoder.out.byte(TAG.returned);
    this.#encoder.inside(".return", () => this.#encoder.whole(value));
  }

  /** Ends the sequence, whole or at an early exit. */
  end(partial: boolean = false): void {
    this.#endRun();
    this.#encoder.out.byte(partial ? TAG.partialEnd : TAG.end);
  }

  #endRun(): void {
    if (this.#run === undefined) return;
    this.#encoder.out.byte(TAG.bytes);
    this.#encoder.out.float64(this.#runBytes);
    this.#encoder.out.text(this.#run.hex());
    this.#run = undefined;
    this.#runBytes = 0;
  }
}
