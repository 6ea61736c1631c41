import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../command.ts";
import type { OutputOptions } from "../output/output_file.ts";
import { RUN_TAG } from "../../sync/mlflow/fields.ts";
import { visible } from "../../internal/visible_text.ts";

/**
 * Refuses a folder that was not exported by ato: MLflow itself may have written it, and the run was imported
 * from there.
 *
 * @param path The folder.
 * @param options Whether it may be overwritten.
 * @throws {UsageError} If the folder exists without our tag.
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
