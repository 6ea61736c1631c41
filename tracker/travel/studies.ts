/** The journals of studies in a file: what another file or a hub does not have of them, and what this file does not have. */
import { isAlive } from "../../internal/process_identity.ts";
import { HUB_TABLES } from "../_schema_sql.ts";
import { hasTable } from "../_schema_version.ts";
import { HubBases } from "./hub_bases.ts";
import type { Connection, Row } from "../driver.ts";
import { toStorable } from "../_storable_text.ts";
import {
  parsedEvent,
  StudyEventError,
  travelEvent,
  wholeEvent,
} from "./study_event.ts";

/** A process that works on a study. */
export interface StudyHolder {
  /** Its machine; `null` if it is not known. */
  readonly host: string | null;
  /** The process. */
  readonly pid: number;
  /** The milliseconds after which a claim that was not renewed is over. */
  readonly lease: number;
  /** When the claim was renewed, in milliseconds since 1970. */
  readonly renewed: number;
}

/** A study of a file. */
export interface TravelStudy {
  /** Its id in the file. */
  readonly id: number;
  /** Its name in the file. */
  readonly name: string;
  /** What identifies it: the nonce of its first session, the same in every copy of its journal. */
  readonly uuid: string;
  /** When it began, in milliseconds since 1970. */
  readonly started: number;
  /** The number of its events. */
  readonly count: number;
  /** The process that works on it; `null` if none does. */
  readonly holder: StudyHolder | null;
  /** Whether its journal came from a hub or another file: then it goes on elsewhere. */
  readonly isCopy: boolean;
}

/** What is written of a study. */
export interface LandedStudy {
  readonly uuid: string;
  /** The name that it has elsewhere. */
  readonly name: string;
  /** The events that the file does not have, as they travel. */
  readonly events: readonly string[];
  /** How many events the file must have before them. */
  readonly from: number;
  readonly holder: StudyHolder | null;
  /** Where it comes from: a hub or a file, as `internal/copy_origin.ts` names it. */
  readonly origin: string;
}

/** A journal could not be written. */
export class StudyLandingError extends Error {
  /** Makes the error; the message is a clause. */
  constructor(message: string) {
    super(message);
    this.name = "StudyLandingError";
  }
}

/** The studies of a file. */
export class TravelStudies {
  /** What the file and hubs last agreed on, by what identifies a study. */
  readonly bases: HubBases;
  readonly #connection: Connection;
  readonly #transact: <T>(work: (to: Connection) => T) => T;

  /**
   * @param connection The file.
   * @param transact Does several things in one transaction.
   */
  constructor(
    connection: Connection,
    transact: <T>(work: (to: Connection) => T) => T,
  ) {
    this.#connection = connection;
    this.#transact = transact;
    this.bases = new HubBases(connection, "hub_studies", transact);
  }

  /**
   * The studies that have begun, the oldest first.
   *
   * @param onDamage Is told of a study whose journal does not begin as Ato begins one.
   */
  list(onDamage: (name: string) => void = () => {}): TravelStudy[] {
    const connection = this.#connection;
    if (!hasTable(connection, "studies")) return [];
    const copies = new Set(
      hasTable(connection, "study_copies")
        ? connection.prepare("SELECT study_id FROM study_copies").all()
          .map((row) => Number(row["study_id"]))
        : [],
    );
    const rows = connection.prepare(
      `SELECT studies.*, event, (SELECT max(seq) + 1 FROM study_events WHERE study_id = studies.id) AS events
       FROM studies LEFT JOIN study_events ON study_id = studies.id AND seq = 0
       WHERE studies.id IN (SELECT study_id FROM study_events) ORDER BY studies.id`,
    ).all();
    return rows.flatMap((row) => {
      const name = String(row["name"]);
      const first = firstOf(row);
      if (first === undefined) {
        onDamage(name);
        return [];
      }
      const id = Number(row["id"]);
      return [{
        ...first,
        id,
        name,
        count: Number(row["events"]),
        holder: holderOf(row),
        isCopy: copies.has(id),
      }];
    });
  }

  /** Finds a study by what identifies it. */
  find(uuid: string): TravelStudy | undefined {
    return this.list().find((study) => study.uuid === uuid);
  }

  /**
   * Reads events.
   *
   * @param study The study.
   * @param from The place of the first one.
   * @param form How they are given: as they travel to other machines, or `whole`, for another file of this user.
   * @throws {StudyEventError} If one is no event, or some are missing.
   */
  *events(
    { id, count }: TravelStudy,
    from: number,
    form: "travel" | "whole" = "travel",
  ): Iterable<string> {
    const convert = form === "travel" ? travelEvent : wholeEvent;
    const rows = this.#connection.prepare(
      "SELECT seq, event FROM study_events WHERE study_id = ? AND seq >= ? AND seq < ? ORDER BY seq",
    ).iterate(id, from, count);
    let next = from;
    for (const { seq, event } of rows) {
      if (Number(seq) !== next++) {
        throw new StudyEventError(`its event ${next - 1} is missing`);
      }
      yield convert(String(event), this.#uuidOf);
    }
    if (next < count) throw new StudyEventError(`its event ${next} is missing`);
  }

