/** Import maps of Deno that lead the address of the observer to another file. */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { attempt } from "../../internal/attempt.ts";

/** The files that have an import map, or name it. */
const CONFIGS = ["deno.json", "deno.jsonc", "import_map.json"];

/** A key for all files from the root on; the usual one is `"/": "./"`. */
const KEY = /"(?:\/+|file:[^"]*\/)"\s*:/;

/** A word of a command that may be a script. */
const SCRIPT = /\.[cm]?[jt]sx?$/;

/**
 * Tells whether an import map may change where Deno finds the observer: then no program would start.
 *
 * @param command The words of the command.
 * @param cwd The folder that it is started in.
 */
export function changesFiles(command: readonly string[], cwd: string): boolean {
  const scripts = command.filter((word) => SCRIPT.test(word));
  const folders = [cwd, ...scripts.map((path) => dirname(resolve(cwd, path)))];
  return folders.some((folder) => {
    for (let at = folder;; at = dirname(at)) {
      if (CONFIGS.some((name) => hasKey(join(at, name)))) return true;
      if (dirname(at) === at) return false;
    }
  });
}

function hasKey(path: string): boolean {
  const text = attempt(() => readFileSync(path, "utf8"));
  return text !== undefined && KEY.test(text);
}
