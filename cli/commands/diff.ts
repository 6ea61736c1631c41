import { type Command, EXIT, UsageError } from "../command.ts";
import { factorValue } from "../factor_value.ts";
import { inputText, isInputFactor } from "../input_text.ts";
import { runNamed } from "../runs_by_name.ts";
import type { Terminal } from "../terminal.ts";
import { DIMENSION_OF, kindOfFactor } from "../../internal/run_factors.ts";
import type { Run, SQLFinder } from "../../tracker/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import { valueText } from "../../internal/value_text.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato diff`. */
export const diff: Command = {
  name: "diff",
  summary: "Compare what two runs recorded: config, code, environment",
  usage: "ato diff A B",
  examples: [[
    "ato diff 1 2",
    "every config value that differs, and what set it; then code, packages and the machine",
  ]],
  async run({ words, terminal, json, finder }) {
    const [first, second, ...more] = words;
    if (first === undefined || second === undefined || more.length > 0) {
      throw new UsageError(
        "Cannot compare: name two runs, as in `ato diff 1 2`",
      );
    }
    const file = await finder();
    const [a, b] = [await runNamed(file, first), await runNamed(file, second)];
    const structure = a.structuralHash === b.structuralHash
      ? "same"
      : "different";
    const { compareConfig } = await import("../../why/mod.ts");
    const values = compareConfig(a, b);
    const factors = await compareFactors(file, a, b);
    if (json) terminal.json({ a: a.id, b: b.id, structure, values, factors });
    else {
      terminal.line(`structure: ${structure}`);
      if (values.length === 0) terminal.line("values: same");
      else {
        writeTable(
          terminal,
          ["key", `run ${a.id}`, `run ${b.id}`, "set by"],
          values.map(({ path, a, b, setByA, setByB }) => [
            visible(path),
            shown(a),
            shown(b),
            visible([...new Set([setByA ?? "?", setByB ?? "?"])].join(" -> ")),
          ]),
        );
      }
      writeFactors(factors, [a, b], terminal);
    }
    const isSame = values.length === 0 && factors.length === 0;
    return isSame ? EXIT.ok : EXIT.differs;
  },
};

/** A factor that differs and is not a value of the config. */
interface FactorDifference {
  readonly id: string;
  /** Its value in the first run; absent if it has no such factor, or did not record it. */
  readonly before?: string;
  readonly after?: string;
}

async function compareFactors(
  file: SQLFinder,
  a: Run,
  b: Run,
): Promise<FactorDifference[]> {
  // Inputs and secrets that cannot be compared are left out of both.
  const history = await file.history(a, b, { limit: 0 });
  const none: ReadonlyMap<string, string> = new Map();
  const [old, now] = [history?.a.factors ?? none, history?.b.factors ?? none];
  return [...new Set([...old.keys(), ...now.keys()])].sort()
    .filter((id) => DIMENSION_OF[kindOfFactor(id)] !== "config")
    .filter((id) => old.get(id) !== now.get(id))
    .map((id) => {
      const [before, after] = [old.get(id), now.get(id)];
      return {
        id,
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
      };
    });
}

function writeFactors(
  factors: readonly FactorDifference[],
  [a, b]: readonly [Run, Run],
  terminal: Terminal,
): void {
  if (factors.length === 0) return;
  terminal.line();
  writeTable(
    terminal,
    ["factor", `run ${a.id}`, `run ${b.id}`],
    factors.map(({ id, before, after }) => [
      visible(id),
      shownFactor(id, before),
      shownFactor(id, after),
    ]),
  );
}

function shownFactor(id: string, value: string | undefined): string {
  return isInputFactor(id) ? inputText(value) : factorValue(value, SHOWN);
}

const SHOWN = { digits: 8, length: 60 };

function shown(value: unknown): string {
  return value === undefined ? "absent" : valueText(value);
}
