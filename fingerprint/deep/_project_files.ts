import { existsSync, realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { attempt } from "../../internal/attempt.ts";
import { isGranted } from "../../internal/runtime.ts";
import { isRecord } from "../../internal/objects.ts";
import type { Json } from "./lock/_json.ts";
import { readText, UnreadableSourceError } from "./_read_source.ts";

/** The largest lock file that is read, in bytes. */
const MOST_BYTES = 128 * 1024 * 1024;

/** A project's own files; each is read once. */
export class ProjectFiles {
  readonly #texts = new Map<string, Promise<string | Error | undefined>>();
  readonly #json = new Map<string, Promise<Json | undefined>>();
  readonly #links = new Map<string, string | undefined>();

  /**
   * Reads a file.
   *
   * @param url Its URL.
   * @returns its text; `undefined` where there is none; the reason where it cannot be read.
   */
  text(url: string): Promise<string | Error | undefined> {
    return remember(this.#texts, url, () => read(url));
  }

  /** The object that a JSON file holds; `undefined` where there is none. */
  json(url: string): Promise<Json | undefined> {
    return remember(this.#json, url, async () => {
      const text = await this.text(url);
      return typeof text === "string" ? parseJson(text) : undefined;
    });
  }

  /** The URLs of the files that were read and are there. */
  async found(): Promise<string[]> {
    const urls: string[] = [];
    for (const [url, text] of this.#texts) {
      if (typeof await text === "string") urls.push(url);
    }
    return urls;
  }

  /**
   * The folder that `node_modules` links a package to, if that is not in a `node_modules` itself.
   *
   * @param name The name of the package.
   * @param from The URL of a module that imports it.
   * @returns the folder's URL with a slash at the end; `undefined` if there is none.
   */
  linkTarget(name: string, from: string): string | undefined {
    const folder = new URL("./", from).href;
    const key = `${folder}\n${name}`;
    if (!this.#links.has(key)) this.#links.set(key, findLink(name, folder));
    return this.#links.get(key);
  }

  /** The names of the folders in a folder. */
  async folders(url: string): Promise<string[]> {
    const path = fileURLToPath(url);
    if (!isGranted({ name: "read", path })) return [];
    try {
      const entries = await readdir(path, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory())
        .map(({ name }) => name).sort();
    } catch {
      // A workspace may name folders that are not there.
      return [];
    }
  }
}

function findLink(name: string, folder: string): string | undefined {
  for (let at = folder;; at = new URL("../", at).href) {
    const real = realFolder(`${at}node_modules/${name}`);
    if (real !== undefined) {
      return real.includes("/node_modules/") ? undefined : real;
    }
    if (at === new URL("../", at).href) return undefined;
  }
}

/** The URL of a folder behind all links, with a slash at the end. */
function realFolder(url: string): string | undefined {
  return attempt(() => {
    const path = fileURLToPath(url);
    const isThere = isGranted({ name: "read", path }) && existsSync(path);
    return isThere ? `${pathToFileURL(realpathSync(path)).href}/` : undefined;
  });
}

/** Most of the files that may be there are not: it is faster to ask than to catch an error. */
function isMissing(url: string): boolean {
  return attempt(() => {
    const path = fileURLToPath(url);
    return isGranted({ name: "read", path }) && !existsSync(path);
  }) === true;
}

/** What was made for a key before, or is made now. */
export function remember<K, T>(
  known: Map<K, Promise<T>>,
  key: K,
  make: () => Promise<T>,
): Promise<T> {
  let found = known.get(key);
  if (found === undefined) {
    found = make();
    known.set(key, found);
  }
  return found;
}

async function read(url: string): Promise<string | Error | undefined> {
  if (url.startsWith("file:") && isMissing(url)) return undefined;
  try {
    return (await readText(url, MOST_BYTES)).replace(/^\uFEFF/, "");
  } catch (error) {
    if (!(error instanceof UnreadableSourceError)) throw error;
    return error.isMissing ? undefined : error;
  }
}

/** Parses JSON with comments and trailing commas; `undefined` if it is not an object. */
export function parseJson(text: string): Json | undefined {
  for (const form of [() => text, () => withoutComments(text)]) {
    try {
      const value: unknown = JSON.parse(form());
      return isRecord(value) ? value : undefined;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}

function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, "$1")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, "$1");
}
