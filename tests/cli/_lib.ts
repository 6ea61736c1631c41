/** Helpers of the tests of the command line: running it in this process, a temporary folder, a run. */
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { SQLLogger } from "../../tracker/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** What a command wrote, and its exit code. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `ato` with the words, in this process. */
export async function ato(...args: string[]): Promise<Said> {
  let [out, err] = ["", ""];
  const terminal = new Terminal({
    write: (text) => out += text,
    warn: (text) => err += text,
  });
  const code = await main(args, terminal);
  return { code, out, err };
}

/** Calls the function with a temporary folder, and removes it afterwards. */
export function inFolder(
  work: (folder: string) => Promise<void> | void,
): Promise<void> {
  return withTempFolder(work, "cli");
}

/** Records a run with some points and returns its id. */
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
