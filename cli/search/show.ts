import type { Dimension, StudyView } from "../../hyperopt/mod.ts";
import { leafText } from "../../internal/json_text.ts";
import { commandText } from "../../internal/shell_words.ts";
import { short } from "../../internal/text.ts";
import type { SQLFinder } from "../../tracker/mod.ts";
import { EXIT, type ExitCode, type Invocation } from "../command.ts";
import { numberOf } from "../option_values.ts";
import { writeTable } from "../output/table.ts";
import type { Terminal } from "../terminal.ts";
import { detailsOf } from "./describe.ts";
import { constraintsText, objectivesText } from "./objectives_text.ts";
import { hasSeveral, rankedTrials, type ShownTrial } from "./ranked_trials.ts";
import { type Config, searchNamed } from "./search_named.ts";

/**
 * Shows the settings of a search, its trials and its rungs.
 *
 * @param words The name of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export async function showSearch(
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { terminal, json, options } = invocation;
  const limit = numberOf(options.limit ?? 20, "--limit", {
    min: 0,
    whole: true,
  });
  const study = await searchNamed(words, invocation);
  if (json) {
    terminal.json(detailsOf(study));
    return EXIT.ok;
  }
  const ranked = rankedTrials(study);
  const shown = limit === 0 ? ranked : ranked.slice(0, limit);
  const runs = await runIds(shown, await invocation.finder());
  writeSettings(study, terminal);
  writeTrials(study, shown, { terminal, runs });
  if (shown.length < ranked.length) {
    terminal.line(
      `${ranked.length - shown.length} more trials; --limit 0 shows all`,
    );
  }
  writeRungs(study, terminal);
  return EXIT.ok;
}

/** The ids of the trials' runs in this file; a run can be in another one. */
async function runIds(
  trials: readonly ShownTrial[],
  finder: SQLFinder,
): Promise<Map<number, string>> {
  const ids = new Map<number, string>();
  for (const { view } of trials) {
    const found: string[] = [];
    for (const name of view.runs) {
      const run = await finder.findRun(name);
      found.push(
        run === undefined ? String(name).slice(0, 8) : String(run.id),
      );
    }
    ids.set(view.trial, found.join(" "));
  }
  return ids;
}

function writeSettings(study: StudyView<Config>, terminal: Terminal): void {
  const { id, state, metric, settings, spent, sessions, best } = study;
  const line = (name: string, text: string) =>
    terminal.line(`${name.padEnd(12)}${text}`);
  terminal.line(
    `${terminal.style("bold", id)}  ${state}, ${
      many(study.trials.length, "trial")
    } in ${many(sessions, "session")}`,
  );
  if (study.copyOf !== undefined) {
    line("copy", `goes on in ${study.copyOf}`);
  }
  if (settings === undefined) return;
  line(hasSeveral(study) ? "objectives" : "metric", objectivesText(study));
  const bounds = constraintsText(study);
  if (bounds !== "") line("constraints", bounds);
  line("sampler", settings.sampler);
  line("scheduler", settings.scheduler);
  const width = settings.order === "logical" ? ", order logical" : "";
  line("seed", `${settings.seed}${width}`);
  line("spent", spentText(spent, settings.budget ?? {}));
  settings.dimensions.forEach((dimension, i) =>
    line(i === 0 ? "space" : "", dimensionText(dimension))
  );
  if (hasSeveral(study) && study.front.length > 0) {
    line("front", frontText(study));
  }
  if (best !== undefined) {
    const value = best.metrics[metric];
    line(
      "best",
      `trial ${best.trial.trial}: ${metric} ${
        value === undefined ? "" : short(value)
      } at fidelity ${short(best.fidelity)}${infeasibleText(best.violation)}`,
    );
    line("", commandText(best.words));
  }
}

/** Numbers of trials that are listed; a long front is seen in the table. */
const LISTED = 20;

function frontText({ front }: StudyView<Config>): string {
  const trials = front.slice(0, LISTED).map(({ trial }) => trial.trial);
  const more = front.length - trials.length;
  return `${many(front.length, "trial")}: ${trials.join(", ")}` +
    (more > 0 ? ` and ${more} more` : "") + infeasibleText(front[0]?.violation);
}

