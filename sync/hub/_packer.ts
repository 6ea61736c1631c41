/** Collects parts of runs into segments, and stores a segment when it is large enough. */
import { encodeSegment, type SegmentPart } from "./_segment.ts";
import type { PartRef } from "./_entry.ts";
import type { Hub } from "./_hub.ts";

/** The size at which a segment is stored, in characters of its JSON, about. */
const FULL = 4 * 1024 * 1024;
/** About what a row takes. */
const ROW = 32;

/** A part whose segment has a name once it is stored. */
export interface PendingPart {
  readonly rows: number;
  /** The reference, once {@linkcode Packer.flush} is done. */
  ref(): PartRef;
}

/** Collects parts into segments. */
export class Packer {
  readonly #hub: Hub;
  #parts: SegmentPart[] = [];
  #size = 0;
  #segment: { name: string | undefined } = { name: undefined };

  /** @param hub Where the segments go. */
  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Adds a part. */
  async add(part: SegmentPart): Promise<PendingPart> {
    const rows = part.streams.reduce((sum, { rows }) => sum + rows.length, 0);
    const segment = this.#segment;
    const number = this.#parts.push(part) - 1;
    this.#size += rows * ROW + sizeOf(part);
    if (this.#size >= FULL) await this.flush();
    return {
      rows,
      ref: () => {
        if (segment.name === undefined) {
          throw new TypeError("The segment is not stored yet");
        }
        return [segment.name, number, rows];
      },
    };
  }

  /** Stores what was collected. */
  async flush(): Promise<void> {
    if (this.#parts.length === 0) return;
    const { name, bytes } = encodeSegment(this.#parts);
    await this.#hub.keep(name, bytes);
    this.#segment.name = name;
    this.#segment = { name: undefined };
    this.#parts = [];
    this.#size = 0;
  }
}

function sizeOf({ record, contents }: SegmentPart): number {
  const config = record?.run["config"];
  const texts = Object.values(contents ?? {});
  return 4_000 + (typeof config === "string" ? config.length : 0) +
    texts.reduce((sum, text) => sum + text.length, 0);
}
