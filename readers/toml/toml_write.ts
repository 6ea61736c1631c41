import { stringify } from "@std/toml";
import { spellWide } from "../_integer.ts";
import { writeSpelled } from "../_placeholders.ts";
import { spellNumber } from "../_spell_number.ts";
import {
  farDate,
  illFormed,
  refuseUnsupported,
  writeChecked,
} from "../_supported.ts";
import { parseToml } from "./toml.ts";

/** Writes TOML. Values that would not be read back unchanged are refused. */
export function dumpToml(data: unknown): string {
  refuseUnsupported(data, "TOML", refusal);
  return writeChecked(data, "TOML", {
    write: (value) =>
      writeSpelled(
        value,
        { value: spellValue, key: spellKey },
        (held) => stringify(held as Record<string, unknown>),
      ),
    parse: (text) => parseToml(text, "the dump"),
  });
}

function refusal(value: unknown): string | undefined {
  if (value === null) return "null";
  if (typeof value === "bigint" && spellWide(value) === undefined) {
    return "a bigint that would come back as a number";
  }
  return illFormed(value) ?? farDate(value);
}

function spellValue(value: unknown): string | undefined {
  switch (typeof value) {
    case "number":
      return spellNumber(value, { nan: "nan", infinity: "inf" });
    case "bigint":
      return spellWide(value);
    case "string":
      return quoted(value);
  }
  return value instanceof Date ? value.toISOString() : undefined;
}

function spellKey(key: string): string | undefined {
  return /^[A-Za-z0-9_-]+$/.test(key) && key !== "__proto__"
    ? undefined
    : quoted(key);
}

/** Writes a string in quotes. JSON leaves one control character unescaped that TOML forbids. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}
