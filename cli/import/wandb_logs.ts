import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isWandbLog, readWandbRun, type WandbRun } from "../../sync/mod.ts";
import {
  importRuns,
  mergeRuns,
  type Run,
  SQLFinder,
} from "../../tracker/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Terminal } from "../terminal.ts";

/**
 * Finds the logs of W&B in a place.
 *
 * @param path A log; the folder of a run; the folder with the folders of runs, which wandb names `wandb`; or the
 *   folder with that one.
 * @returns the paths of the logs, sorted; empty if it is none of these.
 */
export function wandbLogs(path: string): string[] {
  if (!statSync(path).isDirectory()) {
    return isWandbLog(path) ? [path] : [];
  }
  const own = logsIn(path);
  if (own.length > 0) return own;
  const inner = join(path, "wandb");
  const root = existsSync(inner) ? inner : path;
  return readdirSync(root, { withFileTypes: true })
    // `latest-run` is a link to a folder that is there, too.
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => logsIn(join(root, name))).sort();
}

function logsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".wandb"))
    .map(({ name }) => join(folder, name)).sort();
}

/**
 * Imports the runs of logs, and says what could not be read. A run that is known already is brought up to date if it
 * went on since it was imported.
 *
 * @param db The file that takes the runs.
 * @param logs The paths of the logs.
 * @param terminal Gets a notice for each log that is not read completely.
 * @returns the ids of runs that were added and brought up to date, and the number of the others.
 */
export async function importWandbLogs(
  db: string,
  logs: readonly string[],
  terminal: Terminal,
): Promise<{ added: number[]; updated: number[]; same: number }> {
  const runs = readLogs(logs, terminal);
  const { added, same } = await importRuns(db, runs.map(({ run }) => run));
  if (same === 0) return { added, updated: [], same };
  const updated = await bringUpToDate(db, runs);
  return { added, updated, same: same - updated.length };
}

function readLogs(logs: readonly string[], terminal: Terminal): WandbRun[] {
  return logs.flatMap((path) => {
    const found = isWandbLog(path) ? readWandbRun(path) : undefined;
    if (found === undefined) {
      terminal.notice(`${visible(path)} is left out: it has no run of W&B`);
      return [];
    }
    for (const notice of found.notices) {
      terminal.notice(`${visible(path)}: ${notice}`);
    }
    return [found];
  });
}

/**
 * Takes over what is new in logs by way of a file that is merged. A run that ato itself recorded is never changed: who
 * made a log can claim any identity, and its own file knows more.
 */
async function bringUpToDate(
  db: string,
  runs: readonly WandbRun[],
): Promise<number[]> {
  const grown: WandbRun[] = [];
  const finder = new SQLFinder(db);
  try {
    for (const one of runs) {
      if (one.isFromAto) continue;
      const known = await finder.findRun(one.run.uuid);
      if (known && await pointsOf(known) < one.points) grown.push(one);
    }
  } finally {
    await finder.close();
  }
  if (grown.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), "ato-import-"));
  try {
    const path = join(folder, "runs.db");
    await importRuns(path, grown.map(({ run }) => run));
    return [...(await mergeRuns(db, path)).updated];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pointsOf({ metrics }: Run): Promise<number> {
  let points = 0;
  for (const name of await metrics.names()) {
    points += (await metrics.summary(name))?.count ?? 0;
  }
  return points;
}
