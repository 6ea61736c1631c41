import { ConfigSyntaxError } from "../errors.ts";
import { MAX_DEPTH, TOO_DEEP } from "../../internal/limits.ts";
import { findJsonDepth } from "./_depth.ts";
import { findJsonFault } from "./_fault.ts";
import { refuseUnsupported } from "../_supported.ts";
import { wideJsonInteger } from "../_integer.ts";

/** Reads JSON. Errors have the line and column. */
export function parseJson(text: string, file: string): unknown {
  const deep = findJsonDepth(text, MAX_DEPTH);
  if (deep !== undefined) {
    throw new ConfigSyntaxError(file, TOO_DEEP, positionOf(text, deep));
  }
  try {
    const json = text.replace(/^\uFEFF/, "");
    // A reviver is several times slower, and only long runs of digits need one.
    return /\d{16}/.test(json) ? parseExactly(json) : JSON.parse(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigSyntaxError(
      file,
      reasonOf(error),
      positionOf(text, findJsonFault(text)),
      { cause: error },
    );
  }
}

/** Like `JSON.parse`, but integers that a number would round are bigints. */
function parseExactly(json: string): unknown {
  // The type library does not know the third argument yet; all runtimes do.
  const revive = (
    _key: string,
    value: unknown,
    context?: { source?: string },
  ) => {
    const digits = context?.source;
    if (typeof value !== "number" || digits === undefined) return value;
    return /^-?\d+$/.test(digits) ? wideJsonInteger(digits) ?? value : value;
  };
  return JSON.parse(json, revive);
}

function reasonOf(error: SyntaxError): string {
  return error.message.replace(
    /(?:, (?:\.\.\.)?"[^]*| in JSON at position [^]*)$/,
    "",
  );
}

function positionOf(
  text: string,
  offset: number,
): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Writes JSON. Values that JSON would lose are refused. */
export function dumpJson(data: unknown, indent: number): string {
  refuseUnsupported(data, "JSON", (value) => {
    if (typeof value === "number" && !Number.isFinite(value)) {
      return String(value);
    }
    // Bigints that are read back as bigints are fine.
    if (
      typeof value === "bigint" && wideJsonInteger(String(value)) === undefined
    ) {
      return "a bigint";
    }
    if (value instanceof Date) return "a date";
    return undefined;
  });
  return JSON.stringify(data, spellExactly, indent) + "\n";
}

interface RawJson {
  rawJSON(text: string): unknown;
}

/** `JSON.parse` reads -0, but `JSON.stringify` drops its sign, and throws for a bigint. */
function spellExactly(_key: string, value: unknown): unknown {
  if (!Object.is(value, -0) && typeof value !== "bigint") return value;
  const text = typeof value === "bigint" ? String(value) : "-0";
  return (JSON as unknown as RawJson).rawJSON(text);
}

/** Reads JSON lines: one value per line; empty lines are skipped. */
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
        error.cause instanceof SyntaxError ? reasonOf(error.cause) : TOO_DEEP,
        position,
        {
          cause: error.cause,
        },
      );
    }
  });
}
