/** Runs the command line in this process, on a file in a folder of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { SQLLogger } from "../../tracker/mod.ts";

/** What a command said. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `ato` with the words. */
export async function ato(...args: string[]): Promise<Said> {
  let [out, err] = ["", ""];
  const terminal = new Terminal({
    write: (text) => out += text,
    warn: (text) => err += text,
  });
  const code = await main(args, terminal);
  return { code, out, err };
}

/** Gives the work a folder that is gone afterwards. */
export async function inFolder(
  work: (folder: string) => Promise<void> | void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ato-cli-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Makes a run with some points; gives its id. */
export async function makeRun(
  dbPath: string,
  options: {
    project?: string;
    config?: Record<string, unknown>;
    loss?: readonly number[];
    tags?: string[];
    more?: (logger: SQLLogger) => unknown;
  } = {},
): Promise<number> {
  const { project = "demo", config = { lr: 0.1 }, loss = [3, 2, 1] } = options;
  const logger = new SQLLogger({
    ...config,
    experiment: { projectName: project, sql: { dbPath } },
  });
  const id = await logger.run({ tags: options.tags ?? [] });
  loss.forEach((value, step) => logger.logMetric("loss", value, step));
  await options.more?.(logger);
  await logger.finish();
  return id;
}