  readonly #uuidOf = (run: number): string | undefined => {
    const row = this.#connection.prepare(
      "SELECT uuid FROM experiments WHERE id = ?",
    ).get(run);
    return typeof row?.["uuid"] === "string" ? row["uuid"] : undefined;
  };

  /** The projects of runs. */
  projectsOf(uuids: Iterable<string>): string[] {
    const find = this.#connection.prepare(
      "SELECT projects.name FROM experiments JOIN projects ON projects.id = project_id WHERE uuid = ?",
    );
    const names = new Set<string>();
    for (const uuid of uuids) {
      const row = find.get(uuid);
      if (row !== undefined) names.add(String(row["name"]));
    }
    return [...names].sort();
  }

  /**
   * Adds events to a study that the file has, or adds the study: under its name or, if the file has another study of that
   * name, with the start of what identifies it.
   *
   * @returns its name in the file.
   * @throws {StudyLandingError} If the file has changed meanwhile, or a process works on the study.
   */
  land({ uuid, name, events, from, holder, origin }: LandedStudy): string {
    return this.#transact((to) => {
      const found = this.find(uuid);
      if ((found?.count ?? 0) !== from) {
        throw new StudyLandingError("it has changed here meanwhile");
      }
      if (found !== undefined && !found.isCopy && this.#isWorkedOn(found.id)) {
        throw new StudyLandingError(
          "a process of this machine works on it; try again when that has ended",
        );
      }
      const id = found?.id ?? this.#insert(to, { uuid, name, origin });
      const add = to.prepare("INSERT INTO study_events VALUES (?, ?, ?)");
      events.forEach((text, i) => add.run(id, from + i, text));
      if (found?.isCopy ?? true) writeHolder(to, id, holder);
      return String(
        to.prepare("SELECT name FROM studies WHERE id = ?").get(id)!["name"],
      );
    });
  }

  /** Writes who works on a study that came from elsewhere. */
  hold(uuid: string, holder: StudyHolder | null): void {
    this.#transact((to) => {
      const found = this.find(uuid);
      if (found?.isCopy) writeHolder(to, found.id, holder);
    });
  }

  /** Writes where a study that came from elsewhere came from last. */
  cameFrom(uuid: string, origin: string): void {
    this.#transact((to) => {
      const found = this.find(uuid);
      if (!found?.isCopy) return;
      to.prepare("UPDATE study_copies SET hub = ? WHERE study_id = ?")
        .run(origin, found.id);
    });
  }

  #isWorkedOn(id: number): boolean {
    const row = this.#connection.prepare(
      "SELECT * FROM studies WHERE id = ? AND token IS NOT NULL",
    ).get(id);
    const holder = row && holderOf(row);
    if (!holder) return false;
    const text = (name: string): string | null =>
      row![name] === null ? null : String(row![name]);
    return isAlive({
      host: holder.host,
      bootId: text("boot_id"),
      pid: holder.pid,
      pidStart: text("pid_start"),
    }) ?? Date.now() < holder.renewed + holder.lease;
  }

  #insert(
    to: Connection,
    { uuid, name, origin }: Pick<LandedStudy, "uuid" | "name" | "origin">,
  ): number {
    const put = to.prepare(
      "INSERT OR IGNORE INTO studies (name) VALUES (?) RETURNING id",
    );
    for (const free of freeNames(String(toStorable(name)), uuid)) {
      const row = put.get(free);
      if (row === undefined) continue;
      const id = Number(row["id"]);
      // A study of which no session began can have left events of nobody.
      to.prepare("DELETE FROM study_events WHERE study_id = ?").run(id);
      to.exec(HUB_TABLES);
      to.prepare("INSERT OR REPLACE INTO study_copies VALUES (?, ?)")
        .run(id, origin);
      return id;
    }
    throw new StudyLandingError("the file has other searches of its name");
  }
}

/** The names that a study can have: its own, then those that only it has. */
function freeNames(name: string, uuid: string): string[] {
  const bare = uuid.replaceAll(/[^\w]/g, "");
  return [name, ...[8, 32].map((length) => `${name}~${bare.slice(0, length)}`)];
}

function firstOf(
  row: Row,
): Pick<TravelStudy, "uuid" | "started"> | undefined {
  try {
    const { kind, nonce, at } = parsedEvent(String(row["event"]));
    return kind === "opened" && typeof nonce === "string" && nonce !== "" &&
        typeof at === "number" && at >= 0
      ? { uuid: nonce, started: Math.floor(at) }
      : undefined;
  } catch (error) {
    if (!(error instanceof StudyEventError)) throw error;
    return undefined;
  }
}

function holderOf(row: Row): StudyHolder | null {
  if (row["token"] === null) return null;
  return {
    host: row["host"] === null ? null : String(row["host"]),
    pid: Math.floor(Number(row["pid"])) || 0,
    lease: Math.floor(Number(row["lease"])) || 0,
    renewed: Math.floor(Number(row["renewed"])) || 0,
  };
}

/** The claim of a process elsewhere: its token is one that no process has, so none can write with it. */
function writeHolder(
  to: Connection,
  id: number,
  holder: StudyHolder | null,
): void {
  to.prepare(
    `UPDATE studies SET token = ?, host = ?, boot_id = NULL, pid = ?, pid_start = NULL, lease = ?, renewed = ?
     WHERE id = ?`,
  ).run(
    holder === null ? null : "elsewhere",
    holder?.host ?? null,
    holder?.pid ?? null,
    holder?.lease ?? null,
    holder?.renewed ?? null,
    id,
  );
}
