import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../command.ts";
import type { OutputOptions } from "../output/output_file.ts";
import { visible } from "../../internal/visible_text.ts";

/** The tag that says that a run is an export of ours. */
export const RUN_TAG = "ato.run";

/**
 * Refuses the folder of a run that somebody else has there: MLflow itself, where the run was
 * imported from it.
 *
 * @param path The folder.
 * @param options Whether it may be written over.
 * @throws {UsageError} If there is one without our tag.
 */
export function refuseForeignRun(path: string, options: OutputOptions): void {
  if (options.force === true || !existsSync(path)) return;
  if (existsSync(join(path, "tags", RUN_TAG))) return;
  throw new UsageError(
    `Cannot write ${
      visible(path)
    }: it exists already and was not exported by ato; --force overwrites it`,
  );
}
