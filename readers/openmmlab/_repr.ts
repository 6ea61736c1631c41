import {
  Callable,
  LazyName,
  PyDict,
  PyIterator,
  PyList,
  PyModule,
  PyRange,
  PySet,
  PyTuple,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** Writes a float as Python does: `1.0`, `1e-05`, `1e+16`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const [digits, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    const sign = power < 0 ? "-" : "+";
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const text = plainDecimal(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** Writes a float without an exponent. */
function plainDecimal(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  const [digits = "", exponent] = text.split("e");
  const places = digits.replace("-", "").replace(".", "").length - 1 -
    Number(exponent);
  return value.toFixed(places);
}

const QUOTED: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** Writes a string as Python's `repr` does. */
export function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll(
    /[\\\n\r\t'"]|[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu,
    (char) => {
      if (char === "'" || char === '"') {
        return char === quote ? `\\${char}` : char;
      }
      return QUOTED[char] ?? escapeChar(char.codePointAt(0)!);
    },
  );
  return quote + body + quote;
}

/** Writes a character as an escape: `\x07`, `\u2028`, `\U0001f600`. */
export function escapeChar(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000
    ? `\\u${hex.padStart(4, "0")}`
    : `\\U${hex.padStart(8, "0")}`;
}

/** Implements Python's `str`. */
export function str(value: Value): string {
  if (typeof value === "string") return value;
  return value instanceof LazyName ? value.name : repr(value);
}

/** Implements Python's `repr`. */
export function repr(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return floatText(value);
  if (typeof value === "string") return stringRepr(value);
  if (value instanceof PyList) return `[${value.items.map(repr).join(", ")}]`;
  if (value instanceof PyTuple) {
    const items = value.items.map(repr);
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
  }
  if (value instanceof PySet) {
    const items = [...value.map.values()].map(repr);
    return items.length === 0 ? "set()" : `{${items.join(", ")}}`;
  }
  if (value instanceof PyDict) {
    const items = [...value.map.values()].map(({ key, value }) =>
      `${repr(key)}: ${repr(value)}`
    );
    return `{${items.join(", ")}}`;
  }
  if (value instanceof PyRange) return rangeRepr(value);
  if (value instanceof LazyName) return value.name;
  if (value instanceof Callable && value.isType) {
    return `<class '${value.name}'>`;
  }
  const what = value instanceof PyIterator
    ? "an iterator"
    : value instanceof PyModule
    ? "a module"
    : "a function";
  throw new Fault(`${what} cannot be converted to a str`);
}

function rangeRepr({ start, stop, step }: PyRange): string {
  return step === 1n
    ? `range(${start}, ${stop})`
    : `range(${start}, ${stop}, ${step})`;
}
