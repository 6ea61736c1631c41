import { originsOf } from "../../adict/mod.ts";
import { EXIT, type ExitCode, type Invocation } from "../command.ts";
import { relative } from "node:path";
import process from "node:process";
import { flatten } from "../../internal/leaves.ts";
import { fit } from "../../internal/text_width.ts";
import { visible } from "../../internal/visible_text.ts";
import { valueText } from "../../internal/value_text.ts";
import { readConfig } from "./read_config.ts";
import { writeTable } from "../output/table.ts";

/** `ato config show`: prints the values of each file, one per line. */
export async function showFiles(
  files: readonly string[],
  { options, terminal, json }: Invocation,
): Promise<ExitCode> {
  const explain = options.explain === true;
  const shown: { file: string; config: unknown; origins?: unknown }[] = [];
  for (const file of files) {
    const read = await readConfig(file, {
      hydra: options.hydra === true,
      overrides: (options.override ?? []) as string[],
    });
    const config = read.toObject();
    const origins = explain ? originsOf(read) ?? {} : undefined;
    shown.push({ file, config, ...(origins && { origins }) });
    if (json) continue;
    if (files.length > 1) terminal.line(terminal.style("bold", visible(file)));
    const most = terminal.width === Infinity
      ? Infinity
      : Math.max(8, Math.floor(terminal.width / 2));
    const rows = [...flatten(config)].map(([path, value]) => [
      fit(visible(path), most),
      origins ? fit(valueText(value), Math.min(most, 40)) : valueText(value),
      ...(origins ? [placeOf(origins, path, file)] : []),
    ]);
    writeTable(
      terminal,
      ["key", "value", ...(origins ? ["set at"] : [])],
      rows,
    );
  }
  const only = shown.length === 1 && !explain ? shown[0]!.config : shown;
  if (json) terminal.json(only);
  return EXIT.ok;
}

/** The file and line that set a key, or the mapping around it; only the file if no line is known. */
function placeOf(
  origins: Readonly<
    Record<string, { file: string; line: number; word?: string }>
  >,
  path: string,
  file: string,
): string {
  for (
    let at = path;
    at !== "";
    at = at.slice(0, Math.max(0, at.lastIndexOf(".")))
  ) {
    const origin = Object.hasOwn(origins, at) ? origins[at] : undefined;
    if (origin === undefined) continue;
    if (origin.word !== undefined) return visible(origin.word);
    return visible(`${relative(process.cwd(), origin.file)}:${origin.line}`);
  }
  return visible(file);
}
