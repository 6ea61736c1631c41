/** The names and the contents of the spill files beside a database. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isRecord } from "../internal/objects.ts";
import { isGranted } from "../internal/runtime.ts";
import type { BacklogLine } from "./_backlog.ts";

/** The content of a spill file. */
export interface Spill {
  readonly path: string;
  readonly header: Record<string, unknown>;
  readonly lines: readonly BacklogLine[];
  /** The number of lines that cannot be read, because the disk or the machine failed within them. */
  readonly torn: number;
}

/** Returns the path of a run's spill file. */
export function spillPath(
  dbPath: string,
  uuid: string,
  outage: number = 1,
): string {
  return `${dbPath}.${uuid}${outage === 1 ? "" : `.${outage}`}.spill.jsonl`;
}

/** Lists the spill files beside a database. */
export function findSpills(dbPath: string): string[] {
  const folder = dirname(resolve(dbPath));
  const name = basename(dbPath);
  if (!isGranted({ name: "read", path: folder }) || !existsSync(folder)) {
    return [];
  }
  return readdirSync(folder)
    .filter((file) =>
      file.startsWith(`${name}.`) && file.endsWith(".spill.jsonl")
    )
    .sort()
    .map((file) => join(folder, file));
}

/** Returns the milliseconds since the last write to a file. */
export function idleTime(path: string): number {
  return Date.now() - statSync(path).mtimeMs;
}

function parseLine(text: string): Record<string, unknown> | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return isRecord(line) ? line : undefined;
  } catch {
    // Half a line: the machine stopped within it.
    return undefined;
  }
}

/**
 * Reads a spill file. A last line without an end is left out: the call that logged it did not return.
 * Lines before it that cannot be read are counted.
 *
 * @throws {TypeError} If it is not a spill file.
 */
export function readSpill(path: string): Spill {
  const texts = readFileSync(path, "utf8").split("\n");
  texts.pop();
  const [header, ...rest] = texts.map(parseLine);
  if (header?.["ato"] !== "spill") {
    throw new TypeError("its first line is not that of a spill file");
  }
  if (header["version"] !== 1) {
    throw new TypeError(
      `it has version ${header["version"]}, and this Ato reads version 1`,
    );
  }
  const lines = rest.filter((line) => line !== undefined);
  return { path, header, lines, torn: rest.length - lines.length };
}
