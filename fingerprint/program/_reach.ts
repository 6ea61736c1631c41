/** Which pieces of a program are used: from the statements of all modules, which run, through names. */
import type { DeclarationFacts } from "./_facts.ts";
import type { LoadedFile, LoadedProgram } from "./_load.ts";

/** What a name stands for. */
type Target =
  | {
    readonly kind: "piece";
    readonly file: LoadedFile;
    readonly piece: DeclarationFacts;
  }
  | { readonly kind: "all"; readonly file: LoadedFile };

/** Names of one module, for look-ups. */
interface Index {
  readonly pieces: ReadonlyMap<string, DeclarationFacts>;
  readonly members: ReadonlyMap<string, readonly DeclarationFacts[]>;
}

/** The use of pieces, exports and data. */
export class Reach {
  readonly #program: LoadedProgram;
  readonly #indexes = new Map<LoadedFile, Index>();
  readonly #pieces = new Set<DeclarationFacts>();
  /** Declarations whose names are written where they cannot be told from other text. */
  readonly #named = new Set<DeclarationFacts>();
  readonly #data = new Set<LoadedFile>();
  readonly #exports = new Map<LoadedFile, Set<string>>();
  readonly #queue: (() => void)[] = [];

  constructor(program: LoadedProgram) {
    this.#program = program;
    const [entry] = program.files.values();
    if (entry !== undefined) this.#startEntry(entry);
    for (const file of program.files.values()) this.#start(file);
    for (const work of this.#queue) work();
  }

  /** Whether a declaration is used. */
  hasPiece(piece: DeclarationFacts): boolean {
    return this.#pieces.has(piece);
  }

  /** Whether something may use a declaration by a name that is no reference: a member, a string. */
  isNamed(piece: DeclarationFacts): boolean {
    return this.#named.has(piece);
  }

  /** Whether a data file is used. */
  hasData(file: LoadedFile): boolean {
    return this.#data.has(file);
  }

  /** Whether some module uses an exported name. */
  hasExport(file: LoadedFile, name: string): boolean {
    return this.#exports.get(file)?.has(name) === true;
  }

  /** The declaration that a name of a module stands for, through imports. */
  declarationOf(
    file: LoadedFile,
    name: string,
  ): DeclarationFacts | undefined {
    const target = this.#resolve(file, name, new Set());
    return target?.kind === "piece" ? target.piece : undefined;
  }

  /** Some runtimes call what the entry exports as its default. */
  #startEntry(entry: LoadedFile): void {
    const target = this.#exported(entry, "default", new Set(), true);
    if (target === undefined) return;
    if (target.kind === "piece") this.#named.add(target.piece);
    this.#use(target);
  }

