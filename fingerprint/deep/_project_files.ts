import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
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
