/** The processes between an observed one and `ato run`. */
import { readFileSync } from "node:fs";
import { attempt } from "../internal/attempt.ts";

/** A process that started an observed one, itself or through others. */
export interface Starter {
  readonly pid: number;
  /** Its program and words; `undefined` if the system does not tell. */
  readonly command: readonly string[] | undefined;
}

/** The most processes between two that are looked at. */
const MOST = 64;

/**
 * Lists the processes that started one. While it runs, its parent is there, too.
 *
 * @param pid The parent of the process.
 * @param end The process of `ato run`.
 * @returns its parent first; the last one is the one that `ato run` started.
 */
export function startersOf(
  pid: number,
  end: number,
): Starter[] {
  const starters: Starter[] = [];
  for (let at = pid; at > 1 && at !== end && starters.length < MOST;) {
    const command = commandOf(at);
    starters.push({ pid: at, command });
    at = parentOf(at) ?? 0;
  }
  return starters;
}

function commandOf(pid: number): string[] | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  return text ? text.replace(/\0$/, "").split("\0") : undefined;
}

function parentOf(pid: number): number | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The name of the program is in brackets and can hold anything.
  const [, parent] = /^.*\) \S (\d+)/s.exec(text ?? "") ?? [];
  return parent === undefined ? undefined : Number(parent);
}
