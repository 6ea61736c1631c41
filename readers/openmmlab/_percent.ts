import type { Budget } from "./_budget.ts";
import { isNumeric, numeric } from "./_compare.ts";
import { floatDigits, pad, places, signOf, type Spec } from "./_format.ts";
import { escapeChar, repr, str } from "./_repr.ts";
import { asInteger } from "./_sequence.ts";
import { PyDict, PyTuple, typeName, type Value } from "./_values.ts";
import { Fault } from "./errors.ts";

const FIELD =
  /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?([a-zA-Z%]|$)/g;

/** Implements Python's `text % value`. */
export function percentFormat(
  text: string,
  value: Value,
  budget: Budget,
): string {
  const given = value instanceof PyTuple ? value.items : [value];
  let used = 0;
  let named = false;
  const next = () => {
    if (used >= given.length) throw new Fault("too few values for the format");
    return given[used++]!;
  };
  const count = (digits: string | undefined) =>
    digits === "*"
      ? places(String(asInteger(next(), "a width")))
      : places(digits);
  const result = text.replaceAll(
    FIELD,
    (_, name, flags, width, precision, type) => {
      if (type === "%") return "%";
      const size = count(width);
      const digits = precision === undefined
        ? undefined
        : count(precision) ?? 0;
      if (name !== undefined) named = true;
      const item = name === undefined ? next() : itemOf(value, name);
      return field(item, flags, size ?? 0, digits, type);
    },
  );
  if (!named && used < given.length && !(value instanceof PyDict)) {
    throw new Fault("too many values for the format");
  }
  budget.text(result.length);
  return result;
}

function itemOf(value: Value, name: string): Value {
  if (!(value instanceof PyDict)) {
    throw new Fault("a format with names needs a dict");
  }
  const item = value.get(name);
  if (item === undefined) throw new Fault(`the dict has no ${name}`);
  return item;
}

function field(
  value: Value,
  flags: string,
  width: number,
  precision: number | undefined,
  type: string,
): string {
  const isLeft = flags.includes("-");
  const isText = "sra".includes(type) || type === "c";
  const spec: Spec = {
    fill: flags.includes("0") && !isLeft && !isText ? "0" : " ",
    align: isLeft ? "<" : flags.includes("0") && !isText ? "=" : ">",
    sign: flags.includes("+") ? "+" : flags.includes(" ") ? " " : "-",
    alternate: flags.includes("#"),
    width,
    grouping: "",
    precision,
    type,
  };
  if (!isText || type === "") return numberField(value, spec);
  const text = textOf(value, type);
  return pad("", Array.from(text).slice(0, precision).join(""), spec);
}

/** Writes a value for `%s`, `%c`, `%a` or `%r`. */
function textOf(value: Value, type: string): string {
  if (type === "a") return ascii(value);
  if (type === "r") return repr(value);
  return type === "c" && typeof value === "bigint"
    ? String.fromCodePoint(Number(value))
    : str(value);
}

function numberField(value: Value, spec: Spec): string {
  const { type } = spec;
  if (!isNumeric(value)) {
    throw new Fault(`%${type} needs a number and gets ${typeName(value)}`);
  }
  const number = numeric(value);
  if ("diu".includes(type)) {
    return integer(
      typeof number === "bigint" ? number : BigInt(Math.trunc(number)),
      spec,
      10,
    );
  }
  if ("xXo".includes(type) && typeof number === "bigint") {
    return integer(number, spec, type === "o" ? 8 : 16);
  }
  if (!"eEfFgG".includes(type) || type === "") {
    throw new Fault(`%${type} is not a format for ${typeName(value)}`);
  }
  const float = Number(number);
  const isNegative = float < 0 || Object.is(float, -0);
  return pad(
    signOf(isNegative, spec),
    floatDigits(Math.abs(float), spec),
    spec,
  );
}

function integer(value: bigint, spec: Spec, radix: number): string {
  const digits = (value < 0n ? -value : value).toString(radix)
    .padStart(spec.precision ?? 0, "0");
  const prefix = spec.alternate && radix !== 10 ? `0${spec.type}` : "";
  const text = spec.type === "X" ? digits.toUpperCase() : digits;
  return pad(signOf(value < 0n, spec) + prefix, text, spec);
}

/** Implements Python's `ascii`. */
export function ascii(value: Value): string {
  return repr(value).replaceAll(
    /[\u0080-\u{10ffff}]/gu,
    (char) => escapeChar(char.codePointAt(0)!),
  );
}
