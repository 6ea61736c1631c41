import type { Expr, Field } from "./_syntax.ts";
import type { Raw, Source } from "./_tree.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Returns the prefix and the quotes of a string literal. */
function shellOf(text: string): { prefix: string; quote: string } {
  const [, prefix, quote] = /^([a-zA-Z]*)("""|'''|"|')/.exec(text) ??
    ["", "", ""];
  return { prefix: prefix.toLowerCase(), quote: quote! };
}

/**
 * Reads a string literal.
 *
 * @param text The literal, with its quotes.
 * @returns the string; `undefined` for bytes.
 */
export function readString(text: string): string | undefined {
  const { prefix, quote } = shellOf(text);
  if (prefix.includes("b")) return undefined;
  const inner = text.slice(prefix.length + quote.length, -quote.length);
  return unescape(inner, prefix.includes("r"));
}

function unescape(text: string, isRaw: boolean): string {
  const unix = text.replaceAll(/\r\n?/g, "\n");
  if (isRaw || !unix.includes("\\")) return unix;
  return unix.replaceAll(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/gu,
    (whole, octal, x, u, wide, other) => {
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      const hex = x ?? u ?? wide;
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      // An unknown escape stays as it is, including the backslash.
      return ESCAPES[other] ?? whole;
    },
  );
}

/**
 * Reads a formatted string literal.
 *
 * @param raw The node of the literal.
 * @param source The file.
 * @param toExpr Converts the nodes of the expressions in it.
 * @returns strings and fields, in order.
 */
export function readFormatString(
  raw: Raw,
  source: Source,
  toExpr: (raw: Raw, source: Source) => Expr,
): (string | Field)[] {
  const { prefix, quote } = shellOf(source.of(raw));
  const isRaw = prefix.includes("r");
  return pieces(
    raw.kids,
    raw.from + prefix.length + quote.length,
    raw.to - quote.length,
    source,
    toExpr,
    (text) =>
      // Doubled braces are replaced first: an escape may produce a brace, which is then a plain one.
      unescape(text.replaceAll(/\{\{|\}\}/g, (pair) => pair.charAt(0)), isRaw),
  );
}

function pieces(
  kids: readonly Raw[],
  from: number,
  to: number,
  source: Source,
  toExpr: (raw: Raw, source: Source) => Expr,
  plain: (text: string) => string,
): (string | Field)[] {
  const parts: (string | Field)[] = [];
  let at = from;
  for (const kid of kids) {
    if (kid.type !== "FormatReplacement") continue;
    if (kid.from > at) parts.push(plain(source.text.slice(at, kid.from)));
    parts.push(field(kid, source, toExpr));
    at = kid.to;
  }
  if (to > at) parts.push(plain(source.text.slice(at, to)));
  return parts;
}

function field(
  raw: Raw,
  source: Source,
  toExpr: (raw: Raw, source: Source) => Expr,
): Field {
  const value = source.child(raw.kids, 1);
  const find = (type: string) => raw.kids.find((kid) => kid.type === type);
  const selfDoc = find("FormatSelfDoc");
  const conversion = find("FormatConversion");
  const spec = find("FormatSpec");
  const label = selfDoc === undefined
    ? ""
    : source.text.slice(raw.from + 1, selfDoc.to) +
      leadingSpace(source.text.slice(selfDoc.to));
  return {
    value: toExpr(value, source),
    // `{x=}` uses repr, unless a format is given.
    conversion: conversion !== undefined
      ? source.of(conversion).slice(1)
      : selfDoc !== undefined && spec === undefined
      ? "r"
      : "",
    spec: spec === undefined
      ? undefined
      : pieces(spec.kids, spec.from + 1, spec.to, source, toExpr, (x) => x),
    label,
  };
}

function leadingSpace(text: string): string {
  return text.slice(0, text.length - text.trimStart().length);
}
