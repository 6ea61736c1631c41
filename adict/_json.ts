import { ConfigSyntaxError } from "./errors.ts";
import { findJsonFault } from "./_json_fault.ts";
import { refuseUnsupported } from "./_supported.ts";

/** Reads JSON; errors name line and column. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigSyntaxError(
      file,
      reasonOf(error),
      positionOf(text),
      { cause: error },
    );
  }
}

function reasonOf(error: SyntaxError): string {
  return error.message.replace(
    /(?:, (?:\.\.\.)?"[^]*| in JSON at position [^]*)$/,
    "",
  );
}

function positionOf(text: string): { line: number; column: number } {
  const before = text.slice(0, findJsonFault(text)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Writes JSON; what JSON would lose is refused. */
export function dumpJson(data: unknown, indent: number): string {
  refuseUnsupported(data, "JSON", (value) => {
    if (typeof value === "number" && !Number.isFinite(value)) {
      return String(value);
    }
    if (typeof value === "bigint") return "a bigint";
    if (value instanceof Date) return "a date";
    return undefined;
  });
  return JSON.stringify(data, keepNegativeZero, indent) + "\n";
}

interface RawJson {
  rawJSON(text: string): unknown;
}

/** `JSON.parse` knows -0, `JSON.stringify` drops its sign. */
function keepNegativeZero(_key: string, value: unknown): unknown {
  return Object.is(value, -0)
    ? (JSON as unknown as RawJson).rawJSON("-0")
    : value;
}

/** Reads JSON lines: one value a line, empty lines left out. */
export function parseJsonLines(text: string, file: string): unknown[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [parseJson(line, file)];
    } catch (error) {
      if (!(error instanceof ConfigSyntaxError)) throw error;
      const position = {
        line: i + 1,
        ...(error.column && { column: error.column }),
      };
      throw new ConfigSyntaxError(
        file,
        reasonOf(error.cause as SyntaxError),
        position,
        {
          cause: error.cause,
        },
      );
    }
  });
}
