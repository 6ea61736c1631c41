import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isWandbLog, readWandbRun } from "../../sync/mod.ts";
import type { ForeignRun } from "../../tracker/mod.ts";
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
 * Reads the runs of logs, and says what could not be read.
 *
 * @param logs The paths of the logs.
 * @param terminal Gets a notice for each log that is not read completely.
 */
export function readWandbLogs(
  logs: readonly string[],
  terminal: Terminal,
): ForeignRun[] {
  return logs.flatMap((path) => {
    const found = isWandbLog(path) ? readWandbRun(path) : undefined;
    if (found === undefined) {
      terminal.notice(`${visible(path)} is left out: it has no run of W&B`);
      return [];
    }
    for (const notice of found.notices) {
      terminal.notice(`${visible(path)}: ${notice}`);
    }
    return [found.run];
  });
}
