/** How completely runs were recorded, in words. */
import type { VNode } from "preact";
import { shown } from "../text.ts";
import { CsvTable } from "./csv_table.tsx";
import {
  type Level,
  type ShownCoverage,
  stateWords,
} from "./coverage_words.ts";

const WORDS: Readonly<Record<Level, string>> = {
  full: "recorded",
  partial: "recorded in part",
  none: "not recorded",
};

const SIGNS: Readonly<Record<Level, string>> = {
  full: "●",
  partial: "◐",
  none: "○",
};

/** A line for each dimension. */
export function CoverageTable({ name, heads, rows }: {
  /** The name of its file. */
  readonly name: string;
  /** Names of the runs; none if there are too many for columns. */
  readonly heads: readonly string[];
  readonly rows: readonly ShownCoverage[];
}): VNode {
  return (
    <CsvTable name={name}>
      <table class="coverage">
        <thead>
          <tr>
            <th scope="col">what</th>
            {heads.map((head) => <th key={head} scope="col">{head}</th>)}
            <th scope="col">in these runs</th>
            <th scope="col">missing</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.dimension} class={`coverage-${row.dimension}`}>
              <th scope="row">{row.dimension}</th>
              {heads.length > 0 &&
                row.levels.map((level, i) => (
                  <td key={i} class={`level-${level}`}>
                    <span aria-hidden="true">{SIGNS[level]}</span>{" "}
                    {WORDS[level]}
                  </td>
                ))}
              <td class={`is-${stateWords(row).split(" ")[0]}`}>
                {stateWords(row)}
              </td>
              <td>
                {row.missing.slice(0, 4).map((phrase) => (
                  <div key={phrase}>{shown(phrase)}</div>
                ))}
                {row.missing.length > 4 &&
                  <div>… {row.missing.length - 4} more</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </CsvTable>
  );
}
