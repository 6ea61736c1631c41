/** Helpers of the tests of inputs: files, and runs that log them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type RecordedInputs,
  SQLFinder,
  SQLLogger,
  type SQLLoggerOptions,
  type TrackerConfig,
} from "../../tracker/mod.ts";
import { configIn } from "./_helpers.ts";

/** Options of a logger that warns of nothing and takes no snapshot. */
export const QUIET: SQLLoggerOptions = { snapshot: false, onWarning: () => {} };

/** Logs a run, and returns what it recorded of inputs. */
export async function logged(
  folder: string,
  work: (logger: SQLLogger) => unknown,
): Promise<RecordedInputs> {
  const logger = new SQLLogger(configIn(folder), QUIET);
  await logger.run();
  const uuid = logger.runUuid!;
  await work(logger);
  await logger.finish();
  return await inputsOf(configIn(folder), uuid);
}

/** Returns what a run recorded of inputs. */
export async function inputsOf(
  config: TrackerConfig,
  run: number | string,
): Promise<RecordedInputs> {
  const finder = new SQLFinder(config);
  const found = await finder.inputsOf(run);
  await finder.close();
  return found!;
}

/** Writes files, and makes their folders. */
export function write(
  folder: string,
  files: Readonly<Record<string, string>>,
): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
