/** What differs among runs. */
import { factorValue } from "../../../internal/factor_value.ts";
import { inputText, isInputFactor } from "../../../internal/input_text.ts";
import type { FactorKind } from "../../../internal/run_factors.ts";
import { setBy } from "../../../internal/set_by.ts";
import type { Run } from "../../../tracker/mod.ts";
import { compareRuns, type FactorRow } from "../../../why/mod.ts";
import type {
  ComparedCell,
  ComparedRow,
  ComparedRun,
  CompareReply,
} from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";
import { figure, RequestError } from "../reply.ts";

/** The most runs of a comparison, and the most rows of a kind. */
const [MOST_RUNS, MOST_ROWS] = [50, 200];

/** `GET /api/compare?runs=ID,ID…`. */
export const compare: Endpoint<CompareReply> = {
  path: "/api/compare",
  async answer(query, { source }) {
    const runs: Run[] = [];
    for (const id of idsOf(query.text("runs"))) runs.push(await source.run(id));
    const finder = await source.finder();
    const projects = new Map(
      (await finder.listProjects()).map(({ id, name }) => [id, name]),
    );
    const { rows, coverage } = await compareRuns(runs, finder);
    const compared: ComparedRun[] = [];
    for (const [i, run] of runs.entries()) {
      const known = coverage[i];
      compared.push({
        ...await factsOf(run),
        project: projects.get(run.projectId) ?? "",
        ...(known !== undefined && { coverage: known }),
      });
    }
    return { runs: compared, ...shownRows(rows, runs) };
  },
};

function idsOf(text: string): number[] {
  const ids = text.split(",").map((one) =>
    /^\d{1,15}$/.test(one) ? Number(one) : NaN
  );
  if (ids.some(Number.isNaN) || ids.length > MOST_RUNS) {
    throw new RequestError(
      `Cannot read the request: runs is not a list of at most ${MOST_RUNS} ids`,
    );
  }
  return [...new Set(ids)];
}

async function factsOf(
  run: Run,
): Promise<
  Pick<ComparedRun, "id" | "name" | "status" | "started" | "metrics">
> {
  const { id, name, status, startTime } = run;
  const metrics: ComparedRun["metrics"][number][] = [];
  for (const metric of await run.metrics.names()) {
    const found = await run.metrics.summary(metric);
    if (found === undefined) continue;
    metrics.push({ metric, count: found.count, last: figure(found.last) });
  }
  return {
    id,
    status,
    metrics,
    ...(name !== undefined && { name }),
    ...(startTime !== undefined && { started: startTime.getTime() }),
  };
}

/** The rows of each kind, those that are known to differ first. */
function shownRows(
  rows: readonly FactorRow[],
  runs: readonly Run[],
): Pick<CompareReply, "rows" | "leftOut"> {
  // Reading a history decodes it, so each is read once.
  const histories = runs.map(({ history }) => history);
  const found: ComparedRow[] = [];
  const leftOut: Partial<Record<FactorKind, number>> = {};
  for (const [kind, all] of Map.groupBy(rows, (row) => row.kind)) {
    const sorted = all.toSorted((a, b) =>
      Number(a.state === "unknown") - Number(b.state === "unknown")
    );
    for (const { id, state, cells } of sorted.slice(0, MOST_ROWS)) {
      found.push({
        id,
        kind,
        state,
        cells: cells.map((cell, i): ComparedCell =>
          cell.is !== "value" ? cell : {
            is: "value",
            text: textOf(id, cell.value),
            ...(kind === "config" &&
              {
                setBy: setBy(
                  histories[i] ?? {},
                  id.slice("config:".length),
                ),
              }),
          }
        ),
      });
    }
    if (all.length > MOST_ROWS) leftOut[kind] = all.length - MOST_ROWS;
  }
  return { rows: found, leftOut };
}

function textOf(id: string, value: string): string {
  return isInputFactor(id)
    ? inputText(value)
    : factorValue(value, { digits: 8, length: 200 });
}
