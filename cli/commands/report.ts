import type { Run, SQLFinder } from "../../tracker/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import { type Command, EXIT, NotFoundError, UsageError } from "../command.ts";
import type { Content } from "../report/markup.ts";
import { writeOurs } from "../output/write_ours.ts";
import { runsNamed } from "../runs_by_name.ts";

/** The most runs of a report: more columns cannot be read. */
const MOST = 20;

/** The command `ato report`. */
export const report: Command = {
  name: "report",
  summary: "Write a page about runs that needs no server",
  usage: "ato report RUN… --out FILE [--metric M] [--with-sources] [--force]",
  options: {
    out: { type: "string" },
    metric: { type: "string" },
    "with-sources": { type: "boolean", default: false },
    force: { type: "boolean", default: false },
  },
  optionHelp: {
    "--out FILE": "The HTML file to write",
    "--metric M":
      "Only this metric, also for the verdict of two runs (default: all)",
    "--with-sources":
      "Also the text of code and files that differ; it can hold secrets",
    "--force":
      "Overwrite an existing file, unless it is a database; an earlier report is replaced without it",
  },
  examples: [
    [
      "ato report 1 2 --out report.html",
      "two runs, and why they differ, for someone who has no ato",
    ],
    ["ato report latest --out report.html", "one run"],
  ],
  async run(invocation) {
    const { words, options, terminal, json, finder } = invocation;
    const { out, metric } = options;
    if (words.length === 0 || typeof out !== "string") {
      throw new UsageError(
        "Cannot report: name runs and a file, as in `ato report 1 2 --out report.html`",
      );
    }
    if (words.length > MOST) {
      throw new UsageError(
        `Cannot report: ${words.length} runs are named; name at most ${MOST}`,
      );
    }
    const file = await finder();
    const runs = await runsNamed(file, words, terminal);
    const wanted = typeof metric === "string" ? metric : undefined;
    await requireMetric(runs, wanted);
    const text = await reportOf(runs, file, {
      withSources: options["with-sources"] === true,
      ...(wanted !== undefined && { metric: wanted }),
    });
    await writeOurs(out, text, invocation);
    if (json) terminal.json({ runs: runs.map(({ id }) => id), file: out });
    else terminal.line(`wrote ${visible(out)}`);
    return EXIT.ok;
  },
};

/** What a report shows. */
interface ReportOptions {
  readonly metric?: string;
  readonly withSources: boolean;
}

async function reportOf(
  runs: readonly Run[],
  finder: SQLFinder,
  { metric, withSources }: ReportOptions,
): Promise<string> {
  const [overview, { runPart, titleOf }, { reportDocument }] = await Promise
    .all([
      import("../report/overview.ts"),
      import("../report/run_part.ts"),
      import("../report/document.ts"),
    ]);
  const [a, b] = runs;
  const parts: Content[] = [
    overview.factsPart(runs),
    runs.length === 2 && a !== undefined && b !== undefined && a.id !== b.id
      ? await verdictOf(a, b, finder, { metric, withSources })
      : undefined,
    await overview.differencesPart(runs, finder),
    await overview.metricsPart(runs, metric),
  ];
  const details: Content[] = [];
  for (const run of runs) details.push(await runPart(run, finder));
  const title = runs.length === 1 && a !== undefined
    ? titleOf(a)
    : `Runs ${runs.map(({ id }) => id).join(", ")}`;
  return reportDocument(title, [parts, details]);
}

async function verdictOf(
  a: Run,
  b: Run,
  finder: SQLFinder,
  { metric, withSources }: {
    readonly metric: string | undefined;
    readonly withSources: boolean;
  },
): Promise<Content> {
  const [{ explain }, { verdictPart }] = await Promise.all([
    import("../../why/explain.ts"),
    import("../report/verdict.ts"),
  ]);
  const found = await explain(a, b, {
    finder,
    ...(metric !== undefined && { metric }),
  });
  return verdictPart(found, { withSources });
}

/** Of two runs, both need the metric: their verdict is about it. */
async function requireMetric(
  runs: readonly Run[],
  metric: string | undefined,
): Promise<void> {
  if (metric === undefined) return;
  const lacking: number[] = [];
  for (const { id, metrics } of runs) {
    if (await metrics.summary(metric) === undefined) lacking.push(id);
  }
  if (
    lacking.length === 0 || (runs.length > 2 && lacking.length < runs.length)
  ) return;
  throw new NotFoundError(
    `Cannot report ${visible(metric)}: run ${lacking[0]} has no such metric`,
  );
}
