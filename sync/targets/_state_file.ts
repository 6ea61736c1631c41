/** What was sent where: a small file beside the database. It has no logins. */
import { isRecord } from "../../internal/objects.ts";
import {
  identifyProcess,
  isAlive,
  type ProcessIdentity,
} from "../../internal/process_identity.ts";
import {
  type Connection,
  openForReading,
  openForWriting,
  type Row,
  type SqlValue,
  transact,
} from "../../tracker/mod.ts";
import { TargetError } from "./errors.ts";
import type { RunMemory, TargetMemory } from "./target.ts";
import { existsSync } from "node:fs";
import { visible } from "../../internal/visible_text.ts";

const VERSION = 1;
const TIMEOUT = 30_000;
/** A process of another machine that was not heard of for so long is gone. */
const SILENCE = 120_000;

const TABLES = `
CREATE TABLE IF NOT EXISTS targets (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, address TEXT NOT NULL, problem TEXT, at INTEGER);
CREATE TABLE IF NOT EXISTS target_values (
  target_id INTEGER, name TEXT, value TEXT NOT NULL, PRIMARY KEY (target_id, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sent_runs (
  target_id INTEGER, uuid TEXT, revision TEXT, sent TEXT, problem TEXT, at INTEGER, holder TEXT,
  PRIMARY KEY (target_id, uuid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS followers (
  target_id INTEGER, process TEXT, holder TEXT NOT NULL, PRIMARY KEY (target_id, process)) WITHOUT ROWID;
PRAGMA user_version = ${VERSION};
`;

/** What is known of a run that was sent, or that could not be. */
export interface SentRun {
  /** Its identity across machines. */
  readonly uuid: string;
  /** The revision of the run when all of it was there. */
  readonly revision?: string;
  /** Why it is not there, or not whole. */
  readonly problem?: string;
  /** When it was last sent, in milliseconds since 1970. */
  readonly at?: number;
}

/** What is known of a target. */
export interface KnownTarget {
  /** What it is, e.g. `mlflow`. */
  readonly kind: string;
  /** Where it is, without a login. */
  readonly address: string;
  /** Why the last sync ended early. */
  readonly problem?: string;
  /** When that was, or when the last sync ended, in milliseconds since 1970. */
  readonly at?: number;
  /** Its runs, by UUID. */
  readonly runs: readonly SentRun[];
}

/** The path of the file that belongs to a database. */
export function statePath(dbPath: string): string {
  return `${dbPath}.sync`;
}

/**
 * Reads what is known of all targets of a database, without changing anything.
 *
 * @param dbPath The database.
 * @returns the targets; none if nothing was ever sent.
 */
export async function readTargets(dbPath: string): Promise<KnownTarget[]> {
  const path = statePath(dbPath);
  if (!existsSync(path)) return [];
  const connection = await openForReading(path, {
    tables: ["targets", "sent_runs"],
  });
  try {
    refuseNewer(connection, path);
    return connection.prepare("SELECT * FROM targets ORDER BY id").all().map(
      (row) => ({
        kind: String(row["kind"]),
        address: String(row["address"]),
        ...notes(row),
        runs: connection.prepare(
          "SELECT uuid, revision, problem, at FROM sent_runs WHERE target_id = ? ORDER BY uuid",
        ).all(row["id"]!).map(toSentRun),
      }),
    );
  } finally {
    connection.close();
  }
}

/**
 * Reads what is remembered of the runs of one target, without changing anything.
 *
 * @param dbPath The database.
 * @param target The target.
 * @returns what the target wrote, and the revision of which all is there; by UUID.
 */
export async function readSent(
  dbPath: string,
  target: { readonly kind: string; readonly address: string },
): Promise<Map<string, { sent: unknown; revision: string | undefined }>> {
  const path = statePath(dbPath);
  if (!existsSync(path)) return new Map();
  const connection = await openForReading(path, {
    tables: ["targets", "sent_runs"],
  });
  try {
    refuseNewer(connection, path);
    const rows = connection.prepare(
      `SELECT s.uuid, s.sent, s.revision, s.problem, s.at FROM sent_runs s JOIN targets t ON t.id = s.target_id
       WHERE t.kind = ? AND t.address = ?`,
    ).all(target.kind, target.address);
    return new Map(rows.map((row) => {
      const { uuid, revision } = toSentRun(row);
      return [uuid, { sent: readJson(row["sent"]), revision }];
    }));
  } finally {
    connection.close();
  }
}

