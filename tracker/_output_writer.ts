/** Writes the records of runtime traces, and the one fingerprint of each trace. */
import { createHash } from "node:crypto";
import {
  INSERT_OUTPUT,
  outputColumns,
  type Registered,
  writeFingerprint,
} from "./_run_store.ts";
import { toStorable } from "./_storable_text.ts";
import type { Connection, Statement } from "./driver.ts";
import { retryBusy, transact } from "./retry.ts";
import type { OutputRecord } from "../internal/run_source.ts";

/** Calls after which the fingerprint row is written again; its `calls` column says how many it covers. */
const PRINT_EVERY = 64;
const PREFIX = "ato-calls-v1:";

interface Chain {
  hash: string;
  calls: number;
  unwritten: number;
}

/**
 * Extends a chain of calls: the SHA-256 of the hash so far and of the new record. The fingerprint of a trace
 * then takes the same time for each call, however many there are.
 */
function chainCall(
  before: string,
  record: { outcome: string; hash?: string; reason?: string },
): string {
  const text = `${before}\n${record.outcome} ${
    record.hash ?? `none: ${record.reason ?? ""}`
  }`;
  return PREFIX + createHash("sha256").update(text).digest("hex");
}

/**
 * Recomputes the fingerprint of a trace from all recorded calls, after calls were written by something
 * other than an {@linkcode OutputWriter}.
 */
export function rebuildChain(
  connection: Connection,
  { runId, traceId }: { runId: number; traceId: string },
): Omit<Chain, "unwritten"> {
  const rows = connection.prepare(
    "SELECT outcome, hash, reason FROM outputs WHERE run_id = ? AND trace_id = ? ORDER BY attempt, call",
  ).iterate(runId, traceId);
  let [hash, calls] = [PREFIX, 0];
  for (const row of rows) {
    hash = chainCall(hash, {
      outcome: String(row["outcome"]),
      ...(row["hash"] != null && { hash: String(row["hash"]) }),
      ...(row["reason"] != null && { reason: String(row["reason"]) }),
    });
    calls++;
  }
  writeFingerprint(connection, {
    runId,
    traceId,
    type: "runtime",
    hash,
    calls,
    at: Date.now(),
  });
  return { hash, calls };
}

/** Writes the output records of one run. */
export class OutputWriter {
  readonly #connection: Connection;
  readonly #registered: Registered;
  readonly #timeout: number;
  readonly #insert: Statement;
  readonly #chains = new Map<string, Chain>();

  constructor(connection: Connection, registered: Registered, timeout: number) {
    this.#connection = connection;
    this.#registered = registered;
    this.#timeout = timeout;
    this.#insert = connection.prepare(INSERT_OUTPUT);
  }

  /** Writes one record; it is durable when this returns. */
  write(given: OutputRecord, at: number): void {
    const record = { ...given, traceId: toStorable(given.traceId) };
    const chain = this.#chains.get(record.traceId) ??
      this.#startChain(record.traceId);
    const columns = outputColumns(this.#registered, record);
    const next = {
      ...chain,
      hash: chainCall(chain.hash, record),
      calls: chain.calls + 1,
    };
    if (chain.unwritten + 1 < PRINT_EVERY && chain.calls > 0) {
      retryBusy(() => this.#insert.run(...columns), this.#timeout);
      next.unwritten++;
    } else {
      const work = (): void => {
        this.#insert.run(...columns);
        this.#print(record.traceId, next, at);
      };
      transact(this.#connection, { work, timeout: this.#timeout });
      next.unwritten = 0;
    }
    this.#chains.set(record.traceId, next);
  }

  /** Discards the state in memory, and recomputes it from the file. */
  recover(): void {
    const work = (): void => {
      for (const traceId of this.#chains.keys()) {
        const { runId } = this.#registered;
        const chain = rebuildChain(this.#connection, { runId, traceId });
        this.#chains.set(traceId, { ...chain, unwritten: 0 });
      }
    };
    transact(this.#connection, { work, timeout: this.#timeout });
  }

  /** Updates all fingerprint rows. */
  close(at: number): void {
    const work = (): void => {
      for (const [traceId, chain] of this.#chains) {
        if (chain.unwritten > 0) this.#print(traceId, chain, at);
        chain.unwritten = 0;
      }
    };
    transact(this.#connection, { work, timeout: this.#timeout });
  }

  #print(traceId: string, chain: Chain, at: number): void {
    const { hash, calls } = chain;
    const { runId } = this.#registered;
    writeFingerprint(this.#connection, {
      runId,
      traceId,
      type: "runtime",
      hash,
      calls,
      at,
    });
  }

  /** A run that is resumed continues the chain that it had. */
  #startChain(traceId: string): Chain {
    const select = this.#connection.prepare(
      "SELECT fingerprint, calls FROM fingerprints WHERE run_id = ? AND trace_id = ? AND trace_type = 'runtime'",
    );
    const { runId } = this.#registered;
    const row = retryBusy(() => select.get(runId, traceId), this.#timeout);
    const chain = {
      hash: row === undefined ? PREFIX : String(row["fingerprint"]),
      calls: Number(row?.["calls"] ?? 0),
      unwritten: 0,
    };
    return chain;
  }
}
