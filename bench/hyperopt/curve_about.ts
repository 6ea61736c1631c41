/**
 * What the tables of learning curves are, and how much their low fidelities mislead.
 *
 * @module
 */
import { markdown } from "./curve_report.ts";
import { type CurveTable, fullLosses } from "./curve_table.ts";
import { quantile, ranks } from "./inferiority.ts";

/**
 * Prints the tables in Markdown: what was trained, the least and the median loss, and at 1/27, 1/9 and 1/3 of a training the
 * rank correlation with the loss at the end, and how many of the best tenth of configs are in the best third there.
 */
export function aboutTables(tables: readonly CurveTable[]): string {
  return markdown(
    [
      "table",
      "use",
      "what",
      "configs",
      "parameters",
      "fidelity",
      "diverged",
      "least and median loss",
      "rank correlation at 1/27, 1/9, 1/3",
      "best tenth in the best third there",
    ],
    tables.map((table) => {
      const full = fullLosses(table);
      const early = [27, 9, 3].map((part) => lossesAt(table, table.max / part));
      const shares = early.map((losses) => keptShare(losses, full.of));
      return [
        table.name,
        table.use,
        `${table.about}; ${table.metric}`,
        `${table.configs.length}, ${table.kind}`,
        String(Object.keys(table.parameters).length),
        `${table.max} ${table.unit}`,
        String(table.losses.filter((row) => row.includes(null)).length),
        [full.least, quantile(full.of, 0.5)].map((loss) => loss.toPrecision(3))
          .join(", "),
        early.map((losses) => correlation(losses, full.of).toFixed(2))
          .join(", "),
        shares.map((share) => `${Math.round(100 * share)} %`).join(", "),
      ];
    }),
  );
}

/** The losses at a fidelity; that of a config that diverged is infinite. */
function lossesAt(table: CurveTable, fidelity: number): number[] {
  return table.losses.map((row) => row[fidelity - 1] ?? Infinity);
}

/** Spearman's rank correlation. */
function correlation(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [ranks(one), ranks(other)];
  const middle = (a.length + 1) / 2;
  const sum = (x: readonly number[], y: readonly number[]) =>
    x.reduce((total, rank, i) => total + (rank - middle) * (y[i]! - middle), 0);
  return sum(a, b) / Math.sqrt(sum(a, a) * sum(b, b));
}

/** The share of the best tenth at the end that is among the best third before. */
function keptShare(early: readonly number[], end: readonly number[]): number {
  const limit = quantile(early, 1 / 3);
  const best = quantile(end, 0.1);
  const kept = early.filter((_, index) => end[index]! <= best);
  return kept.filter((loss) => loss <= limit).length / kept.length;
}
