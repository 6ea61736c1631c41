import {
  checkStatus,
  CHOICE,
  CHOICE_HELP,
  readChoice,
} from "../choose_runs.ts";
import type { Command, Invocation } from "../command.ts";
import { EXIT, NotFoundError, UsageError } from "../command.ts";
import { configAt } from "../../internal/config_at.ts";
import { leafText } from "../../internal/json_text.ts";
import { noSuchKey } from "../known_keys.ts";
import { numberOf } from "../option_values.ts";
import { allRuns, noProject } from "../runs_by_name.ts";
import { orNotice, readEach } from "../sound.ts";
import type { Terminal } from "../terminal.ts";
import { short } from "../../internal/text.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Run, SQLFinder } from "../../tracker/mod.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato runs`. */
export const runs: Command = {
  name: "runs",
  summary: "List runs, newest first",
  usage: "ato runs [PROJECT] [CONDITION…] [options]",
  options: {
    ...CHOICE,
    sort: { type: "string" },
    columns: { type: "string" },
    limit: { type: "string", default: "50" },
  },
  optionHelp: {
    ...CHOICE_HELP,
    "--sort KEY":
      "By a config key or metric, smallest first; -KEY for largest first",
    "--columns A,B": "Config keys and metrics to show as additional columns",
    "--limit N": "Show at most N runs (50); 0 for all",
  },
  examples: [
    ["ato runs", "the newest runs of all projects"],
    [
      "ato runs iris 'lr<0.01' 'accuracy>=0.9'",
      "runs that meet conditions on config and metrics",
    ],
    ["ato runs --sort=-accuracy --columns lr,accuracy", "best first"],
  ],
  async run(invocation) {
    const chosen = await choose(invocation);
    const columns = listOf(invocation.options.columns);
    if (invocation.json) {
      const { terminal } = invocation;
      const found = await readEach(chosen, terminal, describe);
      terminal.json(found.map(({ value }) => value));
    } else {
      for (const column of columns) {
        await requireKey(
          column,
          chosen,
          "show the column",
          invocation.terminal,
        );
      }
      await print(chosen, columns, invocation);
    }
    return chosen.length > 0 ? EXIT.ok : EXIT.differs;
  },
};

function listOf(option: unknown): string[] {
  return typeof option === "string"
    ? option.split(",").filter((name) => name !== "")
    : [];
}

/** If no run matches a condition, its key may be mistyped. */
async function hint(
  word: string,
  runs: readonly Run[],
  terminal: Terminal,
): Promise<void> {
  const key = /^(?:(?:last|first|min|max):)?([^<>=!]+)[<>=!]/.exec(word)?.[1]
    ?.trim();
  if (key === undefined || await isKnown(key, runs, terminal)) return;
  terminal.warn(`${visible(key)}: ${await noSuchKey(key, runs, terminal)}`);
}

async function isKnown(
  key: string,
  runs: readonly Run[],
  terminal: Terminal,
): Promise<boolean> {
  for (const run of runs) {
    const value = await orNotice(terminal, () => valueOf(run, key));
    if (value !== undefined) return true;
  }
  return false;
}

async function requireKey(
  key: string,
  runs: readonly Run[],
  action: string,
  terminal: Terminal,
): Promise<void> {
  if (runs.length === 0 || await isKnown(key, runs, terminal)) return;
  throw new UsageError(
    `Cannot ${action} ${visible(key)}: ${await noSuchKey(key, runs, terminal)}`,
  );
}

async function choose(
  { words, options, terminal, finder }: Invocation,
): Promise<Run[]> {
  const { names: projects, meets } = await readChoice(words, options);
  if (projects.length > 1) {
    throw new UsageError(
      `Cannot list runs of ${projects.length} projects at once; name one`,
    );
  }
  const file = await finder();
  await checkProject(projects[0], file);
  const limit = limitOf(options.limit);
  const takesAll = limit === 0 || meets !== undefined ||
    options.sort !== undefined;
  // Reading the configs of all runs is slow if only the newest are shown.
  const last = takesAll ? undefined : limit;
  const all = (await allRuns(file, projects[0], last)).reverse();
  await checkStatus(options.status, all, terminal);
  let chosen = all;
  if (meets !== undefined) {
    const read = await readEach(chosen, terminal, meets);
    chosen = read.filter(({ value }) => value).map(({ run }) => run);
  }
  const { sort } = options;
  if (typeof sort === "string") chosen = await sortBy(chosen, sort, terminal);
  if (chosen.length === 0 && all.length > 0) {
    for (const word of words) await hint(word, all, terminal);
  }
  return limit === 0 ? chosen : chosen.slice(0, limit);
}

async function checkProject(
  project: string | undefined,
  file: SQLFinder,
): Promise<void> {
  if (project === undefined || await file.findProject(project)) return;
  const names = (await file.listProjects()).map(({ name }) => name);
  throw new NotFoundError(noProject(project, names));
}

function limitOf(option: unknown): number {
  return numberOf(option, "--limit", { min: 0, whole: true });
}

/** Reads the value of a config key, or the last value of a metric. */
export async function valueOf(run: Run, key: string): Promise<unknown> {
  const inConfig = configAt(run.config, key);
  return inConfig !== undefined
    ? inConfig
    : (await run.metrics.summary(key))?.last;
}

async function sortBy(
  list: readonly Run[],
  sort: string,
  terminal: Terminal,
): Promise<Run[]> {
  const down = sort.startsWith("-");
  const key = sort.replace(/^-/, "");
  await requireKey(key, list, "sort by", terminal);
  const keyed = await readEach(list, terminal, (run) => valueOf(run, key));
  return keyed
    .sort((a, b) => compareValues(a.value, b.value, down))
    .map(({ run }) => run);
}

/** Missing values come last in both directions. */
function compareValues(a: unknown, b: unknown, down: boolean): number {
  const missing = Number(isMissing(a)) - Number(isMissing(b));
  if (missing !== 0 || isMissing(a)) return missing;
  const order = isNumber(a) && isNumber(b)
    ? (a < b ? -1 : a > b ? 1 : 0)
    : leafText(a).localeCompare(leafText(b));
  return down ? -order : order;
}

/** NaN has no order. */
function isMissing(value: unknown): boolean {
  return value === undefined || value === null || Number.isNaN(value);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

async function print(
  list: readonly Run[],
  columns: readonly string[],
  { terminal }: Invocation,
) {
  if (list.length === 0) return terminal.warn("no runs");
  const rows = await readEach(list, terminal, async (run) => [
    String(run.id),
    run.startTime?.toISOString().slice(0, 16).replace("T", " ") ?? "",
    run.status,
    ...await Promise.all(
      columns.map(async (key) => show(await valueOf(run, key))),
    ),
    visible(run.name ?? ""),
    visible(run.tags.join(", ")),
  ]);
  const head = ["run", "started", "status", ...columns, "name", "tags"];
  const cells = rows.map(({ value }) => value);
  writeTable(terminal, head, cells, [0, ...columns.map((_, i) => i + 3)]);
}

/** Writes a value for a cell. */
export function show(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "number") return short(value);
  return visible(leafText(value));
}

async function describe(run: Run): Promise<Record<string, unknown>> {
  const metrics: Record<string, unknown> = {};
  for (const key of await run.metrics.names()) {
    metrics[key] = (await run.metrics.summary(key))?.last;
  }
  const { id, uuid, name, status, tags, startTime, endTime, config } = run;
  return { id, uuid, name, status, tags, startTime, endTime, config, metrics };
}
