/** What `ato push` and `ato pull` have in common: which runs, the progress, and how they end. */
import { UsageError } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { nearestName } from "../../internal/names.ts";
import { visible } from "../../internal/visible_text.ts";

/**
 * Takes the address of the hub from the words.
 *
 * @returns the address, and the words after it, which choose runs.
 * @throws {UsageError} If there is none.
 */
export function readAddress(
  words: readonly string[],
  name: "push" | "pull",
): { readonly url: string; readonly rest: readonly string[] } {
  const [url, ...rest] = words;
  if (url !== undefined) return { url, rest };
  throw new UsageError(
    `Cannot ${name}: no hub is named; write ato ${name} FOLDER, ato ${name} postgres://user@host/database ` +
      `or ato ${name} s3://bucket/folder`,
  );
}

/** A number of runs for people. */
export function runsText(count: number): string {
  return `${count} run${count === 1 ? "" : "s"}`;
}

/** What of searches was sent, came or was copied, after what of runs was. */
export function searchesText(
  { added, updated, events }: {
    readonly added: readonly string[];
    readonly updated: readonly string[];
    readonly events: number;
  },
): string {
  const count = added.length + updated.length;
  return count === 0
    ? ""
    : `; ${count} search${count === 1 ? "" : "es"} with ${events} event${
      events === 1 ? "" : "s"
    }`;
}

/** Milliseconds between two lines of progress. */
const PAUSE = 2_000;

/** Says on stderr how far it is, for what takes longer than two seconds. */
export function progressLine(
  terminal: Terminal,
  say: (...of: number[]) => string,
): (...of: number[]) => void {
  let last = performance.now();
  return (...of) => {
    const now = performance.now();
    if (now - last < PAUSE) return;
    last = now;
    terminal.warn(say(...of));
  };
}

/** Names a project for a message. */
export function noProjectIn(
  project: string,
  names: readonly string[],
  url: string,
): string {
  const guess = nearestName(project, names);
  const list = names.length === 0
    ? "it has none"
    : guess !== undefined
    ? `did you mean ${visible(guess)}?`
    : `it has ${names.slice(0, 10).map(visible).join(", ")}`;
  return `Cannot find project ${visible(project)} in ${url}: ${list}`;
}
