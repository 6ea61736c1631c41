/**
 * Runs as they are read back.
 *
 * @module
 */
import { checkInteger, checkOptions, checkText, ifGiven } from "./_check.ts";
import { readDeep } from "./_deep_store.ts";
import { decodeJson, readJson, type TypeNote } from "./_json.ts";
import { isAlive } from "./_process_identity.ts";
import { fromTimeText } from "./_times.ts";
import type { Connection, Row, SqlValue } from "./driver.ts";
import type { RunEnvironment } from "./environment.ts";
import { RunMetrics } from "./metrics.ts";
import type { DeepRecord, NumericSketch, Provenance } from "./run_source.ts";

/** How a run stands. Python ato and users may store other words; they are passed on. */
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
  /** Its path, as it was given. */
  readonly path: string;
  /** What it is, e.g. `model`. */
  readonly type?: string;
  /** Anything that was said about it. */
  readonly metadata?: unknown;
  /** Its size in bytes, if it was there. */
  readonly size?: number;
  /** The SHA-256 of its bytes in hex, if it was there. */
  readonly sha256?: string;
}

/** A fingerprint of a run. */
export interface RunFingerprint {
  /** The id of the trace. */
  readonly traceId: string;
  /** Of the code, or of what it returned. */
  readonly type: "static" | "runtime";
  /** The fingerprint. */
  readonly hash: string;
  /** The fingerprints of the helpers named in `uses`, by name. */
  readonly uses?: Readonly<Record<string, string>>;
  /** How many calls a runtime fingerprint covers. */
  readonly calls?: number;
  /**
   * What the function uses, of a `static` one where the run stored it. Sources are left out; ask
   * {@linkcode Run.sources} for them.
   */
  readonly deep?: DeepRecord;
}

/** One recorded call. */
export interface StoredOutput {
  /** The id of the trace. */
  readonly traceId: string;
  /** Which attempt of the run made the call; 1 unless it was resumed. */
  readonly attempt: number;
  /** Position among the calls of this trace, from 0. */
  readonly call: number;
  /** Position among all recorded calls, from 0. */
  readonly sequence: number;
  /** How the call ended. */
  readonly outcome: string;
  /** The fingerprint of the value. */
  readonly hash?: string;
  /** Why there is none. */
  readonly reason?: string;
  /** A summary of its numbers. */
  readonly sketch?: NumericSketch;
}

/** One stretch of a run between its start or resumption and its end. */
export interface RunAttempt {
  /** From 1. */
  readonly attempt: number;
  /** The last step kept of what came before; absent for the first. */
  readonly fromStep?: number;
  /** When it began. */
  readonly startTime?: Date;
  /** Where it ran. */
  readonly environment: RunEnvironment;
}

/** Milliseconds without a heartbeat after which a run on another machine counts as crashed. */
const SILENCE = 120_000;

