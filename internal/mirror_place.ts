/**
 * The place of a process that `ato repeat` runs in a mirror of its project.
 *
 * @module
 */
import { join, relative, resolve } from "node:path";
import { isRecord } from "./objects.ts";
import { isBelow } from "./paths.ts";
import { type MirrorPlace, repeatOrder } from "./repeat_order.ts";

/**
 * Returns the path in the project for a path in its mirror, if this process runs in a mirror: the tracker
 * writes to the project's database, and records the project's paths.
 *
 * @param path A path; a relative one is relative to the working directory.
 * @returns the path in the project; the same path if it is not in the mirror.
 */
export function pathInProject(path: string): string {
  const mirror = mirrorPlace();
  if (mirror === undefined) return path;
  const { folder, root } = mirror;
  const whole = resolve(path);
  return isBelow(folder, whole) ? join(root, relative(folder, whole)) : path;
}

/**
 * Replaces the folder of the mirror by the project's root in a word of a command line.
 *
 * @param word The word, e.g. `--allow-read=/tmp/mirror/data`.
 * @returns the word with the project's paths.
 */
export function wordInProject(word: string): string {
  const mirror = mirrorPlace();
  return mirror === undefined
    ? word
    : replaceFolder(word, mirror.folder, mirror.root);
}

/**
 * Replaces a folder by another one wherever a word names it.
 *
 * @param word The word.
 * @param from The folder, an absolute path.
 * @param to The folder that takes its place.
 * @returns the word.
 */
export function replaceFolder(word: string, from: string, to: string): string {
  let out = "";
  let rest = word;
  for (let at = rest.indexOf(from); at >= 0; at = rest.indexOf(from)) {
    const before = rest[at - 1] ?? "";
    const after = rest[at + from.length] ?? "";
    // `/work/app` is not named by `/work/application`, nor by `/my/work/app`.
    const isNamed = !/[\w.-]/.test(before) && !/[\w.-]/.test(after);
    out += rest.slice(0, at) + (isNamed ? to : from);
    rest = rest.slice(at + from.length);
  }
  return out + rest;
}

function mirrorPlace(): MirrorPlace | undefined {
  try {
    const mirror: unknown = repeatOrder()?.mirror;
    if (!isRecord(mirror)) return undefined;
    const { folder, root } = mirror;
    return typeof folder === "string" && typeof root === "string"
      ? { folder, root }
      : undefined;
  } catch {
    // Another program set the variable. A scope reports it; the run is still recorded.
    return undefined;
  }
}
