/** Files and a clock that a test controls: what a sink writes to, without SQLite and without a disk. */
import {
  Backlog,
  type BacklogFile,
  type BacklogLine,
} from "../../tracker/_backlog.ts";
import type { Finish } from "../../tracker/_run_store.ts";
import type { Point } from "../../tracker/_series_writer.ts";
import {
  type Losses,
  type Note,
  Sink,
  type SinkFile,
  type SinkPlace,
} from "../../tracker/_sink.ts";
import { StorageError, type StorageProblem } from "../../tracker/mod.ts";

/** Options for {@linkcode FakeStorage}. */
export interface FakeOptions {
  readonly capacity?: number;
  readonly onError?: "continue" | "throw";
}

/** A database, the spill files beside it, and a clock. */
export class FakeStorage {
  now = 0;
  /** Why the database is not writable. */
  problem: StorageProblem | undefined;
  /** After how many more writes the database stops being writable. */
  writesLeft: number = Infinity;
  isSpillFull = false;
  /** Another reason why spill files are not writable. */
  spillError: Error | undefined;
  readonly warnings: string[] = [];
  /** The lines of each spill file, by path. */
  readonly spills: Map<string, BacklogLine[]> = new Map();
  readonly backlog: Backlog;
  readonly place: FakePlace;
  readonly sink: Sink<FakeFile>;

  constructor({ capacity = 100, onError = "continue" }: FakeOptions = {}) {
    const clock = (): number => this.now;
    this.place = new FakePlace(this);
    this.backlog = new Backlog({
      capacity,
      makeFile: (outage) => new FakeSpill(this, `spill ${outage}`),
      clock,
    });
    this.sink = new Sink({
      path: "runs.db",
      place: this.place,
      file: new FakeFile(this),
      backlog: this.backlog,
      onError,
      warn: (message) => this.warnings.push(message),
      clock,
    });
  }

  /** The values that are in the database, in their order. */
  get stored(): number[] {
    return this.sink.file?.values ?? [];
  }

  /** The values that are in spill files, in their order. */
  get spilled(): number[] {
    return [...this.spills.values()].flat().flatMap(valueOf);
  }

  /** Fails as a database would. */
  write(): void {
    if (this.problem === undefined && this.writesLeft-- > 0) return;
    throw new StorageError("Cannot write runs.db: on purpose", {
      problem: this.problem ?? "busy",
    });
  }
}

/** The value of the line of a point. */
function valueOf(line: BacklogLine): number[] {
  return "key" in line ? [Number(line["value"])] : [];
}

/** A database. It must be told to recover after a failure, and after lines were taken over. */
export class FakeFile implements SinkFile {
  readonly #storage: FakeStorage;
  #needsRecovery = false;
  values: number[] = [];
  readonly others: BacklogLine[] = [];
  losses: Losses = { spilled: 0, dropped: 0 };
  isThere = true;

  constructor(storage: FakeStorage) {
    this.#storage = storage;
  }

  #write(work: () => void): void {
    if (this.#needsRecovery) throw new TypeError("recover was not called");
    this.#needsRecovery = true;
    this.#storage.write();
    work();
    this.#needsRecovery = false;
  }

  #take(lines: readonly BacklogLine[]): void {
    this.#storage.write();
    this.#needsRecovery = true;
    this.values.push(...lines.flatMap(valueOf));
    this.others.push(...lines.filter((line) => !("key" in line)));
  }

  addPoint(point: Point): void {
    this.addPoints([point]);
  }

  addPoints(points: readonly Point[]): void {
    this.#write(() => this.values.push(...points.map(({ value }) => value)));
  }

  addNote(note: Note): void {
    this.#write(() => this.others.push(note));
  }

  beat({ spilled, dropped }: Losses): void {
    this.#storage.write();
    this.losses = { spilled, dropped };
  }

  end(finish: Finish, losses: Losses): void {
    this.#write(() => this.others.push({ finish }));
    this.beat(losses);
  }

  takeSpill(path: string): void {
    this.#take(this.#storage.spills.get(path)!);
    this.#storage.spills.delete(path);
  }

  takeLines(lines: readonly BacklogLine[]): void {
    this.#take(lines);
  }

  recover(): void {
    this.#storage.write();
    this.#needsRecovery = false;
  }
}

/** The path of the database, at which another file may appear. */
export class FakePlace implements SinkPlace<FakeFile> {
  readonly #storage: FakeStorage;
  /** A file that the path no longer names, while nothing else has its points. */
  left: FakeFile | undefined;
  hasSalvaged = false;

  constructor(storage: FakeStorage) {
    this.#storage = storage;
  }

  open(): FakeFile {
    this.#storage.write();
    const file = new FakeFile(this.#storage);
    file.values = this.left?.values ?? [];
    this.left = undefined;
    return file;
  }

  leave(file: FakeFile): void {
    this.left = file;
  }

  salvage(backlog: Backlog): void {
    if (this.left === undefined) return;
    backlog.open();
    if (!backlog.isSpillWritable) return;
    backlog.addPoints(this.left.values.map(point));
    this.left = undefined;
    this.hasSalvaged = true;
  }
}

class FakeSpill implements BacklogFile {
  readonly path: string;
  readonly #storage: FakeStorage;

  constructor(storage: FakeStorage, path: string) {
    this.#storage = storage;
    this.path = path;
  }

  #isMade = false;

  get isEmpty(): boolean {
    return !this.#isMade;
  }

  get isGone(): boolean {
    return this.#isMade && !this.#storage.spills.has(this.path);
  }

  append(lines: readonly string[]): void {
    if (this.#storage.isSpillFull) {
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    }
    if (this.#storage.spillError !== undefined) throw this.#storage.spillError;
    // What is written to a file that another process removed goes with it.
    if (this.isGone) return;
    const all = this.#storage.spills.get(this.path) ?? [];
    all.push(...lines.map((line) => JSON.parse(line)));
    this.#storage.spills.set(this.path, all);
    this.#isMade = true;
  }

  touch(): void {}

  close(): void {}
}

/** A point whose step and value are the same. */
export function point(value: number): Point {
  return { key: "loss", value, step: value, at: value };
}
