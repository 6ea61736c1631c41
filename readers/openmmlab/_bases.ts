import { rootOf } from "./_dotted.ts";
import { itemAt } from "./_item_at.ts";
import { bodiesOf } from "./_program.ts";
import type { Names } from "./_machine.ts";
import type { Place, Statement } from "./_syntax.ts";
import { PyDict, PyList, PyTuple, type Value } from "./_values.ts";
import { Fault, MmBaseError, MmConfigError } from "./errors.ts";

/** An import in `with read_base():`. */
export type FromBase = Extract<Statement, { kind: "from" }>;

/** Returns a place that stands for the whole file. */
export function placeOfFile(file: string): Place {
  return { file, line: 1, text: () => "", origin: { file, line: 1 } };
}

/** Creates the error for a base that cannot be used. */
export function baseError(
  by: Place | undefined,
  file: string,
  reason: string,
): MmBaseError {
  return by === undefined
    ? new MmBaseError(file, undefined, "", reason)
    : new MmBaseError(
      by.file,
      by.line,
      by.text(),
      `its base ${file}: ${reason}`,
    );
}

/** Joins bases into one dict; they have no key in common. */
export function joined(bases: readonly PyDict[]): PyDict {
  if (bases.length === 1) return itemAt(bases, 0);
  const all = new PyDict(true);
  for (const base of bases) {
    for (const entry of base.map.values()) all.put(entry);
  }
  return all;
}

/** Returns the paths that `_base_` names. */
export function basePaths(value: Value): string[] {
  const items = value instanceof PyList || value instanceof PyTuple
    ? value.items
    : [value];
  return items.map((item) => {
    if (typeof item === "string") return item;
    throw new Fault("_base_ must be a str or a list of strs");
  });
}

/** Throws if a base sets a key that an earlier base has set. */
export function refuseTwice(
  all: PyDict,
  base: PyDict,
  file: string,
  by: Place | undefined,
): void {
  const twice = [...base.map.values()].filter(({ key }) => all.has(key));
  if (twice.length === 0) return;
  const show = (at: Place | undefined) =>
    at === undefined ? "?" : `${at.file}:${at.line}`;
  const list = twice.map(({ key, at }) =>
    `${String(key)} (${show(all.entry(key)!.at)} and ${show(at)})`
  );
  throw new MmBaseError(
    file,
    by?.line,
    by?.text() ?? "",
    `two of its bases set the same key: ${
      list.join(", ")
    }; set it in only one of them`,
  );
}

/** Removes `_deprecation_` from a file's keys and warns with its content. */
export function warnOfDeprecation(own: PyDict, file: string): void {
  const given = own.get("_deprecation_");
  if (given === undefined) return;
  own.delete("_deprecation_");
  const part = (key: string, words: string) => {
    const found = given instanceof PyDict ? given.get(key) : undefined;
    return typeof found === "string" ? `; ${words} ${found}` : "";
  };
  console.warn(
    `The config ${file} is deprecated${part("expected", "use")}${
      part("reference", "see")
    }`,
  );
}

/** Returns the imports in `with read_base():`. */
export function basesOf(statement: Statement): FromBase[] {
  if (statement.kind !== "bases") return [];
  return statement.body.map((inner) => {
    if (inner.kind === "from" && inner.module !== "") return inner;
    throw new MmConfigError(
      inner.at.file,
      inner.at.line,
      inner.at.text(),
      "with read_base() must contain only `from .module import …`",
    );
  });
}

/** Returns the names that imports bind, except imports of bases: these names are not keys of the config. */
export function importedNames(statements: readonly Statement[]): Set<string> {
  const found = new Set<string>();
  for (const statement of statements) {
    if (statement.kind === "import") {
      for (const { name, alias } of statement.names) {
        found.add(alias ?? rootOf(name));
      }
    } else if (statement.kind === "from") {
      for (const { name, alias } of statement.names) found.add(alias ?? name);
    } else if (statement.kind !== "bases") {
      for (const name of importedNames(bodiesOf(statement))) found.add(name);
    }
  }
  return found;
}

/** Binds the names that an import takes from a base. */
export function takeNames(
  { names: wanted, at }: FromBase,
  base: PyDict,
  names: Names,
  taken: Map<string, Place | undefined>,
): void {
  for (const { name, alias } of wanted) {
    const entries = name === "*" ? [...base.map.values()] : [base.entry(name)];
    for (const entry of entries) {
      if (entry === undefined) {
        throw new MmBaseError(
          at.file,
          at.line,
          at.text(),
          `the base has no ${name}`,
        );
      }
      const own = alias ?? String(entry.key);
      names.own.set(own, entry.value);
      taken.set(own, entry.at);
    }
  }
}
