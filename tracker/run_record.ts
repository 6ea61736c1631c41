/**
 * Reads runs.
 *
 * @module
 */
import { checkAnyText, checkInteger, checkOptions, ifGiven } from "./_check.ts";
import { readDeep } from "./_deep_store.ts";
import type { TypeNote } from "../internal/json.ts";
import { isAlive } from "../internal/process_identity.ts";
import { pathOf } from "./_reading.ts";
import { RowReader } from "./_row_reader.ts";
import {
  CONFIG,
  CONFIG_TYPES,
  ERROR,
  PROVENANCE,
  TAGS,
  UNREAD,
} from "./_run_shapes.ts";
import {
  refuseDisorder,
  toArtifact,
  toAttempt,
  toFingerprint,
  toOutput,
} from "./_read_parts.ts";
import type { Connection, Row } from "./driver.ts";
import type { RunEnvironment } from "./environment.ts";
import { RunMetrics } from "./metrics.ts";
import type {
  Artifact,
  RunAttempt,
  RunFingerprint,
  RunProcess,
  RunStatus,
  StoredOutput,
} from "./run_parts.ts";
import type { ConfigHistory } from "../internal/run_source.ts";

/** Milliseconds without a heartbeat after which a run on another machine counts as crashed. */
const SILENCE = 120_000;

/**
 * A run that was read from the file. Large parts are read when a property or method asks for them.
 * Everything that is read is checked: if the file is damaged, or has a value that neither Ato writes,
 * a `StorageError` that names the run is thrown.
 */
export class Run {
  /** Its id in this file. */
  readonly id: number;
  /** Its identity across machines; absent in a file that only Python ato has written. */
  readonly uuid: string | undefined;
  /** The id of its project. */
  readonly projectId: number;
  /** Its name. */
  readonly name: string | undefined;
  /** Its notes. */
  readonly notes: string | undefined;
  /** The id of its parent run. */
  readonly parentId: number | undefined;
  /** Its tags. */
  readonly tags: readonly string[];
  /** The seed, as a string. */
  readonly seed: string | undefined;
  /** The structural hash of its config. */
  readonly structuralHash: string | undefined;
  /** The status as it is stored; {@linkcode Run.status} also detects `crashed`. */
  readonly storedStatus: string;
  /** When it started. */
  readonly startTime: Date | undefined;
  /** When it ended. */
  readonly endTime: Date | undefined;
  /** How long it ran, in seconds, by a monotonic clock. */
  readonly duration: number | undefined;
  /** The error that ended it. */
  readonly error:
    | {
      readonly name: string;
      readonly message: string;
      readonly stack?: string;
    }
    | undefined;
  /** When it was moved to the trash. */
  readonly deletedAt: Date | undefined;
  /** Its metrics. */
  readonly metrics: RunMetrics;
  readonly #connection: Connection;
  readonly #row: Row;

  /**
   * Makes a run from its row.
   *
   * @param connection The file.
   * @param row The row of the run.
   * @throws {StorageError} If a column has a value that neither Ato writes.
   */
  constructor(connection: Connection, row: Row) {
    this.#connection = connection;
    this.#row = row;
    const path = pathOf(connection);
    const table = "experiments";
    this.id = new RowReader(row, { path, table }).integer("id");
    const read = new RowReader(row, { path, table, run: this.id });
    this.uuid = read.optionalText("uuid");
    this.projectId = read.integer("project_id");
    this.name = read.optionalText("name");
    this.notes = read.optionalText("notes");
    this.parentId = read.optionalInteger("parent_id");
    this.tags = read.json<unknown[]>("tags", { shape: TAGS, fallback: [] })
      .map(String);
    this.seed = read.optionalText("seed");
    this.structuralHash = read.optionalText("structural_hash");
    this.storedStatus = read.optionalText("status") ?? "running";
    this.startTime = read.optionalTime("start_time");
    this.endTime = read.optionalTime("end_time");
    this.duration = read.optionalReal("duration");
    if (this.duration !== undefined && this.duration < 0) {
      throw read.damage("duration", "is less than 0");
    }
    this.error = read.json("error", { shape: ERROR, fallback: undefined });
    this.deletedAt = read.optionalTime("deleted_at");
    this.metrics = new RunMetrics(connection, this.id);
  }

  /**
   * The status of the run now. `crashed` is never stored; it is detected: the stored status is
   * `running`, but the process is gone, or another machine has sent no heartbeat for two minutes. A
   * later heartbeat clears it.
   */
  get status(): RunStatus {
    if (this.storedStatus !== "running") return this.storedStatus;
    const state = this.#state();
    if (state === undefined) return "running";
    const alive = isAlive(processOf(state));
    if (alive !== undefined) return alive ? "running" : "crashed";
    return Date.now() - (state.optionalInteger("heartbeat") ?? 0) > SILENCE
      ? "crashed"
      : "running";
  }

  /** The process that records the run, or did; `undefined` if that is not recorded. */
  get process(): RunProcess | undefined {
    const state = this.#state();
    const found = state && processOf(state);
    return found?.pid === 0 ? undefined : found;
  }

  /** The last heartbeat of a running run. */
  get heartbeat(): Date | undefined {
    const state = this.#state();
    const beat = state?.optionalInteger("heartbeat");
    return beat === undefined
      ? undefined
      : state?.milliseconds("heartbeat", beat);
  }

