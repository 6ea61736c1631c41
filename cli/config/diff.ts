import {
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { flatten } from "../../internal/leaves.ts";
import { fit } from "../../internal/text_width.ts";
import { visible } from "../../internal/visible_text.ts";
import { textAt } from "../../internal/value_text.ts";
import { readConfig } from "./read_config.ts";
import { writeTable } from "../output/table.ts";

/** `ato config diff`: compares the structure and the values of two files. */
export async function diffFiles(
  files: readonly string[],
  { terminal, json }: Invocation,
): Promise<ExitCode> {
  const [a, b, ...more] = files;
  if (a === undefined || b === undefined || more.length > 0) {
    throw new UsageError(
      `Cannot compare ${files.length} file(s): name two, as in \`ato config diff a.yaml b.yaml\``,
    );
  }
  const configs = [await readConfig(a), await readConfig(b)] as const;
  const [one, other] = await Promise.all(
    configs.map((config) => config.getStructuralHash()),
  );
  const structure = one === other ? "same" : "different";
  const [left, right] = configs.map((config) => flatten(config.toObject()));
  const values = [...new Set([...left!.keys(), ...right!.keys()])]
    .map((path) => ({ path, a: left!.get(path), b: right!.get(path) }))
    .filter(({ path }) => textAt(left!, path) !== textAt(right!, path));
  if (json) terminal.json({ a, b, structure, values });
  else {
    terminal.line(`structure: ${structure}`);
    if (values.length === 0) terminal.line("values: same");
    else {
      const most = terminal.width === Infinity
        ? Infinity
        : Math.max(8, Math.floor(terminal.width / 3) - 2);
      writeTable(
        terminal,
        ["key", visible(a), visible(b)],
        values.map(({ path }) => [
          fit(visible(path), most),
          fit(textAt(left!, path), most),
          textAt(right!, path),
        ]),
      );
    }
  }
  return values.length === 0 ? EXIT.ok : EXIT.differs;
}
