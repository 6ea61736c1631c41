/** The inputs of a run of which no process was observed. */
import { tmpdir } from "node:os";
import { basename } from "node:path";
import process from "node:process";
import type { RunInputs } from "../internal/run_inputs.ts";
import { changesFiles } from "./javascript/_import_maps.ts";

/** Options of Python with which it ignores the variables that load an observer. */
const ISOLATED = /^-[a-zA-Z]*[IES][a-zA-Z]*$/;

/**
 * Says that nothing was observed, and why.
 *
 * @param of The command, and why it was started without observers.
 */
export function nothingObserved(
  { command, reason }: {
    readonly command: readonly string[];
    readonly reason: string | undefined;
  },
): RunInputs {
  const [program = "", ...words] = command;
  const name = basename(program);
  const why = reason ?? reasonOf(name, words);
  return {
    factors: [],
    coverage: {
      level: "none",
      missing: [`what ${name} reads was not observed: ${why}`],
    },
    texts: new Map(),
  };
}

function reasonOf(name: string, words: readonly string[]): string {
  if (/^(?:python|pypy)[\d.]*$/.test(name)) {
    const end = words.findIndex((word) => !word.startsWith("-"));
    const option = words.slice(0, end < 0 ? words.length : end)
      .find((word) => ISOLATED.test(word));
    return option === undefined
      ? "this Python loads no observer; it must be CPython 3.8 or newer"
      : `with ${option}, Python loads no observer`;
  }
  if (name === "deno" && changesFiles(words, process.cwd())) {
    return "an import map has a key for all files, so that Deno would not find the observer";
  }
  if (name === "deno" && words.includes("task")) {
    return "a task is observed only if its deno has -A or may write to the folder for temporary files, e.g. by " +
      `--allow-write=${tmpdir()}`;
  }
  if (/^(?:node(?:js)?|deno|npm|npx|pnpm|yarn|tsx)(?:\.exe)?$/.test(name)) {
    return "no observer was loaded into it, e.g. because it ended at once, or started nothing";
  }
  return "only programs in Python, Node and Deno can be observed";
}
