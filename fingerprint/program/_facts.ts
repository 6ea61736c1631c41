/** What a file says about itself: it depends on its bytes and its form alone, so it can be stored. */

/** The version of the facts: part of the key under which they are stored. */
export const FACTS_VERSION = "ato-program-facts-4";

/** A name of a module, and the module's specifier as it is written. */
export interface ImportedName {
  /** The specifier. */
  readonly specifier: string;
  /** The exported name, `default`, or `*` for the namespace. */
  readonly name: string;
  /** The name under which hashes know it: an alias of it changes nothing. */
  readonly alias: string;
}

/** A module or file that a module names. */
export interface Link {
  /** The specifier, as it is written. */
  readonly specifier: string;
  /**
   * How it is named. Of an `import`, the names are known; of the others, everything that the target exports may be
   * used, but of a `worker` nothing.
   */
  readonly kind: "import" | "dynamic" | "require" | "worker" | "url";
  /** The line, from 1. */
  readonly line: number;
  /** The `type` of its import attributes. */
  readonly type?: string;
  /** Whether no value of it is used, so that a compiler may leave it out. */
  readonly isUnused?: boolean;
}

/** Where an exported name comes from. */
export type ExportFacts =
  | {
    readonly local: string;
    /** Whether it is declared as the default: the hash of the declaration says so. */
    readonly isInPlace?: boolean;
  }
  | { readonly from: Omit<ImportedName, "alias"> };

/** Lines of a file: from, to, both from 1 and included. */
export type Lines = readonly (readonly [from: number, to: number])[];

/** A call of `observe` on a scope. */
export interface ViewFacts {
  /** The local name of the scope. */
  readonly scope: string;
  /** The name of the view's function if it is declared elsewhere in the module. */
  readonly target?: string;
}

/** The form of code apart from the names that it uses. */
export interface ShapeFacts {
  /** The hash of its canonical text without the names that it does not declare. */
  readonly shape: string;
  /** These names, in order of first encounter. */
  readonly refs: readonly string[];
}

/** A declaration, or a member of a class. */
export interface DeclarationFacts extends ShapeFacts {
  readonly name: string;
  readonly kind: "function" | "class" | "method" | "variable";
  readonly hash: string;
  readonly lines: Lines;
  /** The names of the module that it uses, `space.member` for a member of a namespace. */
  readonly uses: readonly string[];
  /** The class that it is a member of. */
  readonly owner?: string;
  /** Whether code of it runs when the module is loaded. */
  readonly runs?: boolean;
  /** Whether it is a function that only sets members of its parameter. */
  readonly isSetter?: boolean;
  /** The specifier of the module whose `Scope` or `MultiScope` it is an instance of. */
  readonly scopeOf?: string;
  /** Whether it is a view that only sets config values, if its scope is one. */
  readonly view?: ViewFacts;
}

/** A statement of a module that declares nothing, or the place of a declaration whose code runs. */
export interface StatementFacts extends ShapeFacts {
  /** The hash; the name of a declaration whose code runs. */
  readonly hash: string;
  readonly lines: Lines;
  readonly uses: readonly string[];
  /** The name of the view that it gives to a scope. */
  readonly name?: string;
  readonly view?: ViewFacts;
  /** Whether it is the place of a declaration. */
  readonly isPlace?: boolean;
}

/** What a module says about itself. */
export interface ModuleFacts {
  readonly links: readonly Link[];
  /** What cannot be followed. */
  readonly unknown: readonly { readonly line: number; readonly what: string }[];
  readonly declarations: readonly DeclarationFacts[];
  readonly statements: readonly StatementFacts[];
  /** By local name. */
  readonly imports: Readonly<Record<string, ImportedName>>;
  /** By exported name. */
  readonly exports: Readonly<Record<string, ExportFacts>>;
  /** The specifiers all of whose names are exported. */
  readonly stars: readonly string[];
  /** The lines of imports and re-exports. */
  readonly importLines: Lines;
  /** Whether it hands out its own address, by which others may import what it exports. */
  readonly isImportable: boolean;
  /** Whether code that is not known may use every name. */
  readonly isDynamic: boolean;
}

/** The facts of a file that is no module, or cannot be read as one. */
export interface OpaqueFacts {
  /** Why it could not be parsed. */
  readonly failure: string;
}

/** What is stored of a file. */
export type FileFacts = ModuleFacts | OpaqueFacts;

/** How the text of a file is read. */
export type Form = "ts" | "tsx" | "js" | "jsx" | "cjs" | "cts" | "data";

const FORMS: Readonly<Record<string, Form>> = {
  ts: "ts",
  mts: "ts",
  cts: "cts",
  tsx: "tsx",
  js: "js",
  mjs: "js",
  cjs: "cjs",
  jsx: "jsx",
};

/**
 * Tells how a file is read, by its name and by how it is imported.
 *
 * @param url Its URL.
 * @param type The `type` of the import attributes.
 */
export function formOf(url: string, type?: string): Form {
  if (type !== undefined) return "data";
  const name = new URL(url).pathname.split("/").at(-1)!;
  const dot = name.lastIndexOf(".");
  // A program without an extension is JavaScript.
  if (dot <= 0) return "js";
  return FORMS[name.slice(dot + 1).toLowerCase()] ?? "data";
}
