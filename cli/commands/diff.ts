import { type Command, EXIT, UsageError } from "../command.ts";
import { runNamed } from "../runs_by_name.ts";
import { visible } from "../../internal/visible_text.ts";
import { valueText } from "../../internal/value_text.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato diff`. */
export const diff: Command = {
  name: "diff",
  summary: "Compare the configs of two runs",
  usage: "ato diff A B",
  examples: [["ato diff 1 2", "every value that differs, and what set it"]],
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
    if (json) terminal.json({ a: a.id, b: b.id, structure, values });
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
    }
    return values.length === 0 ? EXIT.ok : EXIT.differs;
  },
};

function shown(value: unknown): string {
  return value === undefined ? "absent" : valueText(value);
}
