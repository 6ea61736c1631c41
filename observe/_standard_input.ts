/** The file that a program has as its standard input, which it has from this process. */
import { fstatSync, readlinkSync, statSync } from "node:fs";
import { attempt } from "../internal/attempt.ts";
import type { SeenRead } from "../internal/run_inputs.ts";

/** Finds the file that is the standard input of this process; `undefined` if it is none. */
export function standardInput(): SeenRead | undefined {
  if (!attempt(() => fstatSync(0))?.isFile()) return undefined;
  const path = attempt(() => readlinkSync("/proc/self/fd/0"));
  const file = path && attempt(() => statSync(path, { bigint: true }));
  if (!path || !file) return undefined;
  const [size, mtime] = [Number(file.size), `${file.mtimeNs}`];
  return { path, size, mtime, at: Date.now(), isGuess: true };
}
