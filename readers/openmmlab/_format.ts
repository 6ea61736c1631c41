import type { Budget } from "./_budget.ts";
import { isNumeric, numeric } from "./_compare.ts";
import { fixed, significant } from "./_digits.ts";
import { floatText, str } from "./_repr.ts";
import { charsOf } from "./_sequence.ts";
import { typeName, type Value } from "./_values.ts";
import { Fault } from "./errors.ts";

/** The format specification after the colon of a field. */
export interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

const SPEC =
  /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** The maximum width or precision of a format. */
const MAX_PLACES = 10_000;

/** Reads a width or precision. */
export function places(digits: string | undefined): number | undefined {
  if (digits === undefined || digits === "") return undefined;
  const count = Number(digits);
  if (count > MAX_PLACES) {
    throw new Fault(`the format has more than ${MAX_PLACES} places`, true);
  }
  return count;
}

/** Implements Python's `format(value, spec)`. */
export function format(value: Value, spec: string, budget: Budget): string {
  if (spec === "") return str(value);
  const match = SPEC.exec(spec);
  if (match === null) {
    throw new Fault(`${JSON.stringify(spec)} is not a valid format`);
  }
  const [
    ,
    fill,
    align,
    sign,
    ,
    alternate,
    zero,
    width,
    grouping,
    precision,
    type,
  ] = match;
  const wanted: Spec = {
    fill: fill ?? (zero === undefined ? " " : "0"),
    align: align ?? (zero === undefined ? "" : "="),
    sign: sign ?? "-",
    alternate: alternate !== undefined,
    width: places(width) ?? 0,
    grouping: grouping ?? "",
    precision: places(precision),
    type: type ?? "",
  };
  const text = formatted(value, wanted);
  budget.text(text.length);
  return text;
}

function formatted(value: Value, spec: Spec): string {
  if (typeof value === "string") {
    if (!"s".includes(spec.type)) refuse(value, spec);
    const cut = spec.precision === undefined
      ? value
      : Array.from(value).slice(0, spec.precision).join("");
    return pad("", cut, { ...spec, align: spec.align || "<" });
  }
  if (!isNumeric(value)) refuse(value, spec);
  if (typeof value === "boolean" && "s".includes(spec.type)) {
    if (spec.type === "s") refuse(value, spec);
    return formatted(value ? 1n : 0n, spec);
  }
  const number = numeric(value);
  return typeof number === "bigint" && "bcdnoxX".includes(spec.type)
    ? formatInteger(number, spec)
    : formatFloat(Number(number), spec);
}

function refuse(value: Value, spec: Spec): never {
  throw new Fault(
    `the format ${spec.type || "with a width"} cannot be applied to ${
      typeName(value)
    }`,
  );
}

const RADIX: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

function formatInteger(value: bigint, spec: Spec): string {
  if (spec.type === "c") {
    return pad("", String.fromCodePoint(Number(value)), spec);
  }
  if (spec.precision !== undefined) {
    throw new Fault("a format for an int cannot have a precision");
  }
  const size = value < 0n ? -value : value;
  const radix = RADIX[spec.type] ?? 10;
  const digits = size.toString(radix);
  const prefix = spec.alternate && radix !== 10 ? `0${spec.type}` : "";
  const text = spec.type === "X" ? digits.toUpperCase() : digits;
  const every = radix === 10 ? 3 : 4;
  const front = signOf(value < 0n, spec) + prefix;
  return pad(front, group(text, spec, every, front.length), spec);
}

/** Returns the sign to write before a number. */
export function signOf(isNegative: boolean, spec: Pick<Spec, "sign">): string {
  return isNegative ? "-" : spec.sign === "-" ? "" : spec.sign;
}

function formatFloat(value: number, spec: Spec): string {
  const isNegative = value < 0 || Object.is(value, -0);
  const text = floatDigits(Math.abs(value), spec);
  const beside = signOf(isNegative, spec).length;
  const [whole = "", ...rest] = text.split(/(?=[.e%])/i);
  const digits = /^\d/.test(text)
    ? group(whole, spec, 3, beside + rest.join("").length) + rest.join("")
    : text;
  return pad(signOf(isNegative, spec), digits, spec);
}

/** Writes the absolute value of a float in the requested notation. */
export function floatDigits(size: number, spec: Spec): string {
  const { type } = spec;
  const lower = type.toLowerCase();
  if (!["", "e", "f", "g", "n", "%"].includes(lower)) refuse(size, spec);
  if (!Number.isFinite(size)) {
    const text = Number.isNaN(size) ? "nan" : "inf";
    return (type === lower ? text : text.toUpperCase()) +
      (type === "%" ? "%" : "");
  }
  const precision = spec.precision ?? 6;
  const text = type === "" && spec.precision === undefined
    ? floatText(size)
    : lower === "f"
    ? fixed(size, precision) + (spec.alternate && precision === 0 ? "." : "")
    : type === "%"
    ? `${fixed(size * 100, precision)}%`
    : lower === "e"
    ? exponential(significant(size, precision + 1), spec.alternate ? "." : "")
    : general(size, Math.max(1, precision), type === "", spec.alternate);
  return type === lower ? text : text.toUpperCase();
}

function exponential(
  { digits, power }: { digits: string; power: number },
  tail: string,
): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : tail;
  const sign = power < 0 ? "-" : "+";
  return `${digits[0]}${fraction}e${sign}${
    String(Math.abs(power)).padStart(2, "0")
  }`;
}

/** Writes `g`: the given number of digits in the shorter notation; without a type, at least one after the point. */
function general(
  size: number,
  count: number,
  isBare: boolean,
  keepsZeros: boolean,
): string {
  const rounded = significant(size, count);
  const { digits, power } = rounded;
  const isWide = power < -4 || power >= (isBare ? count - 1 : count);
  const trim = (text: string) => keepsZeros ? text : text.replace(/0+$/, "");
  if (isWide) {
    return exponential(
      { digits: digits[0] + trim(digits.slice(1)), power },
      keepsZeros ? "." : "",
    );
  }
  const wide = power < 0 ? "0".repeat(-power) + digits : digits;
  const split = Math.max(power, 0) + 1;
  const fraction = trim(wide.slice(split));
  const tail = fraction !== ""
    ? `.${fraction}`
    : isBare
    ? ".0"
    : keepsZeros
    ? "."
    : "";
  return wide.slice(0, split) + tail;
}

/** Puts a separator between groups of digits, including the zeros of the padding. */
function group(
  digits: string,
  spec: Spec,
  every: number,
  beside = 0,
): string {
  if (spec.grouping === "") return digits;
  const pattern = new RegExp(`\\B(?=(?:\\w{${every}})+$)`, "g");
  const grouped = (text: string) => text.replaceAll(pattern, spec.grouping);
  if (spec.fill !== "0" || spec.align !== "=") return grouped(digits);
  let filled = digits;
  while (grouped(filled).length + beside < spec.width) filled = `0${filled}`;
  return grouped(filled);
}

/** Pads to the width. */
export function pad(
  sign: string,
  body: string,
  spec: Pick<Spec, "fill" | "align" | "width">,
): string {
  const missing = spec.width - charsOf(sign + body).length;
  if (missing <= 0) return sign + body;
  const fill = spec.fill.repeat(missing);
  switch (spec.align || ">") {
    case "<":
      return sign + body + fill;
    case ">":
      return fill + sign + body;
    case "=":
      return sign + fill + body;
  }
  const before = spec.fill.repeat(missing >> 1);
  return before + sign + body + spec.fill.repeat(missing - (missing >> 1));
}
