/** Follows the files that observers append to. */
import {
  closeSync,
  type FSWatcher,
  openSync,
  readdirSync,
  readSync,
  watch,
} from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { Observation } from "../internal/observation.ts";
import { attempt } from "../internal/attempt.ts";
import { isRecord } from "../internal/objects.ts";

/** Milliseconds between looks at the folder if the system tells of changes. */
const SLOW = 500;
/** The same if it does not. */
const FAST = 100;
/** Milliseconds for which changes are gathered. */
const PAUSE = 15;
/** Bytes that are read at once. */
const PIECE = 1 << 16;
/** The longest line, in characters: a longer one is skipped. */
const LONGEST = 1 << 22;

/** Takes an observation, and the name of the file that it is in. */
export type TakeObservation = (file: string, seen: Observation) => void;

/** The files that observers append to. */
export class ObservationFiles {
  readonly #folder: string;
  readonly #take: TakeObservation;
  readonly #tails = new Map<string, Tail>();
  #watcher: FSWatcher | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSoon = false;
  #isLost = false;

  /** Whether the program removed files of observers, so that something of them may not have been read. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /**
   * @param folder The folder.
   * @param take Takes what is appended, file by file in its order.
   */
  constructor(folder: string, take: TakeObservation) {
    this.#folder = folder;
    this.#take = take;
  }

  /** Starts to follow them. */
  follow(): void {
    this.#watcher = attempt(() =>
      watch(this.#folder, { persistent: false }, () => this.#lookIn(PAUSE))
    );
    // Without it the folder is looked at more often.
    this.#watcher?.on("error", () => this.#unwatch());
    this.#lookIn(PAUSE);
  }

  /** Reads what was appended since the last look. */
  look(): void {
    const names = attempt(() => readdirSync(this.#folder));
    const there = new Set(names);
    this.#isLost ||= names === undefined ||
      [...this.#tails.keys()].some((name) => !there.has(name));
    for (const name of there) {
      if (!name.endsWith(".jsonl")) continue;
      let tail = this.#tails.get(name);
      if (tail === undefined) {
        tail = new Tail(join(this.#folder, name));
        this.#tails.set(name, tail);
      }
      for (const line of tail.read()) {
        const seen = readObservation(line);
        if (seen !== undefined) this.#take(name, seen);
      }
    }
  }

  /** Ends following them, after a last look. */
  stop(): void {
    this.#unwatch();
    clearTimeout(this.#timer);
    this.look();
  }

  #unwatch(): void {
    const watcher = this.#watcher;
    this.#watcher = undefined;
    attempt(() => watcher?.close());
  }

  #lookIn(milliseconds: number): void {
    const isSoon = milliseconds === PAUSE;
    // A look that is due soon sees all that happens until then.
    if (isSoon && this.#isSoon) return;
    clearTimeout(this.#timer);
    this.#isSoon = isSoon;
    this.#timer = setTimeout(() => {
      this.#isSoon = false;
      this.look();
      this.#lookIn(this.#watcher === undefined ? FAST : SLOW);
    }, milliseconds);
    this.#timer.unref();
  }
}

/** The end of a file that grows. */
class Tail {
  readonly #path: string;
  readonly #decoder = new StringDecoder("utf8");
  #at = 0;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** Returns the lines that were appended; the last one of a killed program has no end. */
  read(): string[] {
    const text = attempt(() => this.#readText()) ?? "";
    if (text === "") return [];
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!.slice(-LONGEST);
    return lines;
  }

  #readText(): string {
    const file = openSync(this.#path, "r");
    try {
      const piece = new Uint8Array(PIECE);
      let text = "";
      for (;;) {
        const count = readSync(file, piece, 0, PIECE, this.#at);
        if (count === 0) return text;
        this.#at += count;
        text += this.#decoder.write(piece.slice(0, count));
      }
    } finally {
      closeSync(file);
    }
  }
}

function readObservation(line: string): Observation | undefined {
  const seen: unknown = attempt(() => JSON.parse(line));
  return isRecord(seen) && typeof seen["is"] === "string"
    ? seen as unknown as Observation
    : undefined;
}
