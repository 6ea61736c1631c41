/**
 * Deep fingerprints: `ato-deep-v1:` over a function and all that it uses, through the module graph.
 *
 * @module
 */
import { canonicaliseText } from "../_canonicalise.ts";
import { sha256HexSync } from "../digest.ts";
import {
  type AnyFunction,
  functionName,
  functionText,
} from "../function_text.ts";
import { fingerprintValue } from "../value.ts";
import { type Located, locateFunction, type Sought } from "./_locate.ts";
import { ModuleGraph } from "./_module_graph.ts";
import { Names } from "./_names_of_exports.ts";
import { Project, type Resolved, type ResolvedPackage } from "./_project.ts";
import { UnreadableSourceError } from "./_read_source.ts";
import { Walk } from "./_walk.ts";
import { withoutDeep } from "./without_deep.ts";
import type { BlindSpot, DeepRecord } from "../../internal/run_source.ts";
import type { DeepOptions } from "./options.ts";

/** The version of deep fingerprints. */
export const DEEP_VERSION = "ato-deep-v1";
/** The version of graph fingerprints. */
export const GRAPH_VERSION = "ato-graph-v1";

/** Fingerprints functions of one project; each file is read and parsed once. */
export class DeepFingerprints {
  readonly #project = new Project();
  readonly #graph = new ModuleGraph(this.#project);
  readonly #names = new Names(this.#graph);

  /**
   * Fingerprints a function with everything that it uses.
   *
   * @param fn The function.
   * @param options Its module, and what its source does not show.
   * @returns the fingerprint, or the reason why there is none.
   */
  async fingerprint(
    fn: AnyFunction,
    options: DeepOptions,
  ): Promise<DeepRecord> {
    try {
      return await this.#fingerprint(fn, options);
    } catch (error) {
      if (
        error instanceof UnreadableSourceError || error instanceof SyntaxError
      ) {
        return withoutDeep(error.message);
      }
      throw error;
    }
  }

  async #fingerprint(
    fn: AnyFunction,
    options: DeepOptions,
  ): Promise<DeepRecord> {
    const { module: url, captures = {}, includes = [] } = options;
    const urls = await this.#graph.load(url);
    const loaded = this.#graph.get(url);
    if (loaded === undefined || "blind" in loaded) {
      return withoutDeep(loaded?.blind.what ?? `${url} could not be read`);
    }
    if ("data" in loaded) return withoutDeep(`${url} is no module`);
    const located = locateFunction(loaded.module, soughtOf(fn, options.line)) ??
      this.#find(fn, urls);
    if (located === undefined) {
      return withoutDeep(
        `${
          functionName(fn) || "the function"
        } is not in the source of ${url}: it was made ` +
          "while the program ran, or the source has changed since",
      );
    }
    const root = await this.#project.rootOf(url);
    const pathOf = (one: string) =>
      one.startsWith(root) ? one.slice(root.length) : one;
    const walk = new Walk(this.#names, await hashCaptures(captures), pathOf);
    walk.start(located, functionName(fn));
    for (const included of includes) this.#include(walk, included, urls);
    const { text, ...found } = walk.finish();
    return {
      hash: `${DEEP_VERSION}:${sha256HexSync(`${DEEP_VERSION}:${text}`)}`,
      ...this.#describeGraph(urls, pathOf),
      ...found,
      blindSpots: [
        ...found.blindSpots,
        ...this.#unread(urls, pathOf),
        ...this.#unversioned(urls),
      ],
    };
  }

  /** Walks from a function that the source does not lead to. */
  #include(walk: Walk, fn: AnyFunction, urls: readonly string[]): void {
    const located = this.#find(fn, urls);
    if (located === undefined) walk.blind("not-found", functionName(fn));
    else walk.start(located, functionName(fn));
  }

  /** Looks for a function in all modules that were loaded, the nearest first. */
  #find(fn: AnyFunction, urls: readonly string[]): Located | undefined {
    const sought = soughtOf(fn);
    for (const url of urls) {
      const loaded = this.#graph.get(url);
      const located = loaded !== undefined && "module" in loaded
        ? locateFunction(loaded.module, sought)
        : undefined;
      if (located !== undefined) return located;
    }
    return undefined;
  }

  #describeGraph(
    urls: readonly string[],
    pathOf: (url: string) => string,
  ): Pick<DeepRecord, "graph" | "modules" | "packages"> {
    const modules: Record<string, string> = {};
    for (const url of urls) modules[pathOf(url)] = this.#graph.hashOf(url);
    const packages = this.#versionsOf(urls);
    const text = JSON.stringify([
      Object.values(modules).sort(),
      Object.entries(packages).sort(),
    ]);
    const hash = sha256HexSync(`${GRAPH_VERSION}:${text}`);
    return { graph: `${GRAPH_VERSION}:${hash}`, modules, packages };
  }

  /** The version of each package; all of them where there are several. */
  #versionsOf(urls: readonly string[]): Record<string, string> {
    const versions = new Map<string, Set<string>>();
    for (const { name, version } of this.#packagesOf(urls)) {
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
    }
    return Object.fromEntries(
      Array.from(versions, ([name, all]) => [name, [...all].sort().join(", ")]),
    );
  }

  /** The packages that are named in modules. */
  #packagesOf(urls: readonly string[]): ResolvedPackage[] {
    return this.#namesIn(urls).filter((one) => one.kind === "package");
  }

  /** What the names in modules stand for. */
  #namesIn(urls: readonly string[]): Resolved[] {
    return urls.flatMap((url) => {
      const loaded = this.#graph.get(url);
      if (loaded === undefined || !("module" in loaded)) return [];
      return loaded.module.specifiers.flatMap((specifier) =>
        this.#graph.resolve(specifier, url) ?? []
      );
    });
  }

  /** Packages of which two versions would look the same, and remote modules, which are not read. */
  #unversioned(urls: readonly string[]): BlindSpot[] {
    const spots = new Map<string, BlindSpot>();
    for (const one of this.#namesIn(urls)) {
      if (one.kind === "remote") {
        spots.set(one.url, { kind: "remote", what: one.url });
      } else if (one.kind === "package" && one.unknown !== undefined) {
        const what = `the version of ${one.name} is not known: ${one.unknown}`;
        spots.set(one.name, { kind: "version", what });
      }
    }
    return [...spots.values()];
  }

  /** Files that are reached, but could not be read. */
  #unread(
    urls: readonly string[],
    pathOf: (url: string) => string,
  ): BlindSpot[] {
    return urls.flatMap((url) => {
      const loaded = this.#graph.get(url);
      return loaded !== undefined && "blind" in loaded
        ? [{ kind: loaded.blind.kind, what: pathOf(url) }]
        : [];
    });
  }
}

function soughtOf(fn: AnyFunction, line?: number): Sought {
  const source = functionText(fn);
  return {
    text: canonicaliseText(source).text,
    name: functionName(fn),
    length: fn.length,
    isClass: /^class\b/.test(source),
    ...(line !== undefined && { line }),
  };
}

async function hashCaptures(
  captures: Readonly<Record<string, unknown>>,
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const [name, value] of Object.entries(captures)) {
    hashes.set(name, await fingerprintValue(value));
  }
  return hashes;
}
