/** A file whose runs travel: it reads what a hub does not have, and writes what the file does not have. */
import { linkChildren, linkParent } from "../_parents.ts";
import { damageOf } from "../_sound_run.ts";
import { atOnce } from "../_reading.ts";
import { CachedConnection } from "./cached.ts";
import { migrate } from "../_migrations.ts";
import { dbPathOf, type TrackerConfig } from "../db_path.ts";
import type { Connection, Row } from "../driver.ts";
import {
  classifyStorageProblem,
  type StorageError,
  toStorageError,
} from "../errors.ts";
import { openForWriting, type OpenOptions } from "../open.ts";
import { transact } from "../retry.ts";
import { Run } from "../run_record.ts";
import { HubBases } from "./hub_bases.ts";
import {
  type Landed,
  landRun,
  landSources,
  StreamWriter,
  writeEdits,
} from "./land.ts";
import {
  editsOf,
  readRun,
  readSources,
  readStream,
  stateOf,
  streamsOf,
} from "./read.ts";
import type {
  StreamName,
  StreamPart,
  StreamState,
  TravelEdits,
  TravelRecord,
  TravelSource,
  TravelState,
} from "./shape.ts";
import { type Arrived, Stage, UnsoundRunError } from "./stage.ts";
import { TravelStudies } from "./studies.ts";

/** A run as the file has it. */
export interface TravelRun {
  readonly state: TravelState;
  readonly record: TravelRecord;
  /** The content that the record names, by name. */
  readonly contents: ReadonlyMap<string, string>;
}

/** A file whose runs travel. */
export class TravelFile {
  /** The path. */
  readonly path: string;
  /** The journals of its studies. */
  readonly studies: TravelStudies;
  /** What the file and hubs last agreed on, by the UUIDs of runs. */
  readonly bases: HubBases;
  readonly #connection: Connection;
  readonly #timeout: number;
  readonly #stage: Stage;

  private constructor(
    path: string,
    connection: Connection,
    options: { timeout: number; stage: Stage },
  ) {
    this.path = path;
    this.#connection = connection;
    this.#timeout = options.timeout;
    this.#stage = options.stage;
    const transact = <T>(work: (to: Connection) => T) => this.#transact(work);
    this.studies = new TravelStudies(connection, transact);
    this.bases = new HubBases(connection, "hub_runs", transact);
  }

