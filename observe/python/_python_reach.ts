/** Which pieces of a Python program are used, by the names that other code names. */
import type { PythonPieceFacts } from "./_python_facts.ts";
import type { LocalModule, PythonImports } from "./_python_imports.ts";

/** Classes that note nowhere which classes extend them. */
const QUIET = new Set(
  ("object dict list set tuple str int float bytes type Exception BaseException ABC Enum IntEnum Flag StrEnum " +
    "NamedTuple TypedDict Protocol Generic Thread Process NodeVisitor NodeTransformer Module Dataset " +
    "IterableDataset Sampler BatchSampler Optimizer LRScheduler BaseEstimator TransformerMixin ClassifierMixin " +
    "RegressorMixin LightningModule LightningDataModule Env Wrapper UserDict OrderedDict defaultdict Counter")
    .split(" "),
);

/** Words by which a class learns of the classes that extend it. */
const HOOKS = new Set(["__init_subclass__", "__subclasses__"]);

/**
 * The use of pieces. It errs towards use: a piece counts if its name occurs in what is used as a name, an attribute,
 * an argument or a string; all of them do if what is used may use code that it does not name.
 */
export class PythonReach {
  readonly #pieces = new Set<PythonPieceFacts>();
  readonly #words = new Set<string>();
  readonly #byName = new Map<string, PythonPieceFacts[]>();
  readonly #members = new Map<PythonPieceFacts, PythonPieceFacts[]>();
  readonly #aliases = new Map<string, Set<string>>();
  readonly #queue: string[] = [];
  #isDynamic = false;

  /**
   * @param modules The modules of the program.
   * @param imports Their imports.
   */
  constructor(modules: readonly LocalModule[], imports: PythonImports) {
    // A program that starts no script of the project calls its modules by a way of its own.
    this.#isDynamic = !modules.some(({ names }) => names.has("__main__"));
    for (const one of modules) this.#index(one);
    for (const [local, name] of imports.aliases()) {
      const names = this.#aliases.get(local) ?? new Set();
      this.#aliases.set(local, names.add(name));
    }
    const hooks = hasHooks(modules);
    for (const one of modules) this.#start(one, hooks);
    // A list that grows, so that long chains need no stack.
    for (const word of this.#queue) this.#follow(word);
  }

  /** Whether a piece may be used. */
  has(piece: PythonPieceFacts): boolean {
    return this.#isDynamic || this.#pieces.has(piece);
  }

  #index({ facts }: LocalModule): void {
    const own = new Map(facts?.pieces.map((one) => [one.name, one]));
    for (const piece of facts?.pieces ?? []) {
      const owner = piece.owner === undefined
        ? undefined
        : own.get(piece.owner);
      if (owner === undefined) {
        this.#byName.set(piece.name, [
          ...this.#byName.get(piece.name) ?? [],
          piece,
        ]);
      } else {
        this.#members.set(owner, [...this.#members.get(owner) ?? [], piece]);
      }
    }
  }

  #start({ facts, isMain }: LocalModule, hooks: boolean): void {
    // What a module does that could not be parsed is not known.
    if (facts === undefined) return void (this.#isDynamic = true);
    if (facts.imports.some(({ dynamic }) => dynamic === true)) {
      this.#isDynamic = true;
    }
    for (const step of facts.order) {
      if (!("hash" in step) || step.main === true && !isMain) continue;
      if (step.dynamic === true) this.#isDynamic = true;
      for (const word of step.uses) this.#use(word);
    }
    for (const piece of facts.pieces) {
      if (piece.owner !== undefined) continue;
      if (piece.always === true || this.#isNoted(piece, hooks)) {
        this.#mark(piece);
      }
    }
  }

  /** Whether a class may be noted by one that it extends. */
  #isNoted({ bases = [] }: PythonPieceFacts, hooks: boolean): boolean {
    return bases.some((base) => {
      if (base === null) return true;
      if (QUIET.has(base) || /(?:Error|Exception|Warning)$/.test(base)) {
        return false;
      }
      return hooks || !this.#byName.has(base);
    });
  }

  #mark(piece: PythonPieceFacts): void {
    if (this.#pieces.has(piece)) return;
    this.#pieces.add(piece);
    if (piece.dynamic === true) this.#isDynamic = true;
    for (const word of piece.uses) this.#use(word);
    for (const member of this.#members.get(piece) ?? []) this.#mark(member);
  }

  #use(word: string): void {
    if (this.#words.has(word)) return;
    this.#words.add(word);
    this.#queue.push(word);
  }

  #follow(word: string): void {
    for (const piece of this.#byName.get(word) ?? []) this.#mark(piece);
    for (const name of this.#aliases.get(word) ?? []) this.#use(name);
  }
}

function hasHooks(modules: readonly LocalModule[]): boolean {
  return modules.some(({ facts }) =>
    facts?.pieces.some(({ name, uses }) =>
      HOOKS.has(name.split(".").at(-1)!) || uses.some((one) => HOOKS.has(one))
    )
  );
}
