/** The journal in the tracker's file. This module loads a database. */
import { existsSync, realpathSync } from "node:fs";
import {
  classifyStorageProblem,
  type Connection,
  damageError,
  dbPathOf,
  migrate,
  openForWriting,
  processStart,
  retryBusy,
  type Row,
  type Statement,
  toStorageError,
  transact,
} from "../../tracker/mod.ts";
import { commandText } from "../../internal/shell_words.ts";
import { type Claim, isHeld } from "./_claim.ts";
import { decodeEvent, encodeEvent } from "./_event_codec.ts";
import { endCopy, lastStart, placeOf } from "./_copy.ts";
import { StudyCopyError, StudyOwnedError } from "./errors.ts";
import type { SessionStart, StudyEvent } from "./events.ts";
import type { Journal, StudyOwner } from "./journal.ts";
import type { SqliteJournalOptions } from "./sqlite_journal.ts";

/** Opens a journal; see `sqlite_journal.ts`. */
export async function openSqliteJournal(
  options: SqliteJournalOptions & {
    /** Whether the command of this process starts the same study again. @default {true} */
    readonly hasStart?: boolean;
  },
): Promise<SqliteJournal> {
  const path = dbPathOf(options.dbPath);
  const timeout = options.busyTimeout ?? 30_000;
  try {
    const connection = await openForWriting(path, options);
    try {
      migrate(connection, { path, timeout });
      return new SqliteJournal(connection, {
        path,
        timeout,
        study: options.studyId,
        hasStart: options.hasStart ?? true,
      });
    } catch (error) {
      connection.close();
      throw error;
    }
  } catch (error) {
    throw wrapped(error, "open", path);
  }
}

interface Place {
  readonly path: string;
  readonly timeout: number;
  readonly study: string;
  readonly hasStart: boolean;
}

/** The journal in a file. */
export class SqliteJournal implements Journal {
  readonly start?: SessionStart;
  readonly resumeHint: string;
  readonly #connection: Connection;
  readonly #place: Place;
  readonly #id: number;
  readonly #insert: Statement;
  #next: number;

  constructor(connection: Connection, place: Place) {
    this.#connection = connection;
    this.#place = place;
    this.#id = this.#transact(() => idOf(connection, place.study));
    this.#next = nextOf(connection, this.#id);
    this.#insert = connection.prepare(INSERT);
    const start = place.hasStart ? processStart(place.study) : undefined;
    if (start !== undefined) {
      // The file exists by now; what is in memory only has no path.
      const database = existsSync(place.path)
        ? { database: realpathSync(place.path) }
        : {};
      this.start = { ...start, ...database };
    }
    this.resumeHint = hintOf(place, start !== undefined);
  }

  claim(owner: StudyOwner, now: number): void {
    this.#write("claim", () => {
      if (!endCopy(this.#connection, this.#id, this.#place.path)) {
        throw new StudyCopyError(
          this.#place.study,
          this.#place.path,
          placeOf(lastStart(this.#connection, this.#id)),
        );
      }
      const held = this.#claim();
      if (
        held !== undefined && held.owner.token !== owner.token &&
        isHeld(held, now)
      ) throw new StudyOwnedError(this.#place.study, held.owner);
      this.#connection.prepare(CLAIM).run(
        owner.token,
        owner.host,
        owner.bootId,
        owner.pid,
        owner.pidStart,
        owner.lease,
        now,
        this.#id,
      );
      this.#next = nextOf(this.#connection, this.#id);
    });
  }

  renew(owner: StudyOwner, now: number): void {
    this.#write("renew", () => {
      this.#mine(owner);
      this.#connection.prepare("UPDATE studies SET renewed = ? WHERE id = ?")
        .run(now, this.#id);
    });
  }

