/** From the facts of a module to its pieces. */
import type { ProgramPiece } from "../../internal/run_factors.ts";
import type { Resolved } from "../deep/_project.ts";
import type {
  DeclarationFacts,
  Lines,
  ModuleFacts,
  StatementFacts,
  ViewFacts,
} from "./_facts.ts";
import type { LoadedFile } from "./_load.ts";
import type { Reach } from "./_reach.ts";
import { hashText, shapeHash } from "./_hash_text.ts";
import { pathFrom } from "./_root.ts";

/**
 * Lists the pieces of a file.
 *
 * @param file The file.
 * @param reach What is used.
 * @returns the pieces, in the order of the file.
 */
export function piecesOf(file: LoadedFile, reach: Reach): ProgramPiece[] {
  const { facts } = file;
  if (facts === undefined) return [wholeFile(file, reach)];
  const views = new Views(file, facts, reach);
  const pieces = [
    ...facts.declarations.map((one) => declared(one, views, reach)),
    ...views.inline(),
    ...statements(file, facts, views, reach),
  ];
  return pieces.sort((a, b) => firstLine(a) - firstLine(b));
}

function firstLine({ lines }: ProgramPiece): number {
  return lines[0]?.[0] ?? 0;
}

function wholeFile(file: LoadedFile, reach: Reach): ProgramPiece {
  const { isData, file: { sha256, text } } = file;
  const last = text === undefined ? 1 : text.split("\n").length;
  return {
    name: "",
    kind: isData ? "data" : "file",
    hash: `ato-file-v1:${sha256}`,
    lines: [[1, last]],
    reachable: !isData || reach.hasData(file) || file.isEntry,
  };
}

function declared(
  one: DeclarationFacts,
  views: Views,
  reach: Reach,
): ProgramPiece {
  const given = views.givenTo(one);
  return {
    name: one.name,
    kind: given === undefined ? one.kind : "view",
    hash: given === undefined || given === one
      ? one.hash
      : hashText(JSON.stringify([one.hash, given.hash])),
    lines: given === undefined || given === one
      ? one.lines
      : joinLines([...one.lines, ...given.lines]),
    reachable: reach.hasPiece(one),
    ...(given === undefined && reach.hasPiece(one) && {
      shape: one.shape,
      uses: one.refs,
      ...(reach.isNamed(one) && { isNamed: true }),
    }),
  };
}

/** The views of a module that only set config values. */
class Views {
  readonly #file: LoadedFile;
  readonly #facts: ModuleFacts;
  readonly #reach: Reach;
  /** The statement, or the declaration itself, that makes a declaration a view. */
  readonly #given = new Map<string, StatementFacts | DeclarationFacts>();
  readonly #inline: StatementFacts[] = [];

  constructor(file: LoadedFile, facts: ModuleFacts, reach: Reach) {
    this.#file = file;
    this.#facts = facts;
    this.#reach = reach;
    for (const one of facts.declarations) {
      if (one.view !== undefined && this.#isView(one.view, one)) {
        this.#given.set(one.name, one);
      }
    }
    for (const one of facts.statements) {
      if (one.view === undefined || !this.#isView(one.view, one)) continue;
      if (one.view.target === undefined) this.#inline.push(one);
      else this.#given.set(one.view.target, one);
    }
  }

  /** What makes a declaration a view; `undefined` if it is none. */
  givenTo(
    one: DeclarationFacts,
  ): StatementFacts | DeclarationFacts | undefined {
    return this.#given.get(one.name);
  }

  /** Whether a statement is a view, or makes one. */
  has(statement: StatementFacts): boolean {
    return this.#inline.includes(statement) ||
      [...this.#given.values()].includes(statement);
  }

  /** The views that are written as arguments. */
  inline(): ProgramPiece[] {
    const names = new Map<string, number>();
    return this.#inline.map(({ name = "", hash, lines }) => {
      const count = (names.get(name) ?? 0) + 1;
      names.set(name, count);
      return {
        name: count === 1 ? name : `${name} ${count}`,
        kind: "view",
        hash,
        lines,
        reachable: true,
      };
    });
  }

  #isView(view: ViewFacts, by: StatementFacts | DeclarationFacts): boolean {
    const scope = this.#reach.declarationOf(this.#file, view.scope)?.scopeOf;
    if (scope === undefined || !isAto(scope)) return false;
    if ("kind" in by && this.#isUsed(by.name, by)) return false;
    if (view.target === undefined) return true;
    const target = this.#facts.declarations.find(({ name }) =>
      name === view.target
    );
    return target?.isSetter === true && !("kind" in by) &&
      !this.#isUsed(target.name, by);
  }

  /** Whether anything else than a statement refers to a declaration. */
  #isUsed(name: string, by: StatementFacts | DeclarationFacts): boolean {
    const { declarations, statements, exports } = this.#facts;
    return [...declarations, ...statements].some((one) =>
      one !== by && one.uses.includes(name)
    ) || Object.entries(exports).some(([exported, one]) =>
      "local" in one && one.local === name &&
      this.#reach.hasExport(this.#file, exported)
    );
  }
}