function text(value: SqlValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: SqlValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

function time(value: SqlValue | undefined): Date | undefined {
  return typeof value === "string" ? fromTimeText(value) : undefined;
}

/** A run that was read from the file. What is large is read when asked for. */
export class Run {
  /** Its id in this file. */
  readonly id: number;
  /** Its identity across machines; absent in a file that only Python ato has written. */
  readonly uuid: string | undefined;
  /** The id of its project. */
  readonly projectId: number;
  /** Its name. */
  readonly name: string | undefined;
  /** Free text. */
  readonly notes: string | undefined;
  /** The id of the run that it came from. */
  readonly parentId: number | undefined;
  /** Words to find it by. */
  readonly tags: readonly string[];
  /** The seed, as text. */
  readonly seed: string | undefined;
  /** The structural hash of its config. */
  readonly structuralHash: string | undefined;
  /** The status as stored; {@linkcode Run.status} also knows `crashed`. */
  readonly storedStatus: string;
  /** When it began. */
  readonly startTime: Date | undefined;
  /** When it ended. */
  readonly endTime: Date | undefined;
  /** Seconds that it ran, by a clock that never jumps. */
  readonly duration: number | undefined;
  /** The error that ended it. */
  readonly error:
    | {
      readonly name: string;
      readonly message: string;
      readonly stack?: string;
    }
    | undefined;
  /** When it was put in the bin. */
  readonly deletedAt: Date | undefined;
  /** Its metrics. */
  readonly metrics: RunMetrics;
  readonly #connection: Connection;
  readonly #row: Row;

  /**
   * Wraps a row.
   *
   * @param connection Where it was read.
   * @param row Its row.
   */
  constructor(connection: Connection, row: Row) {
    this.#connection = connection;
    this.#row = row;
    this.id = Number(row["id"]);
    this.uuid = text(row["uuid"]);
    this.projectId = Number(row["project_id"]);
    this.name = text(row["name"]);
    this.notes = text(row["notes"]);
    this.parentId = number(row["parent_id"]);
    this.tags = readJson<string[] | null>(row["tags"], []) ?? [];
    this.seed = text(row["seed"]);
    this.structuralHash = text(row["structural_hash"]);
    this.storedStatus = text(row["status"]) ?? "running";
    this.startTime = time(row["start_time"]);
    this.endTime = time(row["end_time"]);
    this.duration = number(row["duration"]);
    this.error = readJson(row["error"], undefined);
    this.deletedAt = time(row["deleted_at"]);
    this.metrics = new RunMetrics(connection, this.id);
  }

  /**
   * How the run stands now. `crashed` is never stored but found out: the run says `running`, and
   * its process is gone, or another machine has been silent for two minutes. A heartbeat that comes
   * back clears it.
   */
  get status(): RunStatus {
    if (this.storedStatus !== "running") return this.storedStatus;
    const state = this.#state();
    if (state === undefined) return "running";
    const alive = isAlive({
      host: text(state["host"]) ?? null,
      bootId: text(state["boot_id"]) ?? null,
      pid: Number(state["pid"]),
      pidStart: text(state["pid_start"]) ?? null,
    });
    if (alive !== undefined) return alive ? "running" : "crashed";
    return Date.now() - Number(state["heartbeat"]) > SILENCE
      ? "crashed"
      : "running";
  }

  /** The last sign of life of a running one. */
  get heartbeat(): Date | undefined {
    const beat = number(this.#state()?.["heartbeat"]);
    return beat === undefined ? undefined : new Date(beat);
  }

  /** How many points found no place while the file could not be written. */
  get dropped(): number {
    return number(this.#state()?.["dropped"]) ?? 0;
  }

  /** The config, as it was when the run began. */
  get config(): Record<string, unknown> {
    const types = readJson<TypeNote[]>(this.#details()?.["config_types"], []);
    return decodeJson(String(this.#row["config"]), types) as Record<
      string,
      unknown
    >;
  }

  /** Who set what in the config; empty where no scope told. */
  get provenance(): Provenance {
    return readJson<Provenance>(this.#details()?.["provenance"], {});
  }

  /**
   * The config keys that surely nobody read, by their paths, as it was when the run ended;
   * `undefined` where the config could not tell (a plain object, a run that was killed).
   */
  get unread(): readonly string[] | undefined {
    return readJson<string[] | undefined>(
      this.#details()?.["unread"],
      undefined,
    );
  }

  /** The stretches of the run: one, and one more for each time that it was resumed. */
  get attempts(): RunAttempt[] {
    const rows = this.#connection.prepare(
      "SELECT * FROM attempts WHERE run_id = ? ORDER BY attempt",
    ).all(this.id);
    return rows.map((row) => {
      const [fromStep, startTime] = [
        number(row["from_step"]),
        time(row["start_time"]),
      ];
      return {
        attempt: Number(row["attempt"]),
        ...(fromStep !== undefined && { fromStep }),
        ...(startTime !== undefined && { startTime }),
        environment: readJson<RunEnvironment>(row["environment"], {}),
      };
    });
  }

  /** Where it ran last; empty for a run of Python ato. */
  get environment(): RunEnvironment {
    return this.attempts.at(-1)?.environment ?? {};
  }

  /** The files that it recorded. */
  get artifacts(): Artifact[] {
    const rows = this.#connection.prepare(
      "SELECT * FROM artifacts WHERE run_id = ? ORDER BY id",
    ).all(this.id);
    return rows.map((row) => {
      const [type, size, sha256] = [
        text(row["data_type"]),
        number(row["size"]),
        text(row["sha256"]),
      ];
      return {
        id: Number(row["id"]),
        path: String(row["path"]),
        ...(type !== undefined && { type }),
        ...(row["data_info"] != null &&
          { metadata: readJson(row["data_info"], undefined) }),
        ...(size !== undefined && { size }),
        ...(sha256 !== undefined && { sha256 }),
      };
    });
  }

  /** The fingerprints of its code and of what it returned. */
  get fingerprints(): RunFingerprint[] {
    const rows = this.#connection.prepare(
      "SELECT * FROM fingerprints WHERE run_id = ? ORDER BY id",
    ).all(this.id);
    const deepOf = readDeep(this.#connection, this.id);
    return rows.map((row) => {
      const calls = number(row["calls"]);
      const deep = row["trace_type"] === "static"
        ? deepOf.get(String(row["trace_id"]))
        : undefined;
      return {
        traceId: String(row["trace_id"]),
        type: String(row["trace_type"]) as "static" | "runtime",
        hash: String(row["fingerprint"]),
        ...(row["uses"] != null &&
          { uses: readJson<Record<string, string>>(row["uses"], {}) }),
        ...(calls !== undefined && { calls }),
        ...(deep !== undefined && { deep }),
      };
    });
  }

  /**
   * The canonical sources behind code fingerprints, and behind those of what a function uses.
   *
   * @param hashes The fingerprints.
   * @returns the source of each that has one stored.
   */
  sources(hashes: Iterable<string>): ReadonlyMap<string, string> {
    const rows = this.#connection.prepare(
      "SELECT hash, source FROM sources WHERE hash IN (SELECT value FROM json_each(?))",
    ).all(JSON.stringify([...hashes]));
    return new Map(
      rows.map((row) => [String(row["hash"]), String(row["source"])]),
    );
  }

  /** Traced functions that have no code fingerprint, and why. */
  get fingerprintGaps(): {
    readonly traceId: string;
    readonly reason: string;
  }[] {
    const rows = this.#connection.prepare(
      "SELECT trace_id, reason FROM fingerprint_gaps WHERE run_id = ? ORDER BY trace_id",
    ).all(this.id);
    return rows.map((row) => ({
      traceId: String(row["trace_id"]),
      reason: String(row["reason"]),
    }));
  }

  /**
   * The recorded calls of a trace, a page at a time.
   *
   * @param traceId The id of the trace.
   * @param options How many at most, and after which call.
   * @returns the calls, in order.
   */
  // deno-lint-ignore require-await
  async outputs(
    traceId: string,
    options: {
      /**
       * How many calls at most.
       *
       * @default {1000}
       */
      readonly limit?: number;
      /** The last call of the page before. */
      readonly after?: Pick<StoredOutput, "attempt" | "call">;
    } = {},
  ): Promise<StoredOutput[]> {
    const action = "read recorded calls";
    checkText(traceId, { action, what: "the id of the trace" });
    checkOptions(options, { action, what: "what it is told" }, "an object");
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
    return rows.map(toOutput);
  }

  #state(): Row | undefined {
    return this.#connection.prepare("SELECT * FROM run_state WHERE run_id = ?")
      .get(this.id);
  }

  #details(): Row | undefined {
    return this.#connection.prepare(
      "SELECT * FROM run_details WHERE run_id = ?",
    ).get(this.id);
  }
}

function toOutput(row: Row): StoredOutput {
  const [hash, reason] = [text(row["hash"]), text(row["reason"])];
  return {
    traceId: String(row["trace_id"]),
    attempt: Number(row["attempt"]),
    call: Number(row["call"]),
    sequence: Number(row["sequence"]),
    outcome: String(row["outcome"]),
    ...(hash !== undefined && { hash }),
    ...(reason !== undefined && { reason }),
    ...(row["sketch"] != null &&
      { sketch: readJson<NumericSketch>(row["sketch"], undefined!) }),
  };
}