  /**
   * Opens a file, which is made if it is missing.
   *
   * @param config The config or path that names it.
   * @param options How it is opened.
   * @throws {StorageError} If it cannot be opened.
   */
  static async open(
    config: TrackerConfig | string,
    options: OpenOptions = {},
  ): Promise<TravelFile> {
    const path = dbPathOf(config);
    const timeout = options.busyTimeout ?? 30_000;
    let opened: Connection;
    try {
      opened = await openForWriting(path, options);
    } catch (error) {
      if (classifyStorageProblem(error) === undefined) throw error;
      throw toStorageError("open", { path, cause: error });
    }
    const connection = new CachedConnection(opened, { path, action: "write" });
    try {
      migrate(connection, { path, timeout });
      const stage = await Stage.open(options);
      return new TravelFile(path, connection, { timeout, stage });
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Closes it. */
  close(): void {
    this.#stage.close();
    this.#connection.close();
  }

  /** A number that changes when another process writes into the file. */
  get version(): number {
    const row = this.#connection.prepare("PRAGMA data_version").get();
    return Number(row?.["data_version"]);
  }

  /** The runs, the oldest first, also those in the trash. */
  rows(): Row[] {
    return this.#connection.prepare("SELECT * FROM experiments ORDER BY id")
      .all();
  }

  /** The row of a run. */
  row(uuid: string): Row | undefined {
    return this.#connection.prepare("SELECT * FROM experiments WHERE uuid = ?")
      .get(uuid);
  }

  /** The run of a row, for a filter. */
  run(row: Row): Run {
    return new Run(this.#connection, row);
  }

  /** The name of the project of a run. */
  projectOf(row: Row): string {
    const found = this.#connection.prepare(
      "SELECT name FROM projects WHERE id = ?",
    ).get(row["project_id"]!);
    return String(found?.["name"] ?? "");
  }

  /** Reads a run as a whole: all of it is of one state of the file. */
  read(row: Row): TravelRun {
    const connection = this.#connection;
    return atOnce(connection, () => {
      const now = this.row(String(row["uuid"])) ?? row;
      const read = readRun(connection, now);
      const { record, contents } = read;
      return { state: stateOf(connection, now, read), record, contents };
    });
  }

  /** What is wrong with a run: a damaged run does not travel. */
  damageOf(row: Row): StorageError | undefined {
    return damageOf(this.#connection, row);
  }

  /** Reads rows of a stream from a place on, in pieces. */
  stream(
    row: Row,
    stream: StreamName & { readonly from: number },
  ): Iterable<StreamPart> {
    return readStream(this.#connection, Number(row["id"]), stream);
  }

  /** The streams of a run. */
  streams(row: Row): StreamState[] {
    return streamsOf(this.#connection, Number(row["id"]));
  }

  /** The texts that a run needs only to show them. */
  sources(row: Row): Iterable<TravelSource> {
    return readSources(this.#connection, row);
  }

  /**
   * Puts a run together to look at it.
   *
   * @throws {UnsoundRunError} If it is not what Ato stores.
   */
  look(arrived: Arrived): Run {
    this.#stage.put(arrived, { summaries: true });
    return this.#stage.run();
  }

  /**
   * Writes a run that came from elsewhere, or what is new of it.
   *
   * @param arrived The run.
   * @param parts The parts of its streams that the file does not have.
   * @throws {UnsoundRunError} If it is not what Ato stores.
   */
  land(arrived: Arrived, parts: Iterable<StreamPart>): Landed {
    this.#stage.put(arrived, { summaries: false });
    return this.#transact((to) => {
      const landed = landRun(to, this.#stage, arrived.edits);
      this.#write(to, landed.id, parts);
      const { parent } = arrived.record;
      if (parent !== null) linkParent(to, arrived.uuid, parent);
      if (landed.isNew) linkChildren(to, arrived.uuid);
      return landed;
    });
  }

  /**
   * Adds rows of streams, sources and edits to a run that the file has; what programs wrote of it stays.
   *
   * @throws {UnsoundRunError} If they are not what Ato stores.
   */
  add(uuid: string, arrived: Arrived, parts: Iterable<StreamPart>): void {
    this.#stage.put(arrived, { summaries: false });
    const row = this.row(uuid);
    if (row === undefined) return;
    const id = Number(row["id"]);
    this.#transact((to) => {
      landSources(to, this.#stage, id);
      writeEdits(to, id, arrived.edits);
      this.#write(to, id, parts);
    });
  }

  #write(to: Connection, id: number, parts: Iterable<StreamPart>): void {
    const writer = new StreamWriter(to, id);
    try {
      for (const part of parts) writer.add(part);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new UnsoundRunError(error.message, { cause: error });
    }
    writer.finish();
  }

  /** Does several things in one transaction, which is repeated if another process has the lock. */
  atOnce<T>(work: () => T): T {
    return this.#transact(() => work());
  }

  /** Writes what people wrote about a run. */
  edit(uuid: string, edits: TravelEdits): void {
    const row = this.row(uuid);
    if (row === undefined) return;
    this.#transact((to) => writeEdits(to, Number(row["id"]), edits));
  }

  /** What people wrote about a run. */
  editsOf(row: Row): TravelEdits {
    return editsOf(row);
  }

  #depth = 0;

  #transact<T>(work: (to: Connection) => T): T {
    const connection = this.#connection;
    if (this.#depth > 0) return work(connection);
    return transact(connection, {
      work: () => {
        this.#depth++;
        try {
          return work(connection);
        } finally {
          this.#depth--;
        }
      },
      timeout: this.#timeout,
    });
  }
}
