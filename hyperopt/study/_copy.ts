/**
 * Studies whose journal came from a hub or another file. A study goes on in one file: two copies that went on would be
 * two studies with one name, and nobody could tell which results are whose.
 */
import { realpathSync, statSync } from "node:fs";
import type { Connection } from "../../tracker/mod.ts";
import { pathOfOrigin } from "../../internal/copy_origin.ts";
import { attempt } from "../../internal/attempt.ts";
import { hostName } from "../../internal/process_identity.ts";
import { isPlainObject } from "../../internal/objects.ts";
import { visible } from "../../internal/visible_text.ts";

/** Where a study goes on. */
interface Start {
  readonly host?: string;
  readonly database?: string;
}

/** Where the journal of a study came from; `undefined` if it is of this file. */
function originOf(connection: Connection, id: number): string | undefined {
  const row = hasCopies(connection)
    ? connection.prepare("SELECT hub FROM study_copies WHERE study_id = ?")
      .get(id)
    : undefined;
  return row && String(row["hub"]);
}

/** Only a file that was pulled or merged into has this table. */
function hasCopies(connection: Connection): boolean {
  return connection.prepare(
    "SELECT 1 AS found FROM sqlite_master WHERE name = 'study_copies'",
  ).get() !== undefined;
}

/**
 * Whether a study goes on in a file. A copy does in two cases: the file is where the newest session was (it was lost, and
 * brought back), or it was merged from a file of this machine that is gone, and so is the file of the newest session.
 */
export function goesOnIn(
  connection: Connection,
  id: number,
  path: string,
): boolean {
  const origin = originOf(connection, id);
  if (origin === undefined) return true;
  const start = lastStart(connection, id);
  if (start.host === undefined || start.host !== hostName()) return false;
  return start.database === realpathSync(path) ||
    (isGone(pathOfOrigin(origin)) && isGone(start.database));
}

/** Whether a file is known to be gone: who may not look does not know. */
function isGone(path: string | undefined): boolean {
  return path !== undefined &&
    attempt(() => statSync(path, { throwIfNoEntry: false }) === undefined, {
        name: "read",
        path,
      }) === true;
}

/**
 * Lets a copy of a study go on, if it does so in this file.
 *
 * @returns whether the study can go on here.
 */
export function endCopy(
  connection: Connection,
  id: number,
  path: string,
): boolean {
  if (originOf(connection, id) === undefined) return true;
  if (!goesOnIn(connection, id, path)) return false;
  connection.prepare("DELETE FROM study_copies WHERE study_id = ?").run(id);
  connection.prepare("UPDATE studies SET token = NULL WHERE id = ?").run(id);
  return true;
}

/** Where the newest session of a study was; what is not known is absent. */
export function lastStart(connection: Connection, id: number): Start {
  const row = connection.prepare(
    `SELECT event FROM study_events WHERE study_id = ? AND event LIKE '{"kind":"opened"%' ORDER BY seq DESC LIMIT 1`,
  ).get(id);
  let event: unknown;
  try {
    event = JSON.parse(String(row?.["event"]));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const start = isPlainObject(event) ? event["start"] : undefined;
  if (!isPlainObject(start)) return {};
  const { host, database } = start;
  return {
    ...(typeof host === "string" && { host }),
    ...(typeof database === "string" && { database }),
  };
}

/** Where a study goes on, for messages. One that an engine has recorded no place: each of its files is a copy. */
export function placeOf({ host, database }: Start): string {
  const file = database === undefined ? undefined : visible(database);
  const machine = host === undefined ? undefined : visible(host);
  if (file !== undefined && machine !== undefined) {
    return `${file} on ${machine}`;
  }
  return file ??
    (machine === undefined
      ? "the file, or on the engine, where it began"
      : `a file on ${machine}`);
}
