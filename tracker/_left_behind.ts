/**
 * What a copy of a run can lack though nothing newer is known of it: a hub leaves the words of command lines, uncommitted
 * changes and what programs printed behind unless it is asked for them.
 */
import { attemptName } from "./_attempt_name.ts";
import { insertRows } from "./_copy_run.ts";
import { hasTable } from "./_schema_version.ts";
import type { Connection, Row } from "./driver.ts";
import { readJson } from "../internal/json.ts";
import { isRecord } from "../internal/objects.ts";
import {
  COMMAND_WORDS,
  type CommandWords,
  isWords,
} from "./travel/command_words.ts";
import { addDiff, addWords } from "./travel/land_words.ts";
import { toTravelRow } from "./travel/values.ts";

/** What an attempt has of it. */
export interface LeftBehind {
  readonly attempt: number;
  /** What identifies the attempt in every file. */
  readonly name: string;
  readonly words: CommandWords;
  readonly diff: string | undefined;
  /** The place after the last byte that it printed; 0 if no output is there. */
  readonly printed: number;
  /** Reads what it printed from a place on. */
  console(from: number): Row[];
}

/** Reads it of all attempts of a run; what was printed is read when it is asked for. */
export function readLeftBehind(
  connection: Connection,
  runId: number,
): LeftBehind[] {
  if (!hasTable(connection, "attempts")) return [];
  const hasConsole = hasTable(connection, "console");
  const end = connection.prepare(
    hasConsole
      ? "SELECT max(start + bytes) AS printed FROM console WHERE run_id = ? AND attempt = ?"
      : "SELECT 0 AS printed WHERE ? IS NOT ?",
  );
  return connection.prepare(
    "SELECT * FROM attempts WHERE run_id = ? ORDER BY attempt",
  ).all(runId).map((row) => {
    const attempt = Number(row["attempt"]);
    const environment = readJson<unknown>(row["environment"], undefined);
    return {
      attempt,
      name: attemptName(toTravelRow(row, new Set())),
      words: wordsIn(environment),
      diff: diffIn(environment),
      printed: Number(end.get(runId, attempt)?.["printed"] ?? 0),
      console: (from) =>
        connection.prepare(
          `SELECT * FROM console WHERE run_id = ? AND attempt = ? AND start + bytes > ? ORDER BY start`,
        ).all(runId, attempt, from),
    };
  });
}

/** Reads what was printed now, because the run will be erased. */
export function keepLeftBehind(
  connection: Connection,
  runId: number,
): LeftBehind[] {
  return readLeftBehind(connection, runId).map((one) => {
    const rows = one.printed === 0 ? [] : one.console(0);
    const isAfter = (row: Row, from: number): boolean =>
      Number(row["start"]) + Number(row["bytes"]) > from;
    return {
      ...one,
      console: (from) => rows.filter((row) => isAfter(row, from)),
    };
  });
}

function wordsIn(environment: unknown): CommandWords {
  if (!isRecord(environment)) return {};
  return Object.fromEntries(
    COMMAND_WORDS.flatMap((name) => {
      const words = environment[name];
      return isWords(words) ? [[name, words]] : [];
    }),
  );
}

function diffIn(environment: unknown): string | undefined {
  const git = isRecord(environment) ? environment["git"] : undefined;
  const diff = isRecord(git) ? git["diff"] : undefined;
  return typeof diff === "string" ? diff : undefined;
}

/** What is added to an attempt of a file. */
interface Missing {
  readonly mine: LeftBehind;
  readonly theirs: LeftBehind;
}

/** The attempts of a run that lack what another copy of it has. */
export function missingOf(
  mine: readonly LeftBehind[],
  theirs: readonly LeftBehind[],
): Missing[] {
  const others = new Map(theirs.map((one) => [one.attempt, one]));
  return mine.flatMap((one) => {
    const other = others.get(one.attempt);
    // Attempts of one number that began apart are two attempts.
    if (other === undefined || other.name !== one.name) return [];
    const lacks = COMMAND_WORDS.some((name) =>
      one.words[name] === undefined && other.words[name] !== undefined
    ) || one.diff === undefined && other.diff !== undefined ||
      one.printed < other.printed;
    return lacks ? [{ mine: one, theirs: other }] : [];
  });
}

/** Adds what the attempts of a run lack. The caller has begun a transaction. */
export function addLeftBehind(
  to: Connection,
  run: number,
  missing: readonly Missing[],
): void {
  for (const { mine, theirs } of missing) {
    const { attempt, words, diff } = theirs;
    addWords(to, { run, attempt, words });
    if (diff !== undefined) addDiff(to, { run, attempt, diff });
    if (mine.printed >= theirs.printed) continue;
    const rows = theirs.console(mine.printed);
    // A piece that was still being filled here is replaced.
    const drop = to.prepare(
      "DELETE FROM console WHERE run_id = ? AND attempt = ? AND start = ?",
    );
    for (const { start } of rows) drop.run(run, attempt, start!);
    insertRows(to, {
      table: "console",
      rows,
      set: { run_id: run },
      skip: ["id"],
    });
  }
}
