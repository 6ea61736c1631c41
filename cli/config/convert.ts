import { statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { nearestName } from "../../internal/names.ts";
import { refuseOutput } from "../output/output_file.ts";
import { visible } from "../../internal/visible_text.ts";
import { readConfig } from "./read_config.ts";

const FORMATS = ["json", "yaml", "toml", "xyz"];

/** `ato config convert`: writes each file in another format; nothing is overwritten without `--force`. */
export async function convertFiles(
  files: readonly string[],
  { options, terminal, json }: Invocation,
): Promise<ExitCode> {
  const { to, out, force } = options;
  const format = formatOf(to, out);
  const pairs = files.map((file) => ({
    from: file,
    to: targetOf(
      file,
      format,
      typeof out === "string" ? out : undefined,
      files.length,
    ),
  }));
  refuse(pairs, force === true);
  for (const pair of pairs) {
    const config = await readConfig(pair.from);
    await config.dump(pair.to);
    if (!json) terminal.line(`${visible(pair.from)} -> ${visible(pair.to)}`);
  }
  if (json) terminal.json(pairs);
  return EXIT.ok;
}

function formatOf(to: unknown, out: unknown): string {
  const named = typeof to === "string"
    ? to.toLowerCase()
    : typeof out === "string"
    ? extname(out).slice(1)
    : undefined;
  const format = named === "yml" ? "yaml" : named;
  if (format !== undefined && FORMATS.includes(format)) return format;
  const guess = format && nearestName(format, FORMATS);
  throw new UsageError(
    `Cannot convert to ${visible(named || "nothing")}: ` +
      (guess
        ? `did you mean --to ${guess}?`
        : `give --to ${FORMATS.join(", ")}`),
  );
}

function targetOf(
  file: string,
  format: string,
  out: string | undefined,
  count: number,
): string {
  const name = `${basename(file, extname(file))}.${format}`;
  if (out === undefined) return join(dirname(file), name);
  const isFolder = statSync(out, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder) return join(out, name);
  if (count === 1) return out;
  throw new UsageError(
    `Cannot write ${count} files to ${
      visible(out)
    }: it is not a folder; create it first`,
  );
}

function refuse(
  pairs: readonly { from: string; to: string }[],
  force: boolean,
): void {
  const targets = new Set<string>();
  for (const { from, to } of pairs) {
    if (targets.has(to)) {
      throw new UsageError(
        `Cannot convert: two files would be written to ${visible(to)}`,
      );
    }
    targets.add(to);
    if (to === from) {
      throw new UsageError(
        `Cannot convert ${visible(from)}: it would be written onto itself`,
      );
    }
    refuseOutput(to, { force });
  }
}