function isAto(specifier: string): boolean {
  return /(?:^|[:/])@ato\/ato(?:[@/]|$)/.test(specifier);
}

/** The module's other statements; there is no such piece if there are none. */
function statements(
  file: LoadedFile,
  facts: ModuleFacts,
  views: Views,
  reach: Reach,
): ProgramPiece[] {
  const others = facts.statements.filter((one) => !views.has(one));
  const order = orderOf(others);
  const imported = importsOf(file, facts, reach);
  if (order.length === 0 && imported.length === 0) return [];
  const lines = [
    ...facts.importLines,
    ...others.filter((one) => one.isPlace !== true).flatMap((one) => one.lines),
  ];
  return [{
    name: "",
    kind: "statements",
    hash: hashText(JSON.stringify([order.map(({ hash }) => hash)])),
    shape: shapeHash(JSON.stringify(order.map(({ shape }) => shape))),
    uses: order.flatMap(({ refs }) => refs),
    links: imported,
    lines: joinLines(lines),
    reachable: true,
  }];
}

/** The statements, and between them the declarations whose code runs, whose order counts. */
function orderOf(
  others: readonly StatementFacts[],
): readonly StatementFacts[] {
  const hasOrder = others.length > 1 ||
    others.some((one) => one.isPlace !== true);
  return hasOrder ? others : [];
}

/** Where names come from: modules in the order in which they run, imports and exports that are used. */
function importsOf(
  file: LoadedFile,
  facts: ModuleFacts,
  reach: Reach,
): string[] {
  const identities = new Map<string, string>();
  const identify = (specifier: string): string => {
    const known = identities.get(specifier);
    if (known !== undefined) return known;
    const target = file.targets.get(specifier);
    const identity = identityOf(target, specifier, file);
    identities.set(specifier, identity);
    return identity;
  };
  const used = new Set([
    ...facts.statements.flatMap(({ uses }) => uses),
    ...facts.declarations.filter((one) => reach.hasPiece(one))
      .flatMap(({ uses }) => uses),
  ].map((name) => name.split(".")[0]!));
  const isKept = (local: string) => facts.isDynamic || used.has(local);
  const sources = facts.links
    .filter(({ kind, isUnused }) => kind === "import" && isUnused !== true)
    .map(({ specifier, type }) =>
      type === undefined
        ? identify(specifier)
        : `${identify(specifier)} ${type}`
    );
  const names = Object.entries(facts.imports)
    .filter(([local]) => isKept(local))
    .map(([, one]) => [one.alias, identify(one.specifier), one.name]);
  const exports = Object.entries(facts.exports).flatMap(([name, one]) => {
    if (!reach.hasExport(file, name)) return [];
    if ("from" in one) {
      return [[name, identify(one.from.specifier), one.from.name]];
    }
    return one.local === name || one.isInPlace === true
      ? []
      : [[name, aliasIn(facts, one.local)]];
  });
  const bare = facts.links
    .filter(({ kind, specifier }) =>
      kind !== "import" && !/^\.{0,2}\//.test(specifier)
    )
    .map(({ specifier }) => [specifier, identify(specifier)]);
  // Each kind of link starts with a word of its own.
  return [
    ...[...new Set(sources)].map((one) => `module ${one}`),
    ...sorted(names).map((one) => `import ${one}`),
    ...sorted(exports).map((one) => `export ${one}`),
    ...facts.stars.map((one) => `star ${identify(one)}`),
    ...sorted(bare).map((one) => `names ${one}`),
  ];
}

function aliasIn({ imports }: ModuleFacts, local: string): string {
  return Object.hasOwn(imports, local) ? imports[local]!.alias : local;
}

function sorted(rows: readonly (readonly string[])[]): string[] {
  return [...new Set(rows.map((row) => JSON.stringify(row)))].sort();
}

/** What a specifier stands for; the path of a file is relative to the root, so that another checkout is the same. */
function identityOf(
  target: Resolved | undefined,
  specifier: string,
  from: LoadedFile,
): string {
  switch (target?.kind) {
    case "file":
      return pathFrom(rootOf(from), target.url);
    case "package":
      return `${target.name}${target.path}`;
    case "builtin":
      return target.name;
    case "remote":
      return target.url;
    default:
      return specifier;
  }
}

/** The root, to which the path of a file is relative. */
function rootOf({ url, path }: LoadedFile): string {
  const names = path.split("/");
  const above = names.filter((name) => name === "..").length;
  const up = names.length - 1 - above;
  // The path of a file above the root does not show what is below the root, so the folder of the file is taken.
  return new URL(up > above ? "../".repeat(up - above) : "./", url).href;
}

/** Sorts lines, and joins those that follow each other. */
function joinLines(lines: Lines): Lines {
  const joined: [number, number][] = [];
  for (const [from, to] of lines.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) {
      last[1] = Math.max(last[1], to);
    } else joined.push([from, to]);
  }
  return joined;
}
