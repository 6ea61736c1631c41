import type { BisectFinding, BisectMove } from "./bisection_types.ts";
import type { RunFacts } from "./facts.ts";
import { gapsIn, pairCoverage } from "./pair_coverage.ts";
import { changeText, join, number, pText } from "./words.ts";

/**
 * Says where a metric moved, and what moved it.
 *
 * @param metric The metric.
 * @param move The move.
 * @param isFull Whether every run was recorded in full.
 * @param runs The runs.
 * @returns one or two sentences, not escaped.
 */
export function moveSentence(
  metric: string,
  move: Omit<BisectMove, "sentence">,
  isFull: boolean,
  runs: readonly RunFacts[],
): string {
  const { before, after, sides, p, locations, good, bad } = move;
  const [first, last] = [locations[0], locations.at(-1)];
  const isExact = locations.length === 1;
  const order = runs.map(({ id }) => id);
  const start = order[order.indexOf(first ?? bad) - 1] ?? good;
  const where = isExact
    ? `between run ${good} and run ${bad}`
    : `between run ${start} and run ${last} (95%)`;
  return `${metric} moved ${where}: ${number(before)} -> ${number(after)} (${
    pText(p)
  }, ${sides[0]} and ${sides[1]} runs). ${
    causeOf(move.findings, isFull, runs)
  }`;
}

function causeOf(
  findings: readonly BisectFinding[],
  isFull: boolean,
  runs: readonly RunFacts[],
): string {
  const convicted = findings.filter(({ status }) => status === "convicted");
  const open = findings.filter(({ status }) => status === "open");
  const gaps = isFull ? "" : `; ${gapText(runs)}`;
  if (findings.length === 0) {
    return isFull
      ? "No recorded factor changed there."
      : `No recorded factor changed there${gaps}.`;
  }
  if (convicted.length > 0) {
    const names = join(cellTexts(convicted));
    return isFull ? `Moved by ${names}.` : `It goes with ${names}${gaps}.`;
  }
  if (open.length === 0) {
    return `Nothing that changed there made half of the move alone${gaps}.`;
  }
  const names = open.map(changeText);
  return names.length === 1
    ? `It goes with ${names[0]}, which is not proven${gaps}.`
    : `It goes with one of: ${shortened(names)}${gaps}.`;
}

function gapText(runs: readonly RunFacts[]): string {
  const gaps = new Set(runs.flatMap((run) => gapsIn(pairCoverage(run, run))));
  return join([...gaps]);
}

function cellTexts(findings: readonly BisectFinding[]): string[] {
  const cells = new Map<string, BisectFinding[]>();
  for (const one of findings) {
    const key = JSON.stringify(one.group ?? [one.id]);
    cells.set(key, [...cells.get(key) ?? [], one]);
  }
  return [...cells.values()].map((cell) =>
    cell.length === 1
      ? cell.map(changeText).join()
      : `one of: ${shortened(cell.map(changeText))}`
  );
}

function shortened(names: readonly string[]): string {
  return names.length <= 5
    ? join(names, "or")
    : `${names.slice(0, 4).join(", ")} or ${names.length - 4} more`;
}