  #start(file: LoadedFile): void {
    const { facts } = file;
    if (facts === undefined) return;
    for (const { uses } of facts.statements) this.#useAll(file, uses);
    for (const piece of facts.declarations) {
      if (facts.isDynamic) this.#named.add(piece);
      if (piece.runs === true || facts.isDynamic) this.#mark(file, piece);
    }
    for (const { kind, specifier } of facts.links) {
      if (kind === "import" || kind === "worker") continue;
      const target = this.#fileOf(file, specifier);
      if (target !== undefined) this.#use({ kind: "all", file: target });
    }
    if (facts.isImportable || file.isLoaded) this.#use({ kind: "all", file });
    if (!facts.isDynamic) return;
    for (const name of Object.keys(facts.imports)) {
      this.#useAll(file, [name]);
      const target = this.declarationOf(file, name);
      if (target !== undefined) this.#named.add(target);
    }
  }

  #useAll(file: LoadedFile, names: readonly string[]): void {
    for (const name of names) {
      const target = this.#resolve(file, name, new Set(), true);
      if (target === undefined) continue;
      if (name.includes(".") && target.kind === "piece") {
        this.#named.add(target.piece);
      }
      this.#use(target);
    }
  }

  #use(target: Target): void {
    if (target.kind === "piece") this.#mark(target.file, target.piece);
    else this.#everything(target.file, new Set());
  }

  #mark(file: LoadedFile, piece: DeclarationFacts): void {
    if (this.#pieces.has(piece)) return;
    this.#pieces.add(piece);
    // Later, so that long chains need no stack.
    this.#queue.push(() => {
      this.#useAll(file, piece.uses);
      const { pieces, members } = this.#indexOf(file);
      const owner = piece.owner === undefined
        ? undefined
        : pieces.get(piece.owner);
      if (owner !== undefined) this.#mark(file, owner);
      for (const one of members.get(piece.name) ?? []) this.#mark(file, one);
    });
  }

  /** A module whose names may all be used. */
  #everything(file: LoadedFile, seen: Set<LoadedFile>): void {
    if (seen.has(file)) return;
    seen.add(file);
    if (file.facts === undefined) return void this.#data.add(file);
    for (const name of Object.keys(file.facts.exports)) {
      const target = this.#exported(file, name, new Set(), true);
      if (target === undefined) continue;
      if (target.kind === "piece") this.#named.add(target.piece);
      this.#use(target);
    }
    for (const specifier of file.facts.stars) {
      const from = this.#fileOf(file, specifier);
      if (from !== undefined) this.#everything(from, seen);
    }
  }

  #resolve(
    file: LoadedFile,
    used: string,
    seen: Set<string>,
    marks = false,
  ): Target | undefined {
    const [name = "", member] = used.split(".");
    const piece = this.#indexOf(file).pieces.get(name);
    if (piece !== undefined) return { kind: "piece", file, piece };
    const imports = file.facts?.imports ?? {};
    if (!Object.hasOwn(imports, name)) return undefined;
    const { specifier, name: exported } = imports[name]!;
    const from = this.#fileOf(file, specifier);
    if (from === undefined) return undefined;
    return exported === "*" && member === undefined
      ? { kind: "all", file: from }
      : this.#exported(from, member ?? exported, seen, marks);
  }

  #exported(
    file: LoadedFile,
    name: string,
    seen: Set<string>,
    marks: boolean,
  ): Target | undefined {
    const key = `${file.url}\n${name}`;
    // Modules may export each other's names in a circle.
    if (seen.has(key)) return undefined;
    seen.add(key);
    if (file.facts === undefined) return { kind: "all", file };
    const { exports, stars } = file.facts;
    const own = Object.hasOwn(exports, name) ? exports[name]! : undefined;
    if (own !== undefined) {
      if (marks) this.#useExport(file, name);
      if ("local" in own) return this.#resolve(file, own.local, seen, marks);
      const from = this.#fileOf(file, own.from.specifier);
      if (from === undefined) return undefined;
      return own.from.name === "*"
        ? { kind: "all", file: from }
        : this.#exported(from, own.from.name, seen, marks);
    }
    for (const specifier of name === "default" ? [] : stars) {
      const from = this.#fileOf(file, specifier);
      const target = from && this.#exported(from, name, seen, marks);
      if (target !== undefined) return target;
    }
    return undefined;
  }

  #useExport(file: LoadedFile, name: string): void {
    const known = this.#exports.get(file);
    if (known === undefined) this.#exports.set(file, new Set([name]));
    else known.add(name);
  }

  #fileOf(file: LoadedFile, specifier: string): LoadedFile | undefined {
    const target = file.targets.get(specifier);
    return target?.kind === "file"
      ? this.#program.files.get(target.url)
      : undefined;
  }

  #indexOf(file: LoadedFile): Index {
    let index = this.#indexes.get(file);
    if (index === undefined) {
      index = indexOf(file.facts?.declarations ?? []);
      this.#indexes.set(file, index);
    }
    return index;
  }
}

function indexOf(pieces: readonly DeclarationFacts[]): Index {
  const members = new Map<string, DeclarationFacts[]>();
  for (const one of pieces) {
    if (one.owner === undefined) continue;
    members.set(one.owner, [...members.get(one.owner) ?? [], one]);
  }
  return { pieces: new Map(pieces.map((one) => [one.name, one])), members };
}
