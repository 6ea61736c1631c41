/** The part of a report about one run. */
import { sizeText } from "../../internal/size_text.ts";
import { flatten } from "../../internal/leaves.ts";
import { DIMENSIONS } from "../../internal/run_factors.ts";
import { historyOf, setterText } from "../../internal/set_by.ts";
import { rawValueText } from "../../internal/value_text.ts";
import type { Run, SQLFinder } from "../../tracker/mod.ts";
import { inOrder, inputDigits, inputKindText } from "../input_text.ts";
import { type Content, element, table } from "./markup.ts";

/**
 * Describes a run: its config with what set each value, inputs, code, artifacts, and how completely it was recorded.
 *
 * @param run The run.
 * @param finder Its file.
 * @returns the part.
 */
export async function runPart(run: Run, finder: SQLFinder): Promise<Content> {
  const recorded = await finder.factorsOf(run);
  const inputs = (await finder.inputsOf(run))?.inputs ?? [];
  const { notes, error, fingerprints, artifacts } = run;
  return [
    element("h2", titleOf(run)),
    notes !== undefined && element("p.notes", notes),
    error !== undefined &&
    element("pre.error", `${error.name}: ${error.message}`),
    element("h3", "Config"),
    configTable(run),
    inputs.length > 0 && [
      element("h3", "Inputs"),
      table(
        ["name", "kind", "size", "hash"],
        inOrder(inputs).map((one) => [
          one.name,
          inputKindText(one),
          one.bytes === undefined ? "" : sizeText(one.bytes),
          element("code", inputDigits(one)),
        ]),
      ),
    ],
    fingerprints.length > 0 && [
      element("h3", "Fingerprints"),
      table(
        ["trace", "of", "fingerprint"],
        fingerprints.map(({ traceId, type, hash }) => [
          traceId,
          type === "static" ? "its code" : "what it returned",
          element("code", hash),
        ]),
      ),
    ],
    artifacts.length > 0 && [
      element("h3", "Artifacts"),
      table(
        ["path", "type", "size", "sha256"],
        artifacts.map(({ path, type, size, sha256 }) => [
          path,
          type,
          size === undefined ? "missing" : sizeText(size),
          element("code", (sha256 ?? "").slice(0, 12)),
        ]),
      ),
    ],
    recorded !== undefined && [
      element("h3", "Recorded"),
      table(
        ["part", "how much", "missing"],
        DIMENSIONS.map((dimension) => {
          const { level, missing } = recorded.coverage[dimension];
          return [dimension, level, missing.join("\n")];
        }),
      ),
    ],
  ];
}

/** Names a run: `run 41, baseline`. */
export function titleOf({ id, name }: Run): string {
  return name === undefined ? `Run ${id}` : `Run ${id}, ${name}`;
}

function configTable({ config, history }: Run): Content {
  return table(
    ["key", "value", "set by"],
    [...flatten(config)].map(([key, value]) => {
      const [last, ...before] = historyOf(history, key).toReversed();
      return [
        element("code", key),
        element("code", rawValueText(value)),
        [
          last === undefined ? "" : setterText(last),
          before.map((entry) =>
            element(
              "div.weak",
              `before: ${
                entry.deleted ? "deleted" : rawValueText(entry.value)
              } (${setterText(entry)})`,
            )
          ),
        ],
      ];
    }),
  );
}