  release(owner: StudyOwner): void {
    this.#write("release", () => {
      this.#connection.prepare(
        "UPDATE studies SET token = NULL WHERE id = ? AND token = ?",
      ).run(this.#id, owner.token);
    });
  }

  /** Removes the study if it has no event and nobody owns it: nothing began. */
  removeEmpty(): void {
    this.#write("release", () => {
      this.#connection.prepare(
        `DELETE FROM studies WHERE id = ? AND token IS NULL
         AND NOT EXISTS (SELECT 1 FROM study_events WHERE study_id = studies.id)`,
      ).run(this.#id);
    });
  }

  read(): Iterable<StudyEvent> {
    try {
      return retryBusy(
        () => readEvents(this.#connection, this.#id, this.#place.path),
        this.#place.timeout,
      );
    } catch (error) {
      throw wrapped(error, "read", this.#place.path);
    }
  }

  append(events: readonly StudyEvent[], owner: StudyOwner): void {
    const [first, ...more] = events;
    if (first === undefined) return;
    if (more.length > 0) {
      return this.#write("append", () => {
        events.forEach((event, i) => this.#add(event, this.#next + i, owner));
      }, () => this.#next += events.length);
    }
    try {
      // A single statement is a transaction of its own.
      retryBusy(
        () => this.#add(first, this.#next, owner),
        this.#place.timeout,
      );
      this.#next++;
    } catch (error) {
      throw wrapped(error, "write", this.#place.path);
    }
  }

  close(): void {
    this.#connection.close();
  }

  /** Appends an event, if this owner still holds the study. */
  #add(event: StudyEvent, seq: number, owner: StudyOwner): void {
    const text = encodeEvent(event);
    const added = this.#insert.get(seq, text, this.#id, owner.token);
    if (added === undefined) this.#mine(owner);
  }

  #mine(owner: StudyOwner): void {
    const held = this.#claim();
    if (held?.owner.token === owner.token) return;
    throw new StudyOwnedError(
      this.#place.study,
      held?.owner ?? { host: null, pid: 0 },
    );
  }

  #claim(): Claim | undefined {
    return findClaim(this.#connection, this.#id);
  }

  #write(action: string, work: () => void, done?: () => void): void {
    try {
      this.#transact(work);
    } catch (error) {
      throw wrapped(error, action, this.#place.path);
    }
    done?.();
  }

  #transact<T>(work: () => T): T {
    return transact(this.#connection, { work, timeout: this.#place.timeout });
  }
}

/** Without a recorded command, only the user knows how the search is started. */
function hintOf({ study, path }: Place, hasCommand: boolean): string {
  const place = ["--db", path];
  // A name that looks like an option comes after the options.
  const words = study.startsWith("-")
    ? ["ato", "search", "resume", ...place, "--", study]
    : ["ato", "search", "resume", study, ...place];
  const command = hasCommand ? `, or run ${commandText(words)}` : "";
  return `to resume it, start its program again${command}`;
}

const INSERT = `
  INSERT INTO study_events (study_id, seq, event)
  SELECT id, ?, ? FROM studies WHERE id = ? AND token = ? RETURNING seq`;

const CLAIM = `
  UPDATE studies SET token = ?, host = ?, boot_id = ?, pid = ?, pid_start = ?, lease = ?, renewed = ?
  WHERE id = ?`;

function claimOf(row: Row): Claim {
  const text = (value: unknown): string | null =>
    value === null ? null : String(value);
  return {
    owner: {
      token: String(row["token"]),
      host: text(row["host"]),
      bootId: text(row["boot_id"]),
      pid: Number(row["pid"]),
      pidStart: text(row["pid_start"]),
      lease: Number(row["lease"]),
    },
    renewed: Number(row["renewed"]),
  };
}

/** Finds the claim on a study; `undefined` if no process has one. */
export function findClaim(
  connection: Connection,
  id: number,
): Claim | undefined {
  const row = connection.prepare(
    "SELECT * FROM studies WHERE id = ? AND token IS NOT NULL",
  ).get(id);
  return row && claimOf(row);
}

/** Returns the id of a study; a new study is added. */
function idOf(connection: Connection, name: string): number {
  connection.prepare("INSERT OR IGNORE INTO studies (name) VALUES (?)")
    .run(name);
  return findStudy(connection, name)!;
}

/** Finds the id of a study; `undefined` if the file does not have it. */
export function findStudy(
  connection: Connection,
  name: string,
): number | undefined {
  const row = connection.prepare("SELECT id FROM studies WHERE name = ?")
    .get(name);
  return row && Number(row["id"]);
}

function nextOf(connection: Connection, id: number): number {
  const row = connection.prepare(
    "SELECT max(seq) AS last FROM study_events WHERE study_id = ?",
  ).get(id);
  return row?.["last"] === null ? 0 : Number(row?.["last"]) + 1;
}

/**
 * Reads all events of a study, in order.
 *
 * @throws {StorageError} If one is not an event.
 */
export function readEvents(
  connection: Connection,
  id: number,
  path: string,
): StudyEvent[] {
  const rows = connection.prepare(
    "SELECT seq, event FROM study_events WHERE study_id = ? ORDER BY seq",
  ).all(id);
  return rows.map((row) => {
    try {
      return decodeEvent(JSON.parse(String(row["event"])));
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) {
        throw error;
      }
      const what = `event ${row["seq"]} of a study is not one that Ato writes`;
      throw damageError({ path, table: "study_events" }, what);
    }
  });
}

/** Adds advice to errors of the storage; other errors stay as they are. */
function wrapped(error: unknown, action: string, path: string): unknown {
  return classifyStorageProblem(error) === undefined
    ? error
    : toStorageError(action, { path, cause: error });
}
