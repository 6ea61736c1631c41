/**
 * Where a run was sent.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { openForReading } from "../tracker/reading.ts";
import { isRecord } from "../internal/objects.ts";

/** A place that a run was sent to. */
export interface SentTo {
  /** What it is: `hub`, or the kind of a target, e.g. `mlflow`. */
  readonly kind: string;
  /** Where it is, without a login; absent if it is not recorded. */
  readonly address?: string;
  /** When something of the run was sent last. */
  readonly at: Date;
  /** Why not all of it is there. */
  readonly problem?: string;
}

/**
 * Reads where a run was sent by `ato push` and `ato sync`, as far as its file remembers it. What is not recorded, e.g. by
 * an earlier version, is left out. Nothing is changed.
 *
 * @param dbPath The path of the file.
 * @param uuid The UUID of the run.
 * @returns the places, the one that was sent to last at the end.
 * @throws {StorageError} If the file, or the one that remembers targets, cannot be read.
 */
export async function sentTo(dbPath: string, uuid: string): Promise<SentTo[]> {
  const all = [
    ...await sentToHubs(dbPath, uuid),
    ...await sentToTargets(dbPath, uuid),
  ];
  return all.sort((a, b) => a.at.getTime() - b.at.getTime());
}

async function sentToTargets(dbPath: string, uuid: string): Promise<SentTo[]> {
  // What remembers targets can write, too; most files were never sent.
  if (!existsSync(`${dbPath}.sync`)) return [];
  const { readTargets } = await import("./targets/_state_file.ts");
  return (await readTargets(dbPath)).flatMap(({ kind, address, runs }) =>
    runs.flatMap(({ uuid: one, at, revision, problem }) => {
      const isSent = one === uuid && at !== undefined &&
        (revision !== undefined || problem !== undefined);
      return isSent
        ? [{ kind, address, at: new Date(at), ...(problem && { problem }) }]
        : [];
    })
  );
}

async function sentToHubs(dbPath: string, uuid: string): Promise<SentTo[]> {
  const connection = await openForReading(dbPath);
  try {
    const isKnown = connection.prepare(
      "SELECT 1 AS found FROM sqlite_master WHERE name = 'hub_runs'",
    ).get();
    if (isKnown === undefined) return [];
    const rows = connection.prepare(
      `SELECT run.base, hub.base AS place FROM hub_runs AS run
       LEFT JOIN hub_runs AS hub ON hub.hub = run.hub AND hub.uuid = '' WHERE run.uuid = ?`,
    ).all(uuid);
    return rows.flatMap(({ base, place }) => {
      const { sent } = parsed(base);
      const { address } = parsed(place);
      if (typeof sent !== "number" || Number.isNaN(new Date(sent).getTime())) {
        return [];
      }
      return [{
        kind: "hub",
        ...(typeof address === "string" && { address }),
        at: new Date(sent),
      }];
    });
  } finally {
    connection.close();
  }
}

/** What cannot be read says nothing. */
function parsed(text: unknown): Record<string, unknown> {
  try {
    const value: unknown = typeof text === "string" ? JSON.parse(text) : {};
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
