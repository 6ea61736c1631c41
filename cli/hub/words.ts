/** What `ato push` and `ato pull` have in common: which runs, the progress, and how they end. */
import { splitConditions } from "../split_conditions.ts";
import { type Invocation, type OptionsConfig, UsageError } from "../command.ts";
import { plainFilter } from "../commands/runs.ts";
import type { Terminal } from "../terminal.ts";
import { nearestName } from "../../internal/names.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Run } from "../../tracker/mod.ts";

/** The options that choose runs, as those of `ato runs`. */
export const CHOICE: OptionsConfig = {
  tag: { type: "string", multiple: true },
  status: { type: "string" },
  since: { type: "string" },
};

/** What they do. */
export const CHOICE_HELP: Readonly<Record<string, string>> = {
  "--tag TAG": "Only runs with this tag; can be repeated",
  "--status STATUS": "Only runs with this status",
  "--since DATE": "Only runs that started on this day or later",
};

/** What the words of a command say. */
export interface Chosen {
  /** The address of the hub. */
  readonly url: string;
  /** The only project, if one is named. */
  readonly project: string | undefined;
  /** Chooses a run; absent if all runs are chosen. */
  readonly keeps: ((run: Run) => Promise<boolean>) | undefined;
}

/**
 * Reads the words: the address, a project, conditions.
 *
 * @throws {UsageError} If there is no address, or more than one project.
 */
export async function readWords(
  { words, options }: Pick<Invocation, "words" | "options">,
  name: "push" | "pull",
): Promise<Chosen> {
  const [url, ...rest] = words;
  if (url === undefined) {
    throw new UsageError(
      `Cannot ${name}: no hub is named; write ato ${name} FOLDER or ato ${name} postgres://user@host/database`,
    );
  }
  const { names: projects, conditions: texts } = splitConditions(rest);
  if (projects.length > 1) {
    throw new UsageError(
      `Cannot ${name} the runs of ${projects.length} projects at once; name one`,
    );
  }
  const { compileFilter } = await import("../../tracker/mod.ts");
  const conditions = texts.map(compileFilter);
  const isPlain = ["tag", "status", "since"].every((one) =>
    options[one] === undefined ||
    (Array.isArray(options[one]) && options[one].length === 0)
  );
  const plain = plainFilter(options);
  const keeps = conditions.length === 0 && isPlain
    ? undefined
    : async (run: Run): Promise<boolean> => {
      if (!plain(run)) return false;
      for (const keeps of conditions) if (!await keeps(run)) return false;
      return true;
    };
  return { url, project: projects[0], keeps };
}

/** A number of bytes for people. */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let [size, unit] = [bytes / 1_000, 0];
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1_000;
    unit++;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

/** A number of runs for people. */
export function runsText(count: number): string {
  return `${count} run${count === 1 ? "" : "s"}`;
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
