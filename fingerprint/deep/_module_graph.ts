/** The modules that can be reached from one module. */
import { canonicalNode } from "../_canonical.ts";
import { sha256HexSync } from "../digest.ts";
import { type Module, parseModule } from "./_module.ts";
import type { Project, Resolved } from "./_project.ts";
import {
  readModuleText,
  readText,
  UnreadableSourceError,
} from "./_read_source.ts";
import type { ESTree } from "meriyah";
import type { BlindSpot } from "../../internal/run_source.ts";

/** A data file that a module imports. */
export interface DataFile {
  /** Its URL. */
  readonly url: string;
  /** What it holds. */
  readonly value: unknown;
}

/** What a file turned out to be. */
export type Loaded =
  | { readonly module: Module }
  | { readonly data: DataFile }
  | { readonly blind: BlindSpot };

/** The most source text that is held at once, in characters: about ten times that in trees. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** Modules by URL, and what their names of other modules stand for. */
export class ModuleGraph {
  readonly #project: Project;
  readonly #most: number;
  #characters = 0;
  readonly #files = new Map<string, Promise<Loaded>>();
  readonly #ready = new Map<string, Loaded>();
  readonly #resolved = new Map<string, Resolved>();
  readonly #hashes = new Map<string, string>();

  /**
   * @param project Resolves names.
   * @param most The most source text to hold, in characters; files beyond it are blind spots.
   */
  constructor(project: Project, most: number = MOST_CHARACTERS) {
    this.#project = project;
    this.#most = most;
  }

  /**
   * Loads all that a module reaches, level by level.
   *
   * @param url The module's URL.
   * @returns the URLs, nearest first.
   */
  async load(url: string): Promise<string[]> {
    const reached = new Set([url]);
    for (let level = [url]; level.length > 0;) {
      const next = await Promise.all(level.map((one) => this.#targets(one)));
      level = [];
      for (const target of next.flat()) {
        if (reached.has(target)) continue;
        reached.add(target);
        level.push(target);
      }
    }
    return [...reached];
  }

  /** What a URL that was loaded turned out to be. */
  get(url: string): Loaded | undefined {
    return this.#ready.get(url);
  }

  /** What a name in a loaded module stands for. */
  resolve(specifier: string, from: string): Resolved | undefined {
    return this.#resolved.get(`${from}\n${specifier}`);
  }

  /** The hash of a whole file; comments and formatting do not count. */
  hashOf(url: string): string {
    let hash = this.#hashes.get(url);
    if (hash === undefined) {
      hash = sha256HexSync(wholeText(this.#ready.get(url)));
      this.#hashes.set(url, hash);
    }
    return hash;
  }

  /** The files of the project that a file names. */
  async #targets(url: string): Promise<string[]> {
    const loaded = await this.#read(url);
    this.#ready.set(url, loaded);
    if (!("module" in loaded)) return [];
    const targets = await Promise.all(
      loaded.module.specifiers.map(async (specifier) => {
        const resolved = await this.#project.resolve(specifier, url);
        this.#resolved.set(`${url}\n${specifier}`, resolved);
        return resolved.kind === "file" ? [resolved.url] : [];
      }),
    );
    return targets.flat();
  }

  async #readBounded(url: string): Promise<Loaded> {
    if (this.#characters > this.#most) {
      return {
        blind: {
          kind: "too-many",
          what: `${url} is beyond what is read of a project`,
        },
      };
    }
    const loaded = await readFile(url);
    if ("module" in loaded) this.#characters += loaded.module.program.end ?? 0;
    return loaded;
  }

  #read(url: string): Promise<Loaded> {
    let known = this.#files.get(url);
    if (known === undefined) {
      known = this.#readBounded(url);
      this.#files.set(url, known);
    }
    return known;
  }
}

async function readFile(url: string): Promise<Loaded> {
  try {
    if (/\.jsonc?$/.test(new URL(url).pathname)) {
      return { data: { url, value: JSON.parse(await readText(url)) } };
    }
    return { module: parseModule(url, await readModuleText(url)) };
  } catch (error) {
    if (error instanceof UnreadableSourceError) {
      return { blind: { kind: error.kind, what: error.message } };
    }
    if (error instanceof SyntaxError) {
      return { blind: { kind: "syntax", what: `${url}: ${error.message}` } };
    }
    throw error;
  }
}

/** All that a file holds, as text that formatting does not change. */
function wholeText(loaded: Loaded | undefined): string {
  if (loaded === undefined) return "missing";
  if ("blind" in loaded) return `blind:${loaded.blind.kind}`;
  if ("data" in loaded) return `data:${JSON.stringify(loaded.data.value)}`;
  const { module } = loaded;
  const surface = JSON.stringify([
    [...module.imports],
    [...module.exports],
    module.stars,
    module.specifiers,
  ]);
  return `${surface}\n${bodyText(module)}`;
}

/** The statements without their `import` and `export`, which are told apart from them. */
function bodyText(module: Module): string {
  const body = module.program.body.flatMap((statement): ESTree.Node[] => {
    switch (statement.type) {
      case "ImportDeclaration":
      case "ExportAllDeclaration":
        return [];
      case "ExportNamedDeclaration":
        return statement.declaration ? [statement.declaration] : [];
      case "ExportDefaultDeclaration":
        return [asStatement(statement.declaration)];
      default:
        return [statement];
    }
  });
  const program = { ...module.program, body } as ESTree.Program;
  try {
    return canonicalNode(program).text;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Syntax that the canonical form does not know: the file's own text has to do.
    return JSON.stringify(program, withoutPlaces);
  }
}

/** Leaves out where a node stands; bigints are no JSON. */
function withoutPlaces(key: string, value: unknown): unknown {
  if (PLACES.has(key)) return undefined;
  return typeof value === "bigint" ? `${value}n` : value;
}

const PLACES = new Set(["start", "end", "range", "loc", "raw"]);

function asStatement(node: ESTree.Node): ESTree.Node {
  const isNamed = node.type === "FunctionDeclaration" ||
    node.type === "ClassDeclaration";
  if (isNamed && node.id) return node;
  const expression = isNamed
    ? { ...node, type: node.type.replace("Declaration", "Expression") }
    : node;
  return { type: "ExpressionStatement", expression } as ESTree.Node;
}
