import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { numberOf } from "../option_values.ts";
import { allRuns, projectNamed, runNamed } from "../runs_by_name.ts";
import { soundRuns } from "../sound.ts";
import { short } from "../../internal/text.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Finding, Sample } from "../../why/mod.ts";
import { writeTable } from "../output/table.ts";

/** A smaller move, in standard deviations, is noise. */
const SIGMAS = 2;

/** The command `ato bisect`. */
export const bisect: Command = {
  name: "bisect",
  summary:
    "Find where a metric moved in the history of a project, and what moved it",
  usage:
    "ato bisect [PROJECT] --metric M [--good A --bad B] [--below X | --above X]",
  options: {
    metric: { type: "string" },
    good: { type: "string" },
    bad: { type: "string" },
    below: { type: "string" },
    above: { type: "string" },
  },
  optionHelp: {
    "--metric M": "The metric that moved",
    "--good A --bad B": "Two runs to search between, instead of all runs",
    "--below X":
      "Values below X are bad (default: values nearer to the bad run)",
    "--above X": "Values above X are bad",
  },
  examples: [
    [
      "ato bisect --metric val_accuracy",
      "where it moved beyond its noise, and what changed there",
    ],
    [
      "ato bisect --metric accuracy --good 41 --bad 57 --below 0.89",
      "between two runs",
    ],
  ],
  async run(invocation) {
    const { words, options, finder } = invocation;
    const { metric } = options;
    if (typeof metric !== "string") {
      throw new UsageError(
        "Cannot bisect without a metric; name it with --metric M",
      );
    }
    limitOf(options);
    const file = await finder();
    const project = await projectNamed(file, words);
    const { samplesOf } = await import("../../why/mod.ts");
    const runs = await soundRuns(
      await allRuns(file, project),
      invocation.terminal,
    );
    const samples = await samplesOf(runs, metric);
    if (samples.length < 2) {
      throw new UsageError(
        `Cannot bisect ${visible(metric)}: ${samples.length} run(s) of ${
          visible(project)
        } have a finite value of it`,
      );
    }
    return await search(invocation, samples, metric);
  },
};

async function search(
  invocation: Invocation,
  samples: readonly Sample[],
  metric: string,
): Promise<ExitCode> {
  const { terminal, json } = invocation;
  const { halfOf, judge, repeatCommand } = await import("../../why/mod.ts");
  const found = await ends(invocation, samples);
  if (found === undefined) {
    if (json) terminal.json({ metric, moved: false });
    else {terminal.line(
        `${
          visible(metric)
        } did not move beyond its noise in ${samples.length} runs`,
      );}
    return EXIT.ok;
  }
  const { good, bad } = found;
  const findings = judge(
    good,
    bad,
    samples,
    threshold(invocation, good.value, bad.value),
  );
  const half = findings.some(({ status }) => status === "convicted")
    ? undefined
    : halfOf(findings);
  const next = half && repeatCommand(good.run, ...half);
  if (json) {
    const ids = { good: good.run.id, bad: bad.run.id };
    terminal.json({ metric, moved: true, ...found, ...ids, findings, next });
  } else {
    print(invocation, metric, found, findings, next);
  }
  return EXIT.differs;
}

interface Ends {
  readonly good: Sample;
  readonly bad: Sample;
  readonly before?: number;
  readonly after?: number;
  readonly sigmas?: number;
}

async function ends(
  { options, finder }: Invocation,
  samples: readonly Sample[],
): Promise<Ends | undefined> {
  const { good, bad } = options;
  if (good === undefined && bad === undefined) {
    const { findMove } = await import("../../why/mod.ts");
    return findMove(samples, SIGMAS);
  }
  if (typeof good !== "string" || typeof bad !== "string") {
    throw new UsageError(
      "Cannot search with one run only; give both --good A and --bad B",
    );
  }
  const file = await finder();
  const sampleOf = async (word: string): Promise<Sample> => {
    const run = await runNamed(file, word);
    const sample = samples.find((one) => one.run.id === run.id);
    if (sample !== undefined) return sample;
    throw new UsageError(
      `Cannot use run ${run.id}: it has no finite value of the metric`,
    );
  };
  return { good: await sampleOf(good), bad: await sampleOf(bad) };
}

function limitOf(
  { below, above }: Invocation["options"],
): number | undefined {
  if (below !== undefined && above !== undefined) {
    throw new UsageError(
      "Cannot use --below and --above at once; give the side that is bad",
    );
  }
  if (below !== undefined) return numberOf(below, "--below");
  return above === undefined ? undefined : numberOf(above, "--above");
}

function threshold(
  { options }: Invocation,
  good: number,
  bad: number,
): (value: number) => boolean {
  const { below, above } = options;
  const limit = limitOf(options) ?? (good + bad) / 2;
  const lessIsBad = below !== undefined || (above === undefined && bad < good);
  return (value) => lessIsBad ? value < limit : value > limit;
}

function print(
  { terminal }: Invocation,
  metric: string,
  { good, bad, before, after, sigmas }: Ends,
  findings: readonly Finding[],
  next: string | undefined,
): void {
  const size = sigmas === undefined
    ? ""
    : `, ${
      sigmas === Infinity
        ? "with no spread on either side"
        : `${short(Number(sigmas.toFixed(1)))} sigma`
    }`;
  terminal.line(
    `${
      visible(metric)
    } moved between run ${good.run.id} and run ${bad.run.id}: ` +
      `${short(before ?? good.value)} -> ${short(after ?? bad.value)}${size}`,
  );
  if (findings.length === 0) {
    terminal.line(
      "No recorded factor changed there: trace more functions, or repeat one of the runs",
    );
    return;
  }
  const rows = findings.map(({ factor, good, bad, status, by }) => [
    status === "convicted" ? "> moved it" : status,
    visible(factor),
    visible(good ?? "absent"),
    visible(bad ?? "absent"),
    by === undefined ? "" : `run ${by}`,
  ]);
  writeTable(
    terminal,
    ["verdict", "what", "before", "after", "decided by"],
    rows,
  );
  if (next !== undefined) terminal.line(`NEXT     ${visible(next)}`);
}
