import { type Command, EXIT, UsageError } from "../command.ts";
import { factorValue } from "../../internal/factor_value.ts";
import { inputText, isInputFactor } from "../../internal/input_text.ts";
import { runNamed } from "../runs_by_name.ts";
import type { Terminal } from "../terminal.ts";
import type { Run } from "../../tracker/mod.ts";
import type { FactorDifference } from "../../why/mod.ts";
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
    const [a, b] = [
      await runNamed(file, first, terminal),
      await runNamed(file, second, terminal),
    ];
    const structure = a.structuralHash === b.structuralHash
      ? "same"
      : "different";
    const { compareConfig, compareFactors } = await import(
      "../../why/mod.ts"
    );
    const values = compareConfig(a, b);
    const factors = await compareFactors(a, b, file);
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