/** What was sent to one target. */
export class StateFile implements TargetMemory {
  readonly #connection: Connection;
  readonly #id: number;

  private constructor(connection: Connection, id: number) {
    this.#connection = connection;
    this.#id = id;
  }

  /**
   * Opens the file for a target; both are made if they are missing.
   *
   * @param dbPath The database.
   * @param target The target.
   * @throws {StorageError} If it cannot be written.
   */
  static async open(
    dbPath: string,
    target: { readonly kind: string; readonly address: string },
  ): Promise<StateFile> {
    const path = statePath(dbPath);
    // The database beside it says the same about its file system.
    const connection = await openForWriting(path, { onWarning: () => {} });
    try {
      const id = transact(connection, {
        timeout: TIMEOUT,
        work: () => {
          refuseNewer(connection, path);
          connection.exec(TABLES);
          return idOf(connection, target);
        },
      });
      return new StateFile(connection, id);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Closes it. */
  close(): void {
    this.#connection.close();
  }

  get(name: string): unknown {
    const row = this.#connection.prepare(
      "SELECT value FROM target_values WHERE target_id = ? AND name = ?",
    ).get(this.#id, name);
    return row && readJson(row["value"]);
  }

  set(name: string, value: unknown): void {
    if (value === undefined) {
      this.#write(
        "DELETE FROM target_values WHERE target_id = ? AND name = ?",
        name,
      );
    } else if (JSON.stringify(this.get(name)) !== JSON.stringify(value)) {
      this.#write(
        "INSERT OR REPLACE INTO target_values VALUES (?, ?, ?)",
        name,
        JSON.stringify(value),
      );
    }
  }

  forget(isGone: (sent: unknown) => boolean): void {
    const rows = this.#connection.prepare(
      "SELECT uuid, sent FROM sent_runs WHERE target_id = ?",
    ).all(this.#id);
    for (const { uuid, sent } of rows) {
      if (!isGone(readJson(sent))) continue;
      this.#write(
        "UPDATE sent_runs SET sent = NULL, revision = NULL WHERE target_id = ? AND uuid = ?",
        String(uuid),
      );
    }
  }

  /** The runs of the target, by UUID. */
  runs(): Map<string, SentRun> {
    const rows = this.#connection.prepare(
      "SELECT uuid, revision, problem, at FROM sent_runs WHERE target_id = ?",
    ).all(this.#id);
    return new Map(rows.map((row) => [String(row["uuid"]), toSentRun(row)]));
  }

  /** What is remembered of a run. */
  memoryOf(uuid: string): RunMemory<unknown> {
    const connection = this.#connection;
    const id = this.#id;
    const save = (sent: unknown): void =>
      this.#write(
        `INSERT INTO sent_runs (target_id, uuid, sent) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET sent = excluded.sent`,
        uuid,
        JSON.stringify(sent),
      );
    return {
      get sent(): unknown {
        const row = connection.prepare(
          "SELECT sent FROM sent_runs WHERE target_id = ? AND uuid = ?",
        ).get(id, uuid);
        return row && readJson(row["sent"]);
      },
      save,
    };
  }

  /** Notes that all of a run is there, or why it is not. */
  note(
    uuid: string,
    known: { readonly revision?: string; readonly problem?: string },
  ): void {
    const { revision = null, problem = null } = known;
    this.#write(
      `INSERT INTO sent_runs (target_id, uuid, revision, problem, at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET revision = coalesce(excluded.revision, revision),
         problem = excluded.problem, at = excluded.at`,
      ...[uuid, revision, problem, Date.now()],
    );
  }

  /** Notes why the last sync ended early, or that it did not. */
  noteEnd(problem: string | undefined): void {
    transact(this.#connection, {
      timeout: TIMEOUT,
      work: () =>
        this.#connection.prepare(
          "UPDATE targets SET problem = ?, at = ? WHERE id = ?",
        ).run(problem ?? null, Date.now(), this.#id),
    });
  }

  /** Takes a run, so that no other process sends it meanwhile. */
  hold(uuid: string): Hold {
    return this.#take(SENT_RUN, uuid);
  }

  /** Takes the runs of a process by its name, so that one follower alone waits for what it records. */
  holdProcess(process: string): Hold {
    return this.#take(FOLLOWER, process);
  }

  #take({ find, put, free }: HoldTable, name: string): Hold {
    const own = identifyProcess();
    return transact(this.#connection, {
      timeout: TIMEOUT,
      work: () => {
        const row = this.#connection.prepare(find).get(this.#id, name);
        const holder = readHolder(row?.["holder"]);
        if (holder !== undefined && isHeld(holder, own)) {
          return { heldBy: holder };
        }
        const mark = JSON.stringify({ ...own, at: Date.now() });
        this.#connection.prepare(put).run(this.#id, name, mark);
        return { release: () => this.#write(free, name, mark) };
      },
    });
  }

  #write(sql: string, ...params: SqlValue[]): void {
    transact(this.#connection, {
      timeout: TIMEOUT,
      work: () => this.#connection.prepare(sql).run(this.#id, ...params),
    });
  }
}

