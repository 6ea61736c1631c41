/** What differs among runs, and what is not known of them: nothing else. */
import type { VNode } from "preact";
import type {
  ComparedCell,
  ComparedRow,
  CompareReply,
} from "../../../api_types.ts";
import { CoverageTable } from "../../parts/coverage.tsx";
import { CsvTable } from "../../parts/csv_table.tsx";
import { DIMENSIONS } from "../../parts/coverage_words.ts";
import { code, Section } from "../../parts/section.tsx";
import { link } from "../../router.ts";
import { shown } from "../../text.ts";
import { DIMENSION_OF } from "../why/kinds.ts";

type Kind = ComparedRow["kind"];

/** The parts of the table, with the kinds of factors in each. */
const PARTS: readonly (readonly [title: string, kinds: readonly Kind[]])[] = [
  ["Config", ["config"]],
  ["Seed and command", ["seed", "command"]],
  ["Code", ["code"]],
  ["Packages", ["package"]],
  ["Inputs", ["input", "env"]],
  ["Environment", ["environment"]],
];

/** The tables. */
export function Differences(
  { reply }: { readonly reply: CompareReply },
): VNode {
  const { rows, runs } = reply;
  if (runs.length < 2) return <p class="weak">One run differs from nothing.</p>;
  return (
    <>
      <Coverage reply={reply} />
      {PARTS.map(([title, kinds]) => {
        const found = rows.filter(({ kind }) => kinds.includes(kind));
        const leftOut = kinds.reduce(
          (sum, kind) => sum + (reply.leftOut[kind] ?? 0),
          0,
        );
        return found.length === 0 ? null : (
          <Part
            key={title}
            title={title}
            rows={found}
            leftOut={leftOut}
            reply={reply}
          />
        );
      })}
    </>
  );
}

function Coverage({ reply: { runs, rows } }: {
  readonly reply: CompareReply;
}): VNode {
  const isPair = runs.length === 2;
  return (
    <Section
      title="What differs"
      {...(!rows.some(({ state }) => state === "different") &&
        { note: "no recorded value differs" })}
    >
      <CoverageTable
        name={`recorded of ${runs.map(({ id }) => `run ${id}`).join(", ")}`}
        heads={isPair ? runs.map(({ id }) => `run ${id}`) : []}
        rows={DIMENSIONS.map((dimension) => {
          const levels = runs.map(({ coverage }) =>
            coverage?.[dimension].level ?? "none" as const
          );
          return {
            dimension,
            levels,
            missing: [
              ...new Set(
                runs.flatMap(({ coverage, id }) =>
                  (coverage?.[dimension].missing ?? ["nothing is recorded"])
                    .map((one) => isPair ? one : `run ${id}: ${one}`)
                ),
              ),
            ],
            isDifferent: rows.some(({ kind, state }) =>
              state === "different" && DIMENSION_OF[kind] === dimension
            ),
          };
        })}
      />
    </Section>
  );
}

function Part({ title, rows, leftOut, reply: { runs } }: {
  readonly title: string;
  readonly rows: readonly ComparedRow[];
  readonly leftOut: number;
  readonly reply: CompareReply;
}): VNode {
  const different = rows.filter(({ state }) => state === "different");
  const unknown = rows.filter(({ state }) => state === "unknown");
  const table = (some: readonly ComparedRow[]) => (
    <CsvTable
      class="differences"
      label={title}
      name={`${title} of ${runs.map(({ id }) => `run ${id}`).join(", ")}`}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">what</th>
            {runs.map(({ id }) => (
              <th scope="col" key={id}>
                <a href={link("run", [id])}>run {id}</a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {some.map(({ id, cells }) => (
            <tr key={id}>
              <th scope="row">{code(id.slice(id.indexOf(":") + 1))}</th>
              {cells.map((cell, i) => (
                <td key={i} class={`cell-${cell.is}`}>
                  <Cell cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </CsvTable>
  );
  return (
    <Section
      title={title}
      note={`${different.length} ${
        different.length === 1 ? "differs" : "differ"
      }${unknown.length > 0 ? `, ${unknown.length} not known` : ""}`}
    >
      {different.length > 0 && table(different)}
      {unknown.length > 0 && (
        <details class="unknown">
          <summary>
            {unknown.length} {unknown.length === 1 ? "is" : "are"}{" "}
            not recorded in each run, and may differ
          </summary>
          {table(unknown)}
        </details>
      )}
      {leftOut > 0 && <p class="weak">… {leftOut} more are not shown</p>}
    </Section>
  );
}

function Cell({ cell }: { readonly cell: ComparedCell }): VNode {
  if (cell.is === "absent") return <em>absent</em>;
  if (cell.is === "unknown") return <em>not recorded</em>;
  return (
    <>
      {code(cell.text)}
      {cell.setBy && <div class="weak">{shown(cell.setBy)}</div>}
    </>
  );
}
