import { parse, stringify } from "@std/yaml";
import { ConfigSyntaxError } from "./errors.ts";
import {
  farDate,
  illFormed,
  refuseUnsupported,
  writeChecked,
} from "./_supported.ts";
import { restoreWideIntegers } from "./_wide_integer.ts";

/** Reads YAML 1.2; errors name line and column. */
export function parseYaml(text: string, file: string): unknown {
  try {
    return restoreWideIntegers(parse(text), text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const told = error.message.match(/^(.*?) at line (\d+), column (\d+)/s);
    if (told === null) {
      throw new ConfigSyntaxError(file, error.message, {}, { cause: error });
    }
    const position = { line: Number(told[2]), column: Number(told[3]) };
    throw new ConfigSyntaxError(file, told[1]!, position, { cause: error });
  }
}

/** Writes YAML; what would not come back as it was is refused. */
export function dumpYaml(data: unknown, indent: number): string {
  refuseUnsupported(
    data,
    "YAML",
    (value) =>
      typeof value === "bigint"
        ? "a bigint"
        : illFormed(value) ?? farDate(value),
  );
  return writeChecked(data, "YAML", {
    write: (value) =>
      stringify(value, { indent, lineWidth: -1, useAnchors: false }),
    parse,
  });
}
