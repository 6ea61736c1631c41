/**
 * The parts of a run that was read from a file.
 *
 * @module
 */
import type { RunEnvironment } from "./environment.ts";
import type { DeepRecord, NumericSketch } from "../internal/run_source.ts";

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
   * out; `Run.sources` returns them.
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

/** The process that records a run. What its system does not tell is `null`. */
export interface RunProcess {
  /** The name of the machine. */
  readonly host: string | null;
  /** The id of the machine's last start (Linux). */
  readonly bootId: string | null;
  /** The process id. */
  readonly pid: number;
  /** When the process started, in ticks since the machine's start (Linux). */
  readonly pidStart: string | null;
}
