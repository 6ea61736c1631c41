import { statSync } from "node:fs";
import { type Command, EXIT, type Invocation, UsageError } from "../command.ts";
import { requireFile } from "../require_file.ts";
import type { Terminal } from "../terminal.ts";
import { visible } from "../../internal/visible_text.ts";

/** The command `ato import`. */
export const importCommand: Command = {
  name: "import",
  summary: "Import the runs of Python ato, MLflow or W&B",
  usage: "ato import [wandb] PATH… | ato import mlflow URL [EXPERIMENT]",
  options: {
    artifacts: { type: "string" },
    "no-artifacts": { type: "boolean", default: false },
    running: { type: "boolean", default: false },
  },
  optionHelp: {
    "--artifacts FOLDER":
      "For a server: the folder for the files of runs (FILE.artifacts)",
    "--no-artifacts": "For a server: leave the files there",
    "--running": "For a server: also runs that are still running there",
  },
  examples: [
    ["ato import old.db --db runs.db", "a file of Python ato"],
    ["ato import mlruns --db runs.db", "MLflow's folder"],
    ["ato import mlflow.db --db runs.db", "MLflow's SQLite file"],
    [
      "ato import wandb --db runs.db",
      "the folder in which wandb keeps its runs",
    ],
    [
      "ato import mlflow http://127.0.0.1:5000 --db runs.db",
      "a server of MLflow",
    ],
  ],
  async run(invocation) {
    const { terminal, json } = invocation;
    // `ato import wandb FOLDER` names the tool first; what is read is found out from the path alone.
    const words = invocation.words[0] === "wandb" && invocation.words.length > 1
      ? invocation.words.slice(1)
      : invocation.words;
    if (words.length === 0) {
      throw new UsageError(
        "Cannot import: no path is given; write ato import PATH",
      );
    }
    if (words[0] === "mlflow" && /^(mlflow\+)?https?:/i.test(words[1] ?? "")) {
      const { importServer } = await import("../import/mlflow_server.ts");
      return await importServer(
        words.slice(1),
        await target(invocation),
        invocation,
      );
    }
    for (const option of ["artifacts", "no-artifacts", "running"]) {
      if (!invocation.options[option]) continue;
      throw new UsageError(
        `Cannot use --${option} with files; it is for ato import mlflow URL`,
      );
    }
    words.forEach(requireFile);
    const db = await target(invocation);
    const results = [];
    for (const path of words) {
      const { added, updated = [], same, kept = [] } = await take(
        path,
        db,
        terminal,
      );
      results.push({
        path,
        added,
        updated,
        same,
        ...(kept.length > 0 && { kept }),
      });
      if (!json) {
        terminal.line(
          `${
            visible(path)
          }: ${added.length} added, ${updated.length} updated, ${same} already known`,
        );
        for (const id of kept) {
          terminal.line(
            `run ${id} is unchanged: the other file claims to be newer, but has fewer points`,
          );
        }
      }
    }
    if (json) terminal.json(results);
    return terminal.hasNotices ? EXIT.differs : EXIT.ok;
  },
};

interface Taken {
  readonly added: readonly number[];
  /** Runs that the source knows more about; only if it says how far a run has come. */
  readonly updated?: readonly number[];
  readonly same: number;
  /** Runs of which the source has fewer points. */
  readonly kept?: readonly number[];
}

/** A file that `--db` names need not exist yet. */
async function target({ options, dbPath }: Invocation): Promise<string> {
  if (typeof options.db !== "string") return await dbPath();
  const { databasePath } = await import("../database.ts");
  return databasePath(options.db);
}

async function take(
  path: string,
  db: string,
  terminal: Terminal,
): Promise<Taken> {
  const { importWandbLogs, wandbLogs } = await import(
    "../import/wandb_logs.ts"
  );
  const logs = wandbLogs(path);
  if (logs.length > 0) {
    return await importWandbLogs(db, logs, terminal);
  }
  if (statSync(path).isDirectory()) {
    const { readMlflowFolder } = await import("../import/mlflow_folder.ts");
    const { importRuns } = await import("../../tracker/mod.ts");
    return await importRuns(db, await readMlflowFolder(path));
  }
  const { isMlflowDatabase, withMlflowDatabase } = await import(
    "../import/mlflow_database.ts"
  );
  if (await isMlflow(path, isMlflowDatabase)) {
    const { importRuns } = await import("../../tracker/mod.ts");
    return await withMlflowDatabase(path, (runs) => importRuns(db, runs));
  }
  const { mergeRuns } = await import("../../tracker/mod.ts");
  return await mergeRuns(db, path, {
    onWarning: (line) => terminal.notice(line),
  });
}

async function isMlflow(
  path: string,
  test: (path: string) => Promise<boolean>,
): Promise<boolean> {
  try {
    return await test(path);
  } catch (error) {
    throw new UsageError(
      `Cannot import ${visible(path)}: it is not an SQLite file (${
        visible((error as Error).message)
      }); name a file of Python ato, or a folder or file of MLflow or W&B`,
    );
  }
}
