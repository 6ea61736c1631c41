import { isRecord } from "../../../internal/objects.ts";
import { type Json, recordAt } from "./_json.ts";
import { type Lock, type Locked, type LockQuery, splitAt } from "./lock.ts";
import { parseRange } from "./_version_range.ts";

/**
 * Reads `deno.lock`, versions 2 to 5.
 *
 * Deno writes ranges in a form of its own (`npm:ms@2` for `^2.0.0`), so ranges are compared by what
 * they allow.
 */
export function denoLock(json: Json): Lock {
  return new DenoLock(json);
}

class DenoLock implements Lock {
  /** Versions by `npm:ms` and then by range. */
  readonly #specifiers = new Map<string, Map<string, string>>();
  /** All versions that are there, by `npm:ms`. */
  readonly #versions = new Map<string, Set<string>>();

  constructor(json: Json) {
    // Version 3 has all under `packages`, version 2 what is npm's under `npm`.
    const at = isRecord(json.packages) ? json.packages : json;
    for (const [key, value] of Object.entries(recordAt(at, "specifiers"))) {
      if (typeof value === "string") this.#specify(key, value);
    }
    const old = recordAt(json.npm, "specifiers");
    for (const [key, value] of Object.entries(old)) {
      if (typeof value === "string") this.#specify(`npm:${key}`, value);
    }
    for (const scheme of ["npm", "jsr"]) {
      const packages = isRecord(json.npm) && isRecord(json.npm.packages)
        ? json.npm.packages
        : recordAt(at, scheme);
      for (const key of Object.keys(packages)) this.#note(scheme, key);
    }
  }

  #specify(key: string, value: string): void {
    const [scheme, rest] = splitScheme(key);
    const [name, range] = splitAt(rest) ?? [rest, "*"];
    const version = versionIn(splitScheme(value)[1], name);
    const known = this.#specifiers.get(`${scheme}:${name}`) ?? new Map();
    this.#specifiers.set(`${scheme}:${name}`, known.set(range, version));
  }

  #note(scheme: string, key: string): void {
    const [name, version] = splitAt(key) ?? [];
    if (name === undefined || version === undefined) return;
    const known = this.#versions.get(`${scheme}:${name}`) ?? new Set();
    known.add(withoutPeers(version));
    this.#versions.set(`${scheme}:${name}`, known);
  }

  find({ scheme, name, range }: LockQuery): Locked | undefined {
    const key = `${scheme}:${name}`;
    const specifiers = this.#specifiers.get(key);
    const written = specifiers?.get(range === "" ? "*" : range);
    if (written !== undefined) return { version: written };
    const sought = parseRange(range);
    if (sought === undefined) return undefined;
    for (const [other, version] of specifiers ?? []) {
      if (parseRange(other)?.canonical === sought.canonical) return { version };
    }
    const fitting = [...this.#versions.get(key) ?? []].filter(sought.has);
    // Of several, nothing tells which one Deno takes.
    return fitting.length === 1 ? { version: fitting[0]! } : undefined;
  }
}

function splitScheme(key: string): [string, string] {
  const [, scheme = "npm", rest = key] = /^(npm|jsr):\/?(.*)$/.exec(key) ?? [];
  return [scheme, rest];
}

/** Of `2.1.3`, or of `ms@2.1.3` as versions 2 and 3 write it; without peers. */
function versionIn(text: string, name: string): string {
  return withoutPeers(
    text.startsWith(`${name}@`) ? text.slice(name.length + 1) : text,
  );
}

/** `1.2.0_react@18.2.0` is version 1.2.0. */
function withoutPeers(version: string): string {
  return version.replace(/_.*$/, "");
}
