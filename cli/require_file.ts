import { existsSync } from "node:fs";
import { visible } from "../internal/visible_text.ts";
import { UsageError } from "./command.ts";

/**
 * Checks that a file exists, so that a command can say in one sentence that it does not.
 *
 * @param path The path.
 * @throws {UsageError} If there is nothing at the path.
 */
export function requireFile(path: string): void {
  if (existsSync(path)) return;
  throw new UsageError(`Cannot read ${visible(path)}: there is no such file`);
}
