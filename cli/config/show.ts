import { EXIT, type ExitCode, type Invocation } from "../command.ts";
import { flatten } from "../flatten.ts";
import { fit, visible } from "../text.ts";
import { valueText } from "../value_text.ts";
import { readConfig } from "./read_config.ts";

/** `ato config show`: the values of each file, one a line. */
export async function showFiles(
  files: readonly string[],
  { terminal, json }: Invocation,
): Promise<ExitCode> {
  const shown: { file: string; config: unknown }[] = [];
  for (const file of files) {
    const config = (await readConfig(file)).toObject();
    shown.push({ file, config });
    if (json) continue;
    if (files.length > 1) terminal.line(terminal.style("bold", visible(file)));
    const most = terminal.width === Infinity
      ? Infinity
      : Math.max(8, Math.floor(terminal.width / 2));
    terminal.table(
      ["key", "value"],
      [...flatten(config)].map(([path, value]) => [
        fit(visible(path), most),
        valueText(value),
      ]),
    );
  }
  if (json) terminal.json(shown.length === 1 ? shown[0]!.config : shown);
  return EXIT.ok;
}
