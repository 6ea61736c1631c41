/**
 * What the runtimes share among them: a test of many cases that ask little of a runtime runs another third of them
 * under each. `deno task test`, also of one file, runs all of them.
 */
import process from "node:process";
import { IS_DENO } from "./run_script.ts";

/** The number of shares: Deno, Node 22, newer Nodes. */
export const SHARES = 3;

/** The share of this runtime, from 0. */
export const SHARE: number = IS_DENO
  ? 0
  : process.version.startsWith("v22.")
  ? 1
  : 2;

/** Returns the cases of this runtime. */
export function ownShare<T>(cases: readonly T[]): T[] {
  return cases.filter((_, i) => i % SHARES === SHARE);
}
