/**
 * Tables of the searches over learning curves in Markdown.
 *
 * @module
 */
import {
  judge,
  type Pair,
  poolPairs,
  quantile,
  quartileRange,
  rankMethods,
  type Verdict,
} from "./inferiority.ts";

/** The regrets of one method on one table with one budget. */
export interface CurveRow {
  readonly table: string;
  readonly use: string;
  /** The family of schedulers: full, halving, hyperband, asha, asha-stopping or median. */
  readonly scheduler: string;
  readonly sampler: string;
  /** Whose method it is. */
  readonly by: string;
  /** In full trainings. */
  readonly budget: number;
  readonly firstSeed: number;
  /** One for each seed. */
  readonly regrets: readonly number[];
}

/**
 * Joins rows of the same method, table, scheduler and budget that were measured with other seeds.
 *
 * @throws {RangeError} If some seeds were measured twice.
 */
export function joinSeeds(rows: readonly CurveRow[]): CurveRow[] {
  const joined = new Map<string, CurveRow>();
  for (const row of rows.toSorted((a, b) => a.firstSeed - b.firstSeed)) {
    const { table, scheduler, budget } = row;
    const key = [methodOf(row), table, scheduler, budget].join(", ");
    const before = joined.get(key);
    joined.set(key, before === undefined ? row : join(key, before, row));
  }
  return [...joined.values()];
}

function join(key: string, before: CurveRow, row: CurveRow): CurveRow {
  const next = before.firstSeed + before.regrets.length;
  if (row.firstSeed !== next) {
    throw new RangeError(
      `Cannot join the seeds of ${key}: those from ${row.firstSeed} do not follow those up to ${
        next - 1
      }; give files whose seeds follow each other`,
    );
  }
  return { ...before, regrets: [...before.regrets, ...row.regrets] };
}

/** What {@linkcode reportCurves} prints. */
export interface ReportOptions {
  /** The sampler that the others are compared with. */
  readonly reference: string;
  /** Whether the comparison of each cell is printed. */
  readonly cells: boolean;
  /** The least margin on each table, by its name. */
  readonly floors: Readonly<Record<string, number>>;
}

const OURS = "Ato";

/** Prints the regrets, the comparison of each of our samplers with the reference, and the ranks. */
export function reportCurves(
  rows: readonly CurveRow[],
  options: ReportOptions,
): string {
  const samplers = distinct(rows.filter(isOurs).map(({ sampler }) => sampler))
    .filter((sampler) => sampler !== options.reference);
  return [
    ...distinct(rows.map(({ scheduler }) => scheduler)).map((scheduler) =>
      regretTable(rows, scheduler)
    ),
    ...samplers.map((sampler) => comparison(rows, sampler, options)),
    rankTable(rows),
  ].filter((text) => text !== "").join("\n");
}

function isOurs({ by }: CurveRow): boolean {
  return by === OURS;
}

function methodOf({ by, sampler }: CurveRow): string {
  return by === OURS ? sampler : `${by} ${sampler}`;
}

/** The median regrets of all methods under one scheduler. */
function regretTable(rows: readonly CurveRow[], scheduler: string): string {
  const here = rows.filter((row) => row.scheduler === scheduler);
  const methods = distinct(here.map(methodOf));
  const budgets = distinct(here.map(({ budget }) => budget));
  const lines = distinct(here.map(({ table }) => table)).map((table) => [
    table,
    ...budgets.map((budget) =>
      methods.map((method) => {
        const row = here.find((one) =>
          one.table === table && one.budget === budget &&
          methodOf(one) === method
        );
        return row === undefined
          ? "-"
          : thousandths(quantile(row.regrets, 0.5));
      }).join(" / ")
    ),
  ]);
  const head = ["table", ...budgets.map((budget) => `${budget} trainings`)];
  return `### ${scheduler}: median regret times 1,000: ${
    methods.join(" / ")
  }\n\n${markdown(head, lines)}`;
}

function thousandths(value: number): string {
  const found = 1000 * value;
  return found >= 100 ? found.toFixed(0) : found.toFixed(1);
}

/** One pair for each table, scheduler and budget. */
function pairsOf(
  rows: readonly CurveRow[],
  sampler: string,
  { reference, floors }: ReportOptions,
): { row: CurveRow; pair: Pair }[] {
  const ours = rows.filter(isOurs);
  return ours.filter((row) => row.sampler === sampler).flatMap((row) => {
    const others = ours.filter((one) =>
      one.sampler === reference && one.table === row.table &&
      one.scheduler === row.scheduler
    );
    const other = others.find(({ budget }) => budget === row.budget);
    if (other === undefined) return [];
    const pair = {
      cell: `${row.table}, ${row.scheduler}, ${row.budget}`,
      regrets: row.regrets,
      reference: other.regrets,
      floor: floors[row.table] ?? 0,
      // With a great budget, all seeds of the reference may find the same: its range would be a small unit.
      scale: Math.max(...others.map(({ regrets }) => quartileRange(regrets))),
    };
    return [{ row, pair }];
  });
}

