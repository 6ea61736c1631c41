/** Functions of the logger that do not use its state. */
import { configAccess } from "../internal/config_access.ts";
import { isError, messageOf } from "../internal/errors.ts";
import { hashStructure, structureOf } from "../internal/structure.ts";
import { isAlive } from "../internal/process_identity.ts";
import type { TrackerConfig } from "./db_path.ts";
import type { Connection } from "./driver.ts";

/** Returns the stored form of an error. Whatever was thrown has one. */
export function describeError(error: unknown): Record<string, string> {
  const stack = textAt(error, "stack");
  // An error whose prototype was removed has its message and its stack still.
  if (!isError(error) && stack === undefined) {
    return { name: typeof error, message: messageOf(error) };
  }
  return {
    name: textAt(error, "name") ?? "Error",
    message: textAt(error, "message") ?? messageOf(error),
    ...(stack !== undefined && { stack }),
  };
}

/** The text of a property of an object; `undefined` if there is none. */
function textAt(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    const text: unknown = Reflect.get(value, key);
    return text === undefined ? undefined : String(text);
  } catch {
    // A getter may throw, and a revoked proxy has no properties.
    return undefined;
  }
}

/** Returns the plain data of a config. */
export function plainConfig(config: TrackerConfig): unknown {
  const access = configAccess(config);
  if (access !== undefined) return access.snapshot();
  const { toObject } = config as { toObject?: unknown };
  return typeof toObject === "function" ? toObject.call(config) : config;
}

/** Returns the keys that nothing read, as JSON; `null` if the config does not know them. */
export function unreadKeys(config: TrackerConfig): string | null {
  const access = configAccess(config);
  return access === undefined ? null : JSON.stringify(access.unread());
}

/** Returns the structural hash of a config; a plain object has the one of an ADict made from it. */
export async function structuralHash(config: TrackerConfig): Promise<string> {
  const { getStructuralHash } = config as {
    getStructuralHash?: () => Promise<string>;
  };
  return typeof getStructuralHash === "function"
    ? await getStructuralHash.call(config)
    : await hashStructure(structureOf(config as object));
}

export function findId(connection: Connection, run: number | string): number {
  const column = typeof run === "number" ? "id" : "uuid";
  const row = connection.prepare(
    `SELECT id FROM experiments WHERE ${column} = ?`,
  ).get(run);
  if (row === undefined) {
    throw new RangeError(
      `Cannot find run ${run}: the file has no run with this ${column}`,
    );
  }
  return Number(row["id"]);
}

/** Returns the id of the run that `ato repeat` repeats, if this file has it. */
export function repeatedId(
  connection: Connection,
  uuid: string | undefined,
): number | null {
  if (uuid === undefined) return null;
  const row = connection.prepare("SELECT id FROM experiments WHERE uuid = ?")
    .get(uuid);
  return row === undefined ? null : Number(row["id"]);
}

/** Refuses a run that another process is logging: a run has one writer at a time. */
export function refuseAlive(connection: Connection, runId: number): void {
  const row = connection.prepare(
    `SELECT s.* FROM run_state s JOIN experiments e ON e.id = s.run_id
     WHERE e.id = ? AND e.status = 'running'`,
  ).get(runId);
  if (row === undefined) return;
  const identity = {
    host: row["host"] as string | null,
    bootId: row["boot_id"] as string | null,
    pid: Number(row["pid"]),
    pidStart: row["pid_start"] as string | null,
  };
  if (isAlive(identity) !== true) return;
  throw new Error(
    `Cannot resume run ${runId}: process ${identity.pid} is still logging it; end that process first`,
  );
}