function infeasibleText(violation: number | undefined): string {
  return violation === undefined
    ? ""
    : `; infeasible, violates the constraints by ${short(violation)}`;
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const SPENT = { trials: "trials", fidelity: "fidelity", seconds: "s" } as const;

function spentText(
  spent: StudyView<Config>["spent"],
  budget: Partial<StudyView<Config>["spent"]>,
): string {
  return (Object.keys(SPENT) as (keyof typeof SPENT)[]).map((name) => {
    const most = budget[name];
    const limit = most === undefined ? "" : ` of ${short(most)}`;
    const value = name === "seconds"
      ? Math.round(spent[name] * 10) / 10
      : spent[name];
    return `${short(value)}${limit} ${SPENT[name]}`;
  }).join(", ");
}

function dimensionText(
  { path, kind, low, high, log, step, choices, when }: Dimension,
): string {
  const values = choices.length > 0
    ? choices.map(leafText).join(", ")
    : `${short(low)} to ${short(high)}${log ? ", log" : ""}${
      step === undefined || (kind === "int" && step === 1)
        ? ""
        : `, step ${short(step)}`
    }`;
  return `${path}  ${kind}  ${values}${
    when === undefined ? "" : "  (conditional)"
  }`;
}

function writeTrials(
  study: StudyView<Config>,
  trials: readonly ShownTrial[],
  { terminal, runs }: {
    readonly terminal: Terminal;
    readonly runs: ReadonlyMap<number, string>;
  },
): void {
  if (trials.length === 0) return;
  terminal.line();
  const columns = columnsOf(study, runs);
  writeTable(
    terminal,
    columns.map(({ head }) => head),
    trials.map((trial) => columns.map(({ cell }) => cell(trial))),
    columns.flatMap(({ isText }, i) => isText === true ? [] : [i]),
  );
}

/** A column of the table of trials. */
interface Column {
  readonly head: string;
  readonly isText?: boolean;
  cell(trial: ShownTrial): string;
}

function columnsOf(
  study: StudyView<Config>,
  runs: ReadonlyMap<number, string>,
): Column[] {
  const { objectives, constraints } = study;
  const isConstrained = Object.keys(constraints).length > 0;
  const metrics = new Set([objectives, constraints].flatMap(Object.keys));
  const ranked: Column = {
    head: "rank",
    cell: ({ rank }) => numberText(rank),
  };
  const violated: Column = {
    head: "violation",
    cell: ({ violation }) => violation > 0 ? short(violation) : "",
  };
  return [
    { head: "trial", cell: ({ view }) => String(view.trial) },
    { head: "status", isText: true, cell: ({ view }) => view.status },
    ...(hasSeveral(study) ? [ranked] : []),
    { head: "fidelity", cell: ({ fidelity }) => numberText(fidelity) },
    ...[...metrics].map((name): Column => ({
      head: name,
      cell: (trial) => numberText(trial.metrics[name]),
    })),
    ...(isConstrained ? [violated] : []),
    { head: "run", cell: ({ view }) => runs.get(view.trial) ?? "" },
    { head: "config", isText: true, cell: configText },
  ];
}

function numberText(value: number | undefined): string {
  return value === undefined ? "" : short(value);
}

function configText({ view: { error }, fidelity, words }: ShownTrial): string {
  return error !== undefined && fidelity === undefined
    ? `${error.name}: ${error.message}`
    : commandText(words);
}

function writeRungs({ rungs }: StudyView<Config>, terminal: Terminal): void {
  if (rungs.length === 0) return;
  terminal.line();
  const rows = rungs.map(
    ({ bracket, rung, fidelity, entered, ended, running, failed }) =>
      [bracket, rung, fidelity, entered, ended, running, failed].map(short),
  );
  const head = [
    "bracket",
    "rung",
    "fidelity",
    "entered",
    "ended",
    "running",
    "failed",
  ];
  writeTable(terminal, head, rows, head.map((_, i) => i));
}
