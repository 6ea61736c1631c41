/** What came in on the standard input of a program, which it has from this process. */
import { fstatSync, readlinkSync, statSync } from "node:fs";
import { attempt } from "../internal/attempt.ts";
import type { ProgramSnapshot } from "../internal/run_factors.ts";
import type { SeenRead } from "../internal/run_inputs.ts";

/** What the standard input is, if a program can read data from it that no terminal gave. */
export type StandardInput =
  | { readonly is: "stream" }
  | { readonly is: "file"; readonly read: SeenRead };

/** Words by which code that reads the standard input names it, or what reads it. */
const NAMED =
  /\bstdin\b|\bfileinput\b|(?<![.\w])input\s*\(|\/dev\/fd\/0\b|\b(?:readFileSync|readSync|os\.read|open|fdopen)\s*\(\s*0\b/;

/** Finds out what the standard input of this process is. */
export function standardInput(): StandardInput | undefined {
  const state = attempt(() => fstatSync(0));
  if (state?.isFIFO() || state?.isSocket()) return { is: "stream" };
  if (!state?.isFile()) return undefined;
  const path = attempt(() => readlinkSync("/proc/self/fd/0"));
  const file = path && attempt(() => statSync(path, { bigint: true }));
  if (!path || !file) return { is: "stream" };
  const [size, mtime] = [Number(file.size), `${file.mtimeNs}`];
  return {
    is: "file",
    read: { path, size, mtime, at: Date.now(), isGuess: true },
  };
}

/**
 * Says what is not known of the data on standard input. A stream is often there and never read, so that only a
 * program whose code names it is taken to read it.
 *
 * @param input The standard input.
 * @param program The program; without it, it may read anything.
 * @returns phrases for the coverage.
 */
export function unseenInput(
  input: StandardInput | undefined,
  program: ProgramSnapshot | undefined,
): string[] {
  if (input?.is !== "stream") return [];
  const texts = [...program?.texts.values() ?? []];
  const isKnown = program !== undefined && program.modules.length > 0;
  return isKnown && !texts.some((text) => NAMED.test(text))
    ? []
    : ["what came in on standard input is not recorded"];
}