  /** The number of points that were lost while the file was not writable. */
  get dropped(): number {
    return this.#state()?.optionalCount("dropped") ?? 0;
  }

  /** The config, as it was when the run started. */
  get config(): Record<string, unknown> {
    const types = this.#details()?.json<TypeNote[]>("config_types", {
      shape: CONFIG_TYPES,
      fallback: [],
    }) ?? [];
    return this.#reader(this.#row, "experiments").json("config", {
      shape: CONFIG,
      types,
    });
  }

  /** The history of every config key; empty if the config came from no scope. */
  get history(): ConfigHistory {
    return this.#details()?.json<ConfigHistory>("provenance", {
      shape: PROVENANCE,
      fallback: {},
    }) ?? {};
  }

  /**
   * The key paths of the config that were certainly not read before the run ended; `undefined` if this
   * is not known (the config is a plain object, or the run was killed).
   */
  get unread(): readonly string[] | undefined {
    return this.#details()?.json<string[] | undefined>("unread", {
      shape: UNREAD,
      fallback: undefined,
    });
  }

  /** The attempts of the run: one, and one more for each time that it was resumed. */
  get attempts(): RunAttempt[] {
    return this.#rows("attempts", "attempt").map(toAttempt);
  }

  /** The environment of the last attempt; empty for a run of Python ato. */
  get environment(): RunEnvironment {
    return this.attempts.at(-1)?.environment ?? {};
  }

  /** The files that it recorded. */
  get artifacts(): Artifact[] {
    return this.#rows("artifacts", "id").map(toArtifact);
  }

  /** The fingerprints of the traced functions: of their code and of what they returned. */
  get fingerprints(): RunFingerprint[] {
    const rows = this.#rows("fingerprints", "id");
    const deepOf = readDeep(this.#connection, this.id);
    return rows.map((read) => toFingerprint(read, deepOf));
  }

  /**
   * Returns the canonical sources of code fingerprints, also of those of what a function uses.
   *
   * @param hashes The fingerprints.
   * @returns the source of each fingerprint whose source was stored.
   */
  sources(hashes: Iterable<string>): ReadonlyMap<string, string> {
    const rows = this.#connection.prepare(
      "SELECT hash, source FROM sources WHERE hash IN (SELECT value FROM json_each(?))",
    ).all(JSON.stringify([...hashes]));
    return new Map(rows.map((row) => {
      const read = this.#reader(row, "sources");
      return [read.text("hash"), read.text("source")];
    }));
  }

  /** The traced functions that have no code fingerprint, with the reason. */
  get fingerprintGaps(): {
    readonly traceId: string;
    readonly reason: string;
  }[] {
    return this.#rows("fingerprint_gaps", "trace_id").map((read) => ({
      traceId: read.text("trace_id"),
      reason: read.text("reason"),
    }));
  }

  /**
   * Reads a page of the recorded calls of a trace.
   *
   * @param traceId The id of the trace.
   * @param options The size of the page, and the call after which it starts.
   * @returns the calls, in the order in which they were made.
   */
  // deno-lint-ignore require-await
  async outputs(
    traceId: string,
    options: {
      /**
       * The largest number of calls.
       *
       * @default {1000}
       */
      readonly limit?: number;
      /**
       * The last call of the page before.
       *
       * @default {the first page}
       */
      readonly after?: Pick<StoredOutput, "attempt" | "call">;
    } = {},
  ): Promise<StoredOutput[]> {
    const action = "read recorded calls";
    checkAnyText(traceId, { action, what: "the id of the trace" });
    checkOptions(options, { action, what: "the argument" }, "an object");
    ifGiven(
      options.limit,
      (value) => checkInteger(value, { action, what: "limit" }, 1),
    );
    const { after } = options;
    const rows = this.#connection.prepare(
      `SELECT * FROM outputs WHERE run_id = ? AND trace_id = ? AND (attempt, call) > (?, ?)
       ORDER BY attempt, call LIMIT ?`,
    ).all(
      this.id,
      traceId,
      after?.attempt ?? -1,
      after?.call ?? -1,
      options.limit ?? 1000,
    );
    const outputs = rows.map((row) => toOutput(this.#reader(row, "outputs")));
    refuseDisorder(outputs, after, () => this.#reader({}, "outputs"));
    return outputs;
  }

  #reader(row: Row, table: string): RowReader {
    const path = pathOf(this.#connection);
    return new RowReader(row, { path, table, run: this.id });
  }

  #rows(table: string, order: string): RowReader[] {
    return this.#connection.prepare(
      `SELECT * FROM ${table} WHERE run_id = ? ORDER BY ${order}`,
    ).all(this.id).map((row) => this.#reader(row, table));
  }

  #one(table: string): RowReader | undefined {
    const row = this.#connection.prepare(
      `SELECT * FROM ${table} WHERE run_id = ?`,
    ).get(this.id);
    return row && this.#reader(row, table);
  }

  #state(): RowReader | undefined {
    return this.#one("run_state");
  }

  #details(): RowReader | undefined {
    return this.#one("run_details");
  }
}

function processOf(state: RowReader): RunProcess {
  return {
    host: state.optionalText("host") ?? null,
    bootId: state.optionalText("boot_id") ?? null,
    pid: state.optionalInteger("pid") ?? 0,
    pidStart: state.optionalText("pid_start") ?? null,
  };
}
