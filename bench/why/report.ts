/**
 * The table of the suite, as a page in Markdown.
 *
 * @module
 */
import type { Grade } from "./oracle.ts";
import { factorsOf, groupOf } from "./oracle.ts";
import type { ScoredHistory } from "./histories.ts";
import type { Scored } from "./suite.ts";
import { BASE_RUNS } from "./types.ts";

const GRADES: readonly Grade[] = ["right", "honest", "misleading", "wrong"];

/** Whether nothing was planted, or only what has no effect. */
export function isNull({ truth }: Scored): boolean {
  return !truth.cause.stops &&
    truth.cause.planted.every(({ hasEffect }) => !hasEffect) &&
    truth.cause.kind !== "seed";
}

/**
 * Writes the report.
 *
 * @param scored The grades.
 * @param histories The scores of histories.
 * @returns a page in Markdown.
 */
export function reportOf(
  scored: readonly Scored[],
  histories: readonly ScoredHistory[] = [],
): string {
  return [
    "# What `ato why` says of planted causes",
    "",
    "Causes were planted in real projects (TypeScript under Deno and Node, Python, a",
    "shell program), and each verdict was scored against an oracle that knows what was",
    "planted and what the record holds. `ato run` started the programs, so that what",
    "they read was recorded; some TypeScript programs (`plain` in their names) and most",
    "histories ran without it. **Right**: the planted factor, alone or in the smallest",
    "group that the record cannot split. **Honest**: the record cannot decide, and the",
    "verdict says so. **Misleading**: a larger group, a coarser name, or unknown where it",
    "could be known. **Wrong**: another cause, or a sentence that is not true.",
    "`deno run --no-config -A tools/deno.ts run -A bench/why/mod.ts` measures it.",
    "",
    ...summary(scored),
    "",
    "## By kind and base runs",
    "",
    ...byKind(scored),
    "",
    "## Groups",
    "",
    ...groups(scored),
    "",
    ...bisections(histories),
    ...broken(scored),
    "## Misses",
    "",
    ...misses(scored),
    "",
    "**Honest** verdicts are of four kinds. The cause is out of sight of observers: a file",
    "that a shell or an unobserved child reads, code that a shell sources, a package that",
    "was edited in place. The program was started without `ato run`, and the cause is a",
    "file or a variable. The seeds differ, and fewer than three of them are known. Or the",
    "repeats cannot tell: they are too few for the noise, or the record has gaps, and",
    "then nothing is said to be within the noise.",
    "",
  ].join("\n");
}

function summary(scored: readonly Scored[]): string[] {
  const causes = new Set(scored.map(({ truth }) => truth.cause.id)).size;
  const planted = scored.filter((one) => !isNull(one));
  const nulls = scored.filter(isNull);
  const decidable = planted.filter(({ truth }) =>
    factorsOf(truth).hidden.length === 0
  );
  const convictions = nulls.filter((one) => one.isFalseConviction);
  return [
    `${scored.length} verdicts on ${causes} causes.`,
    "",
    "| verdicts | count | right | honest | misleading | wrong |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    row("all", scored),
    row("something planted", planted),
    row("planted, and in the record", decidable),
    row("nothing planted", nulls),
    "",
    `False convictions where nothing was planted: ${convictions.length} of ${nulls.length}.`,
  ];
}

function byKind(scored: readonly Scored[]): string[] {
  const kinds = [...new Set(scored.map(({ truth }) => truth.cause.kind))];
  const lines = kinds.flatMap((kind) =>
    BASE_RUNS.map((n) => {
      const some = scored.filter(({ truth }) =>
        truth.cause.kind === kind && truth.n === n
      );
      return some.length === 0 ? "" : row(`${kind}, ${n}`, some, true);
    }).filter((line) => line !== "")
  );
  return [
    "| kind, base runs | count | right | honest | misleading | wrong | decided |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines,
  ];
}

function row(
  name: string,
  scored: readonly Scored[],
  withDecided: boolean = false,
): string {
  const counts = GRADES.map((grade) =>
    scored.filter((one) => one.grade === grade).length
  );
  const decided =
    scored.filter(({ verdict }) =>
      /^(identical|within-noise|explained|stopped-early)$/.test(
        verdict?.outcome ?? "",
      )
    ).length;
  const cells = [name, scored.length, ...counts];
  if (withDecided) cells.push(`${Math.round(100 * decided / scored.length)} %`);
  return `| ${cells.join(" | ")} |`;
}

function groups(scored: readonly Scored[]): string[] {
  const sizes = new Map<number, number>();
  for (const { verdict } of scored) {
    const [first] = verdict?.suspects ?? [];
    if (first === undefined) continue;
    const size = groupOf(first).length;
    sizes.set(size, (sizes.get(size) ?? 0) + 1);
  }
  return [
    "| factors named together | verdicts |",
    "| ---: | ---: |",
    ...[...sizes].sort(([a], [b]) => a - b)
      .map(([size, count]) => `| ${size} | ${count} |`),
  ];
}

function misses(scored: readonly Scored[]): string[] {
  const lines = missLines(scored);
  return lines.length > 0
    ? lines
    : ["No verdict is wrong, and none is misleading."];
}

function missLines(scored: readonly Scored[]): string[] {
  return scored
    .filter(({ grade }) => grade === "misleading" || grade === "wrong")
    .map(({ grade, why, truth, verdict }) =>
      `- **${grade}** ${truth.cause.id}, ${truth.n} base runs, ${truth.seeds} seeds: ${why}. Said: ${
        JSON.stringify(verdict?.sentence ?? "")
      } (${verdict?.outcome}; ${
        (verdict?.suspects ?? []).map((one) => groupOf(one).join(" = "))
          .join(", ")
      })`
    );
}

/** Causes that do not do what they are said to do: faults of the suite. */
function broken(scored: readonly Scored[]): string[] {
  const faults = scored.filter(({ truth }) => {
    const { cause, sameCurves, seedDiffers, seeds, n } = truth;
    const isNoisy = cause.base?.words?.some((word) => /^noise/.test(word));
    if (n !== 1 || seeds !== "fixed" || seedDiffers || isNoisy) return false;
    return !cause.stops &&
      sameCurves === cause.planted.some(({ hasEffect }) => hasEffect);
  });
  return faults.length === 0 ? [] : [
    "## Faults of the suite",
    "",
    ...faults.map(({ truth }) =>
      `- ${truth.cause.id}: the result ${
        truth.sameCurves ? "does not change" : "changes"
      }`
    ),
    "",
  ];
}

function bisections(histories: readonly ScoredHistory[]): string[] {
  return histories.length === 0 ? [] : [
    "## Histories of 40 runs, by `ato bisect`",
    "",
    "| history | grade | |",
    "| --- | --- | --- |",
    ...histories.map(({ id, grade, why }) => `| ${id} | ${grade} | ${why} |`),
    "",
  ];
}