/** What was taken, or the process that has it. */
type Hold = { release(): void } | { heldBy: ProcessIdentity };

/** Statements about a table that says who has something: the parameters are the target, the name, and the holder. */
interface HoldTable {
  readonly find: string;
  readonly put: string;
  /** Gives it back, unless somebody else has it by now: who was silent for long counts as gone. */
  readonly free: string;
}

const SENT_RUN: HoldTable = {
  find: "SELECT holder FROM sent_runs WHERE target_id = ? AND uuid = ?",
  put: `INSERT INTO sent_runs (target_id, uuid, holder) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET holder = excluded.holder`,
  free: `UPDATE sent_runs SET holder = NULL
    WHERE target_id = ? AND uuid = ? AND holder = ?`,
};

const FOLLOWER: HoldTable = {
  find: "SELECT holder FROM followers WHERE target_id = ? AND process = ?",
  put: "INSERT OR REPLACE INTO followers VALUES (?, ?, ?)",
  free:
    "DELETE FROM followers WHERE target_id = ? AND process = ? AND holder = ?",
};

interface Holder extends ProcessIdentity {
  readonly at: number;
}

function readHolder(text: unknown): Holder | undefined {
  const value = readJson(text);
  return isRecord(value) && typeof value["pid"] === "number" &&
      typeof value["at"] === "number"
    ? value as unknown as Holder
    : undefined;
}

function isHeld(holder: Holder, own: ProcessIdentity): boolean {
  const isOwn = holder.pid === own.pid && holder.host === own.host &&
    holder.pidStart === own.pidStart;
  if (isOwn) return false;
  return isAlive(holder) ?? Date.now() - holder.at < SILENCE;
}

/** What cannot be read counts as lost: the server then decides what is missing. */
function readJson(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function notes(row: Row): { problem?: string; at?: number } {
  const { problem, at } = row;
  return {
    ...(typeof problem === "string" && { problem }),
    ...(typeof at === "number" && { at }),
  };
}

function toSentRun(row: Row): SentRun {
  return {
    uuid: String(row["uuid"]),
    ...(typeof row["revision"] === "string" && { revision: row["revision"] }),
    ...notes(row),
  };
}

function idOf(
  connection: Connection,
  { kind, address }: { readonly kind: string; readonly address: string },
): number {
  const find = connection.prepare(
    "SELECT id FROM targets WHERE kind = ? AND address = ?",
  );
  const found = find.get(kind, address);
  if (found === undefined) {
    connection.prepare("INSERT INTO targets (kind, address) VALUES (?, ?)")
      .run(kind, address);
  }
  return Number((found ?? find.get(kind, address))!["id"]);
}

function refuseNewer(connection: Connection, path: string): void {
  const row = connection.prepare("PRAGMA user_version").get();
  if (Number(row?.["user_version"]) <= VERSION) return;
  throw new TargetError(
    `Cannot use ${
      visible(path)
    }: a newer ato wrote it; update ato, or remove the file, and what was sent is compared with the server`,
  );
}
