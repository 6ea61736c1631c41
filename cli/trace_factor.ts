/** The versions of a factor in the runs of a project. */
import {
  EXIT,
  type ExitCode,
  type Invocation,
  NotFoundError,
} from "./command.ts";
import { factorValue } from "../internal/factor_value.ts";
import { nearestName } from "../internal/names.ts";
import { DIMENSION_OF, kindOfFactor } from "../internal/run_factors.ts";
import type { RunFacts } from "../internal/run_facts.ts";
import { short } from "../internal/text.ts";
import { visible } from "../internal/visible_text.ts";
import type { SQLFinder } from "../tracker/mod.ts";
import type { FactorVersion } from "../why/mod.ts";
import { writeTable } from "./output/table.ts";
import { allRuns } from "./runs_by_name.ts";

/** Tells whether a word is the id of a factor, such as `code:src/loss.ts#mse` or `config:lr`. */
export function isFactor(word: string): boolean {
  return word === "seed" || word === "command" ||
    (word.includes(":") && Object.hasOwn(DIMENSION_OF, kindOfFactor(word)));
}

/** Lists the versions of a factor. */
export async function traceFactor(
  { options, terminal, json }: Invocation,
  file: SQLFinder,
  { project, id }: { readonly project: string; readonly id: string },
): Promise<ExitCode> {
  const runs = await allRuns(file, project);
  const [first, last] = [runs[0], runs.at(-1)];
  const history = first && last && await file.history(first, last);
  const facts = history === undefined ? [] : [
    ...new Map(
      [history.a, history.b, ...history.others].map((one) => [one.id, one]),
    ).values(),
  ];
  const metric = typeof options.metric === "string"
    ? options.metric
    : undefined;
  if (
    metric !== undefined && !facts.some(({ metrics }) => metrics.has(metric))
  ) {
    throw new NotFoundError(
      `Cannot show ${visible(metric)} for this factor: no run of ${
        visible(project)
      } has such a metric`,
    );
  }
  const { factorVersions } = await import("../why/mod.ts");
  const versions = factorVersions(facts, id, metric);
  if (json) terminal.json(versions);
  else if (versions.length === 0) {
    terminal.warn(
      `no run of ${visible(project)} has a factor ${visible(id)}${
        suggestion(facts, id)
      }`,
    );
  } else write(versions, metric, terminal);
  return versions.length > 0 ? EXIT.ok : EXIT.differs;
}

function suggestion(facts: readonly RunFacts[], id: string): string {
  const ids = new Set(facts.flatMap(({ factors }) => [...factors.keys()]));
  const guess = nearestName(id, [...ids]);
  return guess === undefined ? "" : `; did you mean ${visible(guess)}?`;
}

function write(
  versions: readonly FactorVersion[],
  metric: string | undefined,
  terminal: Invocation["terminal"],
): void {
  writeTable(
    terminal,
    ["version", "runs", "first", "last", ...(metric ? [visible(metric)] : [])],
    versions.map(({ value, runs, mean }) => [
      factorValue(value, { digits: 12, length: 60 }),
      String(runs.length),
      `run ${runs[0]}`,
      `run ${runs.at(-1)}`,
      ...(metric ? [mean === undefined ? "" : short(mean)] : []),
    ]),
    [1],
  );
}
