/**
 * Runs as they are read back.
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
  ENVIRONMENT,
  ERROR,
  PROVENANCE,
  SKETCH,
  TAGS,
  UNREAD,
  USES,
} from "./_run_shapes.ts";
import { ANYTHING } from "./_shapes.ts";
import type { Connection, Row } from "./driver.ts";
import type { RunEnvironment } from "./environment.ts";
import { RunMetrics } from "./metrics.ts";
import type {
  ConfigHistory,
  DeepRecord,
  NumericSketch,
} from "../internal/run_source.ts";

/** The status of a run. Python ato and users may store other words; they are returned as they are. */
export type RunStatus =
  | "running"
  | "completed"
  | "failed"
  | "interrupted"
  | "crashed"
  // deno-lint-ignore ban-types
  | (string & {});

/** A file that a run recorded. */
export interface Artifact {
  /** Its id in this file. */
  readonly id: number;
  /** Its path, as the caller gave it. */
  readonly path: string;
  /** Its kind, e.g. `model`. */
  readonly type?: string;
  /** The metadata that was logged with it. */
  readonly metadata?: unknown;
  /** Its size in bytes, if the file existed. */
  readonly size?: number;
  /** The SHA-256 of its bytes in hex, if the file existed. */
  readonly sha256?: string;
}

/** A fingerprint of a run. */
export interface RunFingerprint {
  /** The id of the trace. */
  readonly traceId: string;
  /** `static` for the code, `runtime` for what it returned. */
  readonly type: "static" | "runtime";
  /** The fingerprint. */
  readonly hash: string;
  /** The fingerprints of the helpers named in `uses`, by name. */
  readonly uses?: Readonly<Record<string, string>>;
  /** The number of calls that a runtime fingerprint covers. */
  readonly calls?: number;
  /**
   * What the function uses, if the fingerprint is `static` and the run stored it. Sources are left
   * out; {@linkcode Run.sources} returns them.
   */
  readonly deep?: DeepRecord;
}

/** One recorded call. */
export interface StoredOutput {
  /** The id of the trace. */
  readonly traceId: string;
  /** The attempt of the run that made the call; 1 unless the run was resumed. */
  readonly attempt: number;
  /** Position among the calls of this trace, from 0. */
  readonly call: number;
  /** Position among all recorded calls, from 0. */
  readonly sequence: number;
  /** How the call ended. */
  readonly outcome: string;
  /** The fingerprint of the value. */
  readonly hash?: string;
  /** Why there is no fingerprint. */
  readonly reason?: string;
  /** A summary of its numbers. */
  readonly sketch?: NumericSketch;
}

