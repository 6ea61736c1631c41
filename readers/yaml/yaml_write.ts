import { stringify } from "@std/yaml";
import { spellWide } from "../_integer.ts";
import { writeSpelled } from "../_placeholders.ts";
import { spellNumber } from "../_spell_number.ts";
import { farDate, refuseUnsupported, writeChecked } from "../_supported.ts";
import { parseYaml } from "./yaml.ts";
import { tagOf11 } from "./yaml_11.ts";
import { plainTag } from "./_scalar.ts";

/** Writes YAML. Values that would not be read back unchanged are refused. */
export function dumpYaml(data: unknown, indent: number): string {
  refuseUnsupported(data, "YAML", refusal);
  return writeChecked(data, "YAML", {
    write: (value) =>
      writeSpelled(
        value,
        { value: spellValue, key: spellKey },
        (held) => stringify(held, { indent, lineWidth: -1, useAnchors: false }),
      ),
    parse: (text) => parseYaml(text, "the dump"),
  });
}

function refusal(value: unknown): string | null | undefined {
  if (value instanceof Uint8Array) return null;
  if (typeof value === "bigint" && spellWide(value) === undefined) {
    return "a bigint that would come back as a number";
  }
  return farDate(value);
}

function spellValue(value: unknown): string | undefined {
  switch (typeof value) {
    case "number":
      return spellNumber(value, { nan: ".nan", infinity: ".inf" });
    case "bigint":
      return spellWide(value);
    case "string":
      return spellText(value);
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `!!binary "${base64(value)}"`;
  return undefined;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** A key of several lines would be a block string, which few readers accept as a key. */
function spellKey(key: string): string | undefined {
  return key.includes("\n") ? quoted(key) : spellText(key);
}

function spellText(text: string): string | undefined {
  // A block string that starts with white space needs an indentation indicator, which readers disagree on.
  if (SPECIAL.test(text) || /^\s.*\n/s.test(text)) return quoted(text);
  if (!/^(?:---|\.\.\.)/.test(text) && !isAmbiguous(text)) return undefined;
  return /['\n]/.test(text) ? quoted(text) : `'${text}'`;
}

/** Tells whether this reader or PyYAML would read the unquoted string as something else. */
function isAmbiguous(text: string): boolean {
  return text !== "" && (plainTag(text) !== "str" || tagOf11(text) !== "str");
}

const SPECIAL =
  // deno-lint-ignore no-control-regex -- what is invisible, or ends a line in one version of YAML
  /[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u;

/** Writes a string in double quotes, with escapes that all versions of YAML have. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    RegExp(SPECIAL, "gu"),
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
