import { parse, stringify } from "@std/toml";
import { ConfigSyntaxError } from "./errors.ts";
import {
  farDate,
  illFormed,
  refuseUnsupported,
  writeChecked,
} from "./_supported.ts";
import { readLocalTimesAsUtc } from "./_local_time.ts";
import { restoreWideIntegers } from "./_wide_integer.ts";

function readToml(text: string): unknown {
  const data = parse(text.replace(/^\uFEFF/, ""));
  return readLocalTimesAsUtc(restoreWideIntegers(data, text), text);
}

/** Reads TOML 1.0; errors name line and column. */
export function parseToml(text: string, file: string): unknown {
  try {
    return readToml(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const told = error.message.match(
      /^Parse error on line (\d+), column (\d+): (.*)$/s,
    );
    if (told === null) {
      throw new ConfigSyntaxError(file, error.message, {}, { cause: error });
    }
    const position = { line: Number(told[1]), column: Number(told[2]) };
    throw new ConfigSyntaxError(file, told[3]!, position, { cause: error });
  }
}

/** Writes TOML; what would not come back as it was is refused. */
export function dumpToml(data: unknown): string {
  refuseUnsupported(data, "TOML", (value) => {
    if (value === null) return "null";
    return typeof value === "bigint"
      ? "a bigint"
      : illFormed(value) ?? farDate(value);
  });
  return writeChecked(data, "TOML", {
    write: (value) => stringify(value as Record<string, unknown>),
    parse: readToml,
  });
}
