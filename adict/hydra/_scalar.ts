/**
 * The types of plain scalars as PyYAML with OmegaConf's loader gives them: YAML 1.1 without dates, and with
 * floats such as `1e-3`.
 *
 * @module
 */
import { integer } from "../resolve/_grammar.ts";
import { Float } from "../resolve/_tree.ts";

const BOOL =
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const OMEGACONF_FLOAT =
  /^(?:[-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)|\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INT =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;

/** The tag of a plain scalar without one. */
export function tagOf(
  text: string,
): "bool" | "float" | "int" | "null" | "merge" | "value" | "str" {
  if (BOOL.test(text)) return "bool";
  if (FLOAT.test(text)) return "float";
  if (INT.test(text)) return "int";
  if (text === "<<") return "merge";
  if (NULL.test(text)) return "null";
  if (text === "=") return "value";
  return OMEGACONF_FLOAT.test(text) ? "float" : "str";
}

/** The value of a scalar with a tag; `undefined` if the text is none of its type. */
export function scalarOf(tag: string, text: string): unknown {
  switch (tag) {
    case "str":
      return text;
    case "null":
      return null;
    case "bool":
      return BOOLEANS.get(text.toLowerCase());
    case "int":
      return intOf(text);
    case "float":
      return floatOf(text);
    default:
      return undefined;
  }
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["true", true],
  ["on", true],
  ["no", false],
  ["false", false],
  ["off", false],
]);

function intOf(text: string): number | bigint | undefined {
  const [, sign, size] = /^([-+]?)(.*)$/s.exec(text.replaceAll("_", ""))!;
  const digits = /^0[0-7]+$/.test(size!)
    ? `0o${size!.slice(1)}`
    : size!.includes(":")
    ? sexagesimal(size!, BigInt)
    : size!;
  if (!/^(?:0b[01]+|0o[0-7]+|0x[0-9a-f]+|[0-9]+)$/i.test(String(digits))) {
    return undefined;
  }
  return integer(`${sign === "-" ? "-" : ""}${BigInt(digits)}`);
}

function sexagesimal(text: string, read: (part: string) => bigint): string {
  return String(
    text.split(":").reduce((sum, part) => sum * 60n + read(part), 0n),
  );
}

function floatOf(text: string): Float | undefined {
  const plain = text.replaceAll("_", "").toLowerCase();
  const [, sign, size] = /^([-+]?)(.*)$/s.exec(plain)!;
  const value = size === ".inf" || size === "inf"
    ? Infinity
    : size === ".nan" || size === "nan"
    ? NaN
    : size!.includes(":")
    ? size!.split(":").reduceRight(
      ({ sum, base }, part) => ({
        sum: sum + Number(part) * base,
        base: base * 60,
      }),
      { sum: 0, base: 1 },
    ).sum
    : /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/.test(size!)
    ? Number(size)
    : undefined;
  return value === undefined
    ? undefined
    : new Float(sign === "-" ? -value : value);
}