/** One attempt of a run: from its start or resumption to its end. */
export interface RunAttempt {
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** The last step that was kept of the attempts before; absent for the first attempt. */
  readonly fromStep?: number;
  /** When it started. */
  readonly startTime?: Date;
  /** The environment in which it ran. */
  readonly environment: RunEnvironment;
}

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
    const alive = isAlive({
      host: state.optionalText("host") ?? null,
      bootId: state.optionalText("boot_id") ?? null,
      pid: state.optionalInteger("pid") ?? 0,
      pidStart: state.optionalText("pid_start") ?? null,
    });
    if (alive !== undefined) return alive ? "running" : "crashed";
    return Date.now() - (state.optionalInteger("heartbeat") ?? 0) > SILENCE
      ? "crashed"
      : "running";
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
    return this.#rows("attempts", "attempt").map((read) => {
      const [fromStep, startTime] = [
        read.optionalInteger("from_step"),
        read.optionalTime("start_time"),
      ];
      const attempt = read.count("attempt");
      if (attempt <= 1 && fromStep !== undefined) {
        throw read.damage("from_step", "belongs to the first attempt");
      }
      return {
        attempt,
        ...(fromStep !== undefined && { fromStep }),
        ...(startTime !== undefined && { startTime }),
        environment: read.json<RunEnvironment>("environment", {
          shape: ENVIRONMENT,
          fallback: {},
        }),
      };
    });
  }

  /** The environment of the last attempt; empty for a run of Python ato. */
  get environment(): RunEnvironment {
    return this.attempts.at(-1)?.environment ?? {};
  }

  /** The files that it recorded. */
  get artifacts(): Artifact[] {
    return this.#rows("artifacts", "id").map((read) => {
      const [type, size, sha256] = [
        read.optionalText("data_type"),
        read.optionalCount("size"),
        read.optionalText("sha256"),
      ];
      const metadata = read.json<unknown>("data_info", {
        shape: ANYTHING,
        fallback: undefined,
      });
      return {
        id: read.integer("id"),
        path: read.text("path"),
        ...(type !== undefined && { type }),
        ...(metadata !== undefined && { metadata }),
        ...(size !== undefined && { size }),
        ...(sha256 !== undefined && { sha256 }),
      };
    });
  }

  /** The fingerprints of the traced functions: of their code and of what they returned. */
  get fingerprints(): RunFingerprint[] {
    const rows = this.#rows("fingerprints", "id");
    const deepOf = readDeep(this.#connection, this.id);
    return rows.map((read) => {
      const type = read.text("trace_type");
      if (type !== "static" && type !== "runtime") {
        throw read.damage("trace_type", "is neither static nor runtime");
      }
      const traceId = read.text("trace_id");
      const calls = read.optionalCount("calls");
      const uses = read.json<Record<string, string> | undefined>("uses", {
        shape: USES,
        fallback: undefined,
      });
      const deep = type === "static" ? deepOf.get(traceId) : undefined;
      return {
        traceId,
        type,
        hash: read.text("fingerprint"),
        ...(uses !== undefined && { uses }),
        ...(calls !== undefined && { calls }),
        ...(deep !== undefined && { deep }),
      };
    });
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

/** A number as it may be stored: older files have null for NaN and the infinities, and digits for large numbers. */
type WrittenNumber = number | bigint | null;

interface WrittenSketch extends Pick<NumericSketch, "count" | "nanCount"> {
  readonly min: WrittenNumber;
  readonly max: WrittenNumber;
  readonly mean: WrittenNumber;
  readonly l2: WrittenNumber;
  readonly samples: readonly WrittenNumber[];
}

function toSketch(written?: WrittenSketch): NumericSketch | undefined {
  if (written === undefined) return undefined;
  const bound = (value?: WrittenNumber) =>
    value === null || value === undefined ? null : Number(value);
  const figure = (value: WrittenNumber) => value === null ? NaN : Number(value);
  return {
    ...written,
    min: bound(written.min),
    max: bound(written.max),
    mean: bound(written.mean),
    l2: figure(written.l2),
    samples: written.samples.map(figure),
  };
}

function toOutput(read: RowReader): StoredOutput {
  const [hash, reason] = [
    read.optionalText("hash"),
    read.optionalText("reason"),
  ];
  const sketch = toSketch(
    read.json<WrittenSketch | undefined>("sketch", {
      shape: SKETCH,
      fallback: undefined,
    }),
  );
  return {
    traceId: read.text("trace_id"),
    attempt: read.count("attempt"),
    call: read.count("call"),
    sequence: read.count("sequence"),
    outcome: read.text("outcome"),
    ...(hash !== undefined && { hash }),
    ...(reason !== undefined && { reason }),
    ...(sketch !== undefined && { sketch }),
  };
}

/** In a damaged index, the next page may start before this one: reading on would never end. */
function refuseDisorder(
  outputs: readonly StoredOutput[],
  after: Pick<StoredOutput, "attempt" | "call"> | undefined,
  reader: () => RowReader,
): void {
  let before = after;
  for (const one of outputs) {
    if (
      before !== undefined &&
      (one.attempt < before.attempt ||
        (one.attempt === before.attempt && one.call <= before.call))
    ) throw reader().damage("call", "is out of order");
    before = one;
  }
}