/** The judge's rule, and the same over all tables of a scheduler and budget. */
function comparison(
  rows: readonly CurveRow[],
  sampler: string,
  options: ReportOptions,
): string {
  const { reference, cells } = options;
  const found = pairsOf(rows, sampler, options);
  if (found.length === 0) return "";
  const verdicts = judge(found.map(({ pair }) => pair));
  const judged = found.map((one, index) => ({
    ...one,
    verdict: verdicts[index]!,
  }));
  const budgets = distinct(found.map(({ row }) => row.budget));
  const lines = distinct(found.map(({ row }) => row.scheduler)).map(
    (scheduler) => [
      scheduler,
      ...budgets.map((budget) => {
        const here = judged.filter(({ row }) =>
          row.scheduler === scheduler && row.budget === budget
        );
        const pool = poolPairs(here.map(({ pair }) => pair));
        const of = (outcome: Verdict["outcome"]) =>
          here.filter(({ verdict }) => verdict.outcome === outcome).length;
        const rest = pool.left === 0 ? "" : `, without ${pool.left}`;
        return `${signed(pool.difference)} (${signed(pool.upper)}${rest}); ${
          of("not inferior")
        } / ${of("open")} / ${of("worse")}`;
      }),
    ],
  );
  const head = ["scheduler", ...budgets.map((budget) => `${budget} trainings`)];
  const listed = judged.map(({ verdict }) => verdict)
    .filter(({ outcome }) => cells || outcome === "worse");
  return [
    `### ${sampler} against ${reference}: mean difference over the tables, in the interquartile range of ${reference} ` +
    "with the budget with which it is greatest (upper 95 % bound, not corrected); tables on which it is not inferior / " +
    "open / worse\n",
    markdown(head, lines),
    listed.length === 0 ? "" : cellTable(listed),
  ].join("\n");
}

function cellTable(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map((verdict) => [
    verdict.cell,
    signed(1000 * verdict.difference),
    signed(1000 * verdict.upper),
    (1000 * verdict.margin).toFixed(2),
    verdict.notInferior.toPrecision(2),
    verdict.worse.toPrecision(2),
    verdict.outcome,
    Number.isFinite(verdict.seedsNeeded) ? String(verdict.seedsNeeded) : "-",
  ]);
  return markdown([
    "cell",
    "difference times 1,000",
    "upper 95 % bound",
    "margin",
    "corrected p of inferior",
    "corrected p of not worse",
    "outcome",
    "seeds needed",
  ], lines);
}

function signed(value: number): string {
  if (Number.isNaN(value)) return "-";
  return `${value < 0 ? "" : "+"}${value.toFixed(2)}`;
}

/** Schedulers that decide in a like way: the methods of other packages are ranked with ours of the same family. */
const FAMILIES: Readonly<Record<string, string>> = {
  halving: "halving",
  asha: "halving",
  "asha-stopping": "halving",
};

function familyOf({ scheduler }: Pick<CurveRow, "scheduler">): string {
  return FAMILIES[scheduler] ?? scheduler;
}

/** The name of a method with its scheduler. */
function wholeName(row: CurveRow): string {
  return `${row.scheduler} + ${methodOf(row)}`;
}

/** The ranks of the methods under each scheduler, and of all methods with any scheduler. */
function rankTable(rows: readonly CurveRow[]): string {
  const schedulers = distinct(
    rows.filter(isOurs).map(({ scheduler }) => scheduler),
  );
  const lines = schedulers.flatMap((scheduler) => {
    const family = familyOf({ scheduler });
    const beside = rows.filter((row) =>
      isOurs(row) ? row.scheduler === scheduler : familyOf(row) === family
    );
    return ranked(
      beside,
      (row) => isOurs(row) ? methodOf(row) : wholeName(row),
    ).map((line) => [scheduler, ...line]);
  });
  const overall = ranked(rows, wholeName).map((line) => ["any", ...line]);
  return "### Ranks by the median regret, over tables and budgets, of the methods that ran on all of them\n\n" +
    markdown(
      ["scheduler", "method", "median rank", "mean rank", "of", "cells"],
      [...lines, ...overall],
    );
}

function ranked(
  rows: readonly CurveRow[],
  nameOf: (row: CurveRow) => string,
): string[][] {
  const cells = new Map<string, Record<string, readonly number[]>>();
  for (const row of rows) {
    const key = `${row.table} ${row.budget}`;
    const cell = cells.get(key) ?? {};
    cells.set(key, cell);
    cell[nameOf(row)] = row.regrets;
  }
  // A method that is missing in some cells would change the ranks of the others there.
  const methods = distinct(rows.map(nameOf)).filter((method) =>
    [...cells.values()].every((cell) => cell[method] !== undefined)
  );
  const whole = [...cells.values()].map((cell) =>
    Object.fromEntries(methods.map((method) => [method, cell[method]!]))
  );
  return Object.entries(rankMethods(whole))
    .map(([method, placed]) => ({
      method,
      median: quantile(placed, 0.5),
      mean: placed.reduce((sum, rank) => sum + rank, 0) / placed.length,
    }))
    .sort((a, b) => a.median - b.median || a.mean - b.mean)
    .map(({ method, median, mean }) => [
      method,
      median.toFixed(1),
      mean.toFixed(2),
      String(methods.length),
      String(whole.length),
    ]);
}

/** Prints a table in Markdown. */
export function markdown(
  head: readonly string[],
  lines: readonly (readonly string[])[],
): string {
  const rows = [head, head.map(() => "---"), ...lines];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n") + "\n";
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
