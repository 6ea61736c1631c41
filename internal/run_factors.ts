/**
 * What decided a run's result, as the rooms exchange it: factors, how completely they were recorded, and
 * the program.
 *
 * `fingerprint` takes snapshots of programs, `tracker` stores snapshots and factors, and `why` reasons over
 * them. The rooms share this contract and not each other's files.
 *
 * @module
 */

/**
 * The kinds of factors. A factor's id starts with its kind: `config:model.depth`, `code:src/loss.ts#mse`,
 * `package:npm:ms`, `input:data/train.csv`, `env:LR_BOOST`, `environment:runtime`. `seed` and `command` are
 * ids of their own.
 */
export type FactorKind =
  | "config"
  | "code"
  | "package"
  | "input"
  | "env"
  | "environment"
  | "seed"
  | "command";

/** The parts of a run's record whose completeness is stated separately. */
export type Dimension = "config" | "code" | "inputs" | "environment";

/** The dimensions, in the order in which they are shown. */
export const DIMENSIONS: readonly Dimension[] = [
  "config",
  "code",
  "inputs",
  "environment",
];

/** The dimension of each kind of factor. */
export const DIMENSION_OF: Readonly<Record<FactorKind, Dimension>> = {
  config: "config",
  seed: "config",
  command: "config",
  code: "code",
  package: "code",
  input: "inputs",
  env: "inputs",
  environment: "environment",
};

/**
 * How completely a dimension was recorded. A factor that is missing in a dimension that is not `full` is
 * unknown, not absent.
 */
export interface Coverage {
  /** `none` if nothing of the dimension was recorded. */
  readonly level: "full" | "partial" | "none";
  /** What is missing, one phrase each, e.g. `src/a.ts: changed since the process started`. */
  readonly missing: readonly string[];
}

/** Returns the kind of a factor from its id. */
export function kindOfFactor(id: string): FactorKind {
  const end = id.indexOf(":");
  return (end < 0 ? id : id.slice(0, end)) as FactorKind;
}

/**
 * Takes the id of a piece of code apart. The name of a private member has a `#`, too, so the first one counts.
 *
 * @param id E.g. `code:src/model.ts#Mlp.#weights`.
 * @returns the path of the module, and the name of the piece; the name is empty for the module's statements.
 */
export function splitCodeId(id: string): [path: string, name: string] {
  const rest = id.slice("code:".length);
  const at = rest.indexOf("#");
  return at < 0 ? [rest, ""] : [rest.slice(0, at), rest.slice(at + 1)];
}

/** Counts the modules of which there is code among the ids of factors. */
export function countModules(ids: Iterable<string>): number {
  const paths = new Set<string>();
  for (const id of ids) {
    if (kindOfFactor(id) === "code") paths.add(splitCodeId(id)[0]);
  }
  return paths.size;
}

/** A declaration of a module, or its other statements. */
export interface ProgramPiece {
  /**
   * The name: `crossEntropy`, `Mlp.learn` for a method, getter or field of a class, `default` for an unnamed
   * default export, `""` for the module's other statements.
   */
  readonly name: string;
  /**
   * Its kind. `view` is a function given to `scope.observe` that only sets config values: an edit of it is
   * explained by the config. `data` is a JSON or text file; `file` is a module that could not be parsed.
   */
  readonly kind:
    | "function"
    | "class"
    | "method"
    | "variable"
    | "statements"
    | "view"
    | "data"
    | "file";
  /**
   * Its canonical hash (`ato-code-v1:…`, of Python `ato-pyast-v1:…`); `ato-file-v1:…` (SHA-256 of the bytes) for `data`
   * and `file`.
   */
  readonly hash: string;
  /**
   * For statements: where the module's names come from, and the modules that it runs, one phrase each. Files are
   * named by their paths, so that code that was moved or renamed can be paired.
   */
  readonly links?: readonly string[];
  /**
   * A hash of the canonical code in which the names that it does not declare are numbers; absent for what is not used,
   * and in snapshots of earlier versions. Code of one shape that uses the same things differs in names alone.
   */
  readonly shape?: string;
  /** The names that it does not declare, in order of first encounter, as `links` and hashes know them. */
  readonly uses?: readonly string[];
  /** Whether code may find it by a name that is no reference: a member of a namespace, a string. */
  readonly isNamed?: boolean;
  /** Its lines in the file: from, to, both from 1 and included; several pairs for statements. */
  readonly lines: readonly (readonly [from: number, to: number])[];
  /** Whether the entry script reaches it; nothing is known to use an unreachable piece. */
  readonly reachable: boolean;
}

/** A local module (or data file) that a program reaches. */
export interface ProgramModule {
  /** Its path from the project's root, with slashes; `../` leads out of the root. */
  readonly path: string;
  /** The SHA-256 of its bytes, in hex. */
  readonly sha256: string;
  /** Its pieces, in the order of the file. */
  readonly pieces: readonly ProgramPiece[];
}

/** A program: its entry script and every local module that it reaches. */
export interface ProgramSnapshot {
  /** The project's root, an absolute path. It is not part of the identity of the program. */
  readonly root: string;
  /** The path of the entry script from the root. */
  readonly entry: string;
  /** The modules, the entry first, then sorted by path. */
  readonly modules: readonly ProgramModule[];
  /** The version of each package that the modules import, e.g. `npm:ms` at `2.1.3`. */
  readonly packages: Readonly<Record<string, string>>;
  /** Manifests and lock files: what a mirror of the program needs besides its modules. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** The raw text of files by SHA-256; files beyond the limit are left out. */
  readonly texts: ReadonlyMap<string, string>;
  /** How completely the code was recorded. */
  readonly coverage: Coverage;
}

/**
 * What parsing a file gave, as JSON text. It depends on the bytes, the form (`ts`, `tsx`, `js`, `json` …) and the
 * version of the parser's facts alone, so that a file of the same bytes need not be parsed again.
 */
export interface ParseCache {
  /** Returns the stored facts of a file, by the key that {@linkcode ParseCache.set} got. */
  get(key: string): string | undefined;
  /** Stores the facts of a file. */
  set(key: string, facts: string): void;
}
