import { itemAt } from "./_item_at.ts";
import { take } from "./_arguments.ts";
import type { Budget } from "./_budget.ts";
import { pad } from "./_format.ts";
import { formatText } from "./_format_text.ts";
import { asInteger, charsOf, iterate, slicePositions } from "./_sequence.ts";
import { places } from "./_format.ts";
import {
  type CallArguments,
  PyList,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

type Method = (self: string, args: CallArguments, budget: Budget) => Value;

function text(value: Value | undefined, what: string): string {
  if (typeof value === "string") return value;
  throw new Fault(
    `${what} must be a str and is ${typeName(value ?? null)}`,
  );
}

/** Creates a method without arguments. */
function plain(name: string, fn: (self: string) => Value): [string, Method] {
  return [name, (self, args) => {
    take(name, args, []);
    return fn(self);
  }];
}

function strip(name: string, front: boolean, back: boolean): [string, Method] {
  return [name, (self, args) => {
    const [given] = take(name, args, ["chars"], 0);
    const isIn = typeof given === "string"
      ? (char: string) => given.includes(char)
      : (char: string) => /\s/.test(char);
    let from = 0;
    let to = self.length;
    while (front && from < to && isIn(self.charAt(from))) from++;
    while (back && to > from && isIn(self.charAt(to - 1))) to--;
    return self.slice(from, to);
  }];
}

function test(
  name: string,
  fn: (self: string, piece: string) => boolean,
): [string, Method] {
  return [name, (self, args) => {
    const [piece] = take(name, args, ["prefix"]);
    return piece instanceof PyTuple
      ? piece.items.some((item) => fn(self, text(item, "a prefix")))
      : fn(self, text(piece, "a prefix"));
  }];
}

function justify(name: string, align: string): [string, Method] {
  return [name, (self, args, budget) => {
    const [width, fill] = take(name, args, ["width", "fillchar"], 1);
    const size = places(
      String(asInteger(width, "a width")).replace(/^-.*/, "0"),
    );
    const result = pad("", self, {
      width: size ?? 0,
      fill: fill === undefined ? " " : text(fill, "a fill"),
      align,
    });
    budget.text(result.length);
    return result;
  }];
}

function find(
  name: string,
  fromEnd: boolean,
  strict: boolean,
): [string, Method] {
  return [name, (self, args) => {
    const [piece, start, end] = take(name, args, ["sub", "start", "end"], 1);
    const chars = charsOf(self);
    const range = slicePositions(
      { start, stop: end, step: undefined },
      chars.length,
    );
    const part = range.map((at) => itemAt(chars, at)).join("");
    const wanted = text(piece, "what is looked for");
    const at = fromEnd ? part.lastIndexOf(wanted) : part.indexOf(wanted);
    if (at < 0 && strict) {
      throw new Fault(`${JSON.stringify(wanted)} is not in the string`);
    }
    const before = at < 0 ? -1 : charsOf(part.slice(0, at)).length;
    return BigInt(at < 0 ? -1 : before + (range[0] ?? 0));
  }];
}

function splitBlank(self: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = self.trimStart();
  while (rest !== "" && (limit < 0 || parts.length < limit)) {
    const end = rest.search(/\s/);
    if (end < 0) break;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  if (rest !== "") parts.push(parts.length === limit ? rest : rest.trimEnd());
  return parts;
}

function split(self: string, args: CallArguments, budget: Budget): Value {
  const [separator, most] = take("split", args, ["sep", "maxsplit"], 0);
  const limit = most === undefined ? -1 : Number(asInteger(most, "maxsplit"));
  let parts: string[];
  if (separator === undefined || separator === null) {
    parts = splitBlank(self, limit);
  } else {
    const by = text(separator, "a separator");
    if (by === "") throw new Fault("the separator is empty");
    const all = self.split(by);
    parts = limit < 0 || all.length <= limit + 1
      ? all
      : [...all.slice(0, limit), all.slice(limit).join(by)];
  }
  budget.items(parts.length);
  return new PyList(parts);
}

function splitFromEnd(
  self: string,
  args: CallArguments,
  budget: Budget,
): Value {
  const [separator, most] = take("rsplit", args, ["sep", "maxsplit"], 0);
  const by = separator ?? null;
  const all = split(
    self,
    { ...args, positional: [by], named: new Map() },
    budget,
  ) as PyList;
  const limit = most === undefined ? -1 : Number(asInteger(most, "maxsplit"));
  if (limit < 0 || all.items.length <= limit + 1) return all;
  if (by === null) throw new Fault("rsplit with a limit needs a separator");
  const cut = all.items.length - limit;
  return new PyList([
    all.items.slice(0, cut).join(by as string),
    ...all.items.slice(cut),
  ]);
}

function partition(name: string, fromEnd: boolean): [string, Method] {
  return [name, (self, args) => {
    const by = text(take(name, args, ["sep"])[0], "a separator");
    const at = fromEnd ? self.lastIndexOf(by) : self.indexOf(by);
    if (at < 0) return new PyTuple(fromEnd ? ["", "", self] : [self, "", ""]);
    return new PyTuple([self.slice(0, at), by, self.slice(at + by.length)]);
  }];
}

function replace(self: string, args: CallArguments, budget: Budget): Value {
  const [from, to, count] = take("replace", args, ["old", "new", "count"], 2);
  const old = text(from, "what is replaced");
  const by = text(to, "the replacement");
  const pieces = old === "" ? ["", ...Array.from(self), ""] : self.split(old);
  const most = count === undefined ? -1 : Number(asInteger(count, "a count"));
  const rounds = most < 0
    ? pieces.length - 1
    : Math.min(most, pieces.length - 1);
  budget.text(self.length + rounds * by.length);
  return pieces.slice(0, rounds + 1).join(by) +
    pieces.slice(rounds + 1).map((piece) => old + piece).join("");
}

function join(self: string, args: CallArguments, budget: Budget): Value {
  const [items] = take("join", args, ["iterable"]);
  const parts = iterate(items, budget).map((item) =>
    text(item, "what is joined")
  );
  budget.text(
    parts.reduce((sum, part) => sum + part.length, self.length * parts.length),
  );
  return parts.join(self);
}

function zfill(self: string, args: CallArguments, budget: Budget): Value {
  const width = asInteger(take("zfill", args, ["width"])[0], "a width");
  const size = places(width < 0n ? "0" : String(width)) ?? 0;
  budget.text(size);
  const sign = /^[-+]/.exec(self)?.[0] ?? "";
  return sign + self.slice(sign.length).padStart(size - sign.length, "0");
}

const capitalize = (self: string) =>
  self.slice(0, 1).toUpperCase() + self.slice(1).toLowerCase();

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  plain("lower", (self) => self.toLowerCase()),
  plain("upper", (self) => self.toUpperCase()),
  plain("casefold", (self) => self.toLowerCase()),
  plain("capitalize", capitalize),
  plain("title", (self) => self.replaceAll(/\p{L}+/gu, capitalize)),
  plain("isdigit", (self) => /^\d+$/.test(self)),
  plain("isnumeric", (self) => /^\p{N}+$/u.test(self)),
  plain("isalpha", (self) => /^\p{L}+$/u.test(self)),
  plain("isalnum", (self) => /^[\p{L}\p{N}]+$/u.test(self)),
  plain("isspace", (self) => /^\s+$/.test(self)),
  plain(
    "islower",
    (self) => self === self.toLowerCase() && self !== self.toUpperCase(),
  ),
  plain(
    "isupper",
    (self) => self === self.toUpperCase() && self !== self.toLowerCase(),
  ),
  plain("isidentifier", (self) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(self)),
  plain(
    "splitlines",
    (self) =>
      new PyList(
        self.replace(/(?:\r\n|\r|\n)$/, "").split(/\r\n|\r|\n/)
          .filter((line, _, all) => all.length > 1 || line !== ""),
      ),
  ),
  strip("strip", true, true),
  strip("lstrip", true, false),
  strip("rstrip", false, true),
  test("startswith", (self, piece) => self.startsWith(piece)),
  test("endswith", (self, piece) => self.endsWith(piece)),
  justify("ljust", "<"),
  justify("rjust", ">"),
  justify("center", "^"),
  find("find", false, false),
  find("rfind", true, false),
  find("index", false, true),
  find("rindex", true, true),
  partition("partition", false),
  partition("rpartition", true),
  ["split", split],
  ["rsplit", splitFromEnd],
  ["replace", replace],
  ["join", join],
  ["zfill", zfill],
  ["format", (self, args, budget) => formatText(self, args, budget)],
  ["count", (self, args) => {
    const piece = text(take("count", args, ["sub"])[0], "what is counted");
    return BigInt(
      piece === "" ? charsOf(self).length + 1 : self.split(piece).length - 1,
    );
  }],
  ["removeprefix", (self, args) => {
    const piece = text(take("removeprefix", args, ["prefix"])[0], "a prefix");
    return self.startsWith(piece) ? self.slice(piece.length) : self;
  }],
  ["removesuffix", (self, args) => {
    const piece = text(take("removesuffix", args, ["suffix"])[0], "a suffix");
    return piece !== "" && self.endsWith(piece)
      ? self.slice(0, -piece.length)
      : self;
  }],
]);

/** Returns the method of a string; `undefined` if strings have no such method. */
export function stringMethod(name: string): Method | undefined {
  return METHODS.get(name);
}
