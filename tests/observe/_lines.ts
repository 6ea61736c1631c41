/** Observations as an observer writes them, with short defaults. */
import type {
  Observation,
  ProcessSeen,
  ReadSeen,
} from "../../internal/observation.ts";

/** A process in Python. */
export function processLine(over: Partial<ProcessSeen> = {}): ProcessSeen {
  return {
    is: "process",
    pid: 10,
    parent: 1,
    language: "python",
    version: "3.12.1",
    executable: "/usr/bin/python3.12",
    argv: ["train.py"],
    cwd: "/work",
    at: 1_000,
    ...over,
  };
}

/** A read of a file that need not exist. */
export function readLine(
  path: string,
  over: Partial<ReadSeen> = {},
): ReadSeen {
  return { is: "read", path, size: 3, mtime: "1000000", at: 1_000, ...over };
}

/** The lines as the text of an observer's file. */
export function textOf(...seen: readonly Observation[]): string {
  return seen.map((one) => `${JSON.stringify(one)}\n`).join("");
}
