/**
 * What the scalars of a YAML file are: booleans as YAML 1.2 has them, numbers and timestamps as YAML
 * 1.1 does, so that PyYAML and this library read the same numbers.
 *
 * @module
 */
import { isFarDate } from "../_far_date.ts";
import { exactInteger } from "../_integer.ts";
import { readFloat, readInteger } from "./number.ts";

const NULL = /^(?:~|null|Null|NULL|)$/;
const BOOL = /^(?:true|True|TRUE|false|False|FALSE)$/;
const INTEGER =
  /^[-+]?(?:0|0b[01_]*[01]|0x[0-9A-Fa-f_]*[0-9A-Fa-f]|0[0-7_]*[0-7]|[1-9](?:[0-9_]*[0-9])?)$/;
const FLOAT =
  /^(?:[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const TIMESTAMP =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(?:Z|([-+])(\d\d?)(?::(\d\d))?))?)?$/;

/** The tags of YAML that a scalar can have. */
export type ScalarTag =
  | "null"
  | "bool"
  | "int"
  | "float"
  | "timestamp"
  | "binary"
  | "str";

/**
 * The tag of a plain scalar.
 *
 * @param text Its text.
 * @returns the tag.
 */
export function plainTag(text: string): ScalarTag {
  if (NULL.test(text)) return "null";
  if (BOOL.test(text)) return "bool";
  if (INTEGER.test(text)) return "int";
  if (FLOAT.test(text) && !text.endsWith("_")) return "float";
  return isTimestamp(text) ? "timestamp" : "str";
}

/** A date has two digits for month and day, unless a time follows. */
function isTimestamp(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) ||
    (text.includes(":") && TIMESTAMP.test(text));
}

/**
 * The value of a scalar of a tag.
 *
 * @param tag The tag's name.
 * @param text The text.
 * @returns the value; `undefined` if the text does not fit the tag, or the tag is not one of these.
 */
export function scalarValue(tag: string, text: string): unknown {
  switch (tag) {
    case "str":
      return text;
    case "null":
      return NULL.test(text) ? null : undefined;
    case "bool":
      return BOOL.test(text) ? /^t/i.test(text) : undefined;
    case "int":
      return integerValue(text);
    case "float":
      return readFloat(text);
    case "timestamp":
      return timestampValue(text);
    case "binary":
      return binaryValue(text);
    default:
      return undefined;
  }
}

function integerValue(text: string): number | bigint | undefined {
  const exact = readInteger(text);
  return exact === undefined ? undefined : exactInteger(exact);
}

function timestampValue(text: string): Date | undefined {
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7)
    .map((digits) => Number(digits ?? 0)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
  const [fraction = "", sign, offsetHour = "0", offsetMinute = "0"] = parts
    .slice(7);
  const isDay = month >= 1 && month <= 12 && day >= 1 &&
    day <= daysOf(year, month);
  const isTime = hour < 24 && minute < 60 && second < 60 &&
    Number(offsetHour) < 24 && Number(offsetMinute) < 60;
  if (!isDay || !isTime) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(
    hour,
    minute,
    second,
    Number(fraction.padEnd(3, "0").slice(0, 3)),
  );
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  const moment = new Date(date.getTime() - (sign === "-" ? -offset : offset));
  // An offset can move a date out of the years that a file can store.
  return isFarDate(moment) ? undefined : moment;
}

function daysOf(year: number, month: number): number {
  const next = new Date(0);
  next.setUTCFullYear(year, month, 0);
  return next.getUTCDate();
}

function binaryValue(text: string): Uint8Array | undefined {
  const base64 = text.replace(/\s/g, "");
  if (
    !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(
      base64,
    )
  ) {
    return undefined;
  }
  return Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
}
