import { unquote } from "./_indented.ts";
import { type Lock, type Locked, type LockQuery, splitAt } from "./lock.ts";
import { parseRange } from "./_version_range.ts";

/** An entry of `yarn.lock`. */
interface Entry {
  version: string | undefined;
  /** Where the package is from: an address (classic), or name, kind and version (berry). */
  from: string | undefined;
}

/** Reads `yarn.lock` of yarn 1 (classic) and of yarn 2 and newer (berry), which differ little. */
export function yarnLock(text: string): Lock {
  const lock = new YarnLock();
  let entry: Entry | undefined;
  for (const line of text.split(/\r?\n/)) {
    // A long key stands after a question mark, its colon on the next line.
    const keys = /^(?:\? (.*)|([^\s#:?].*):)$/.exec(line);
    if (keys !== null) {
      entry = { version: undefined, from: undefined };
      lock.add(keys[1] ?? keys[2]!, entry);
      continue;
    }
    const [, field, value] =
      /^ {2}(version|resolution|resolved):? (.*)$/.exec(line) ?? [];
    if (entry === undefined || value === undefined) continue;
    if (field === "version") entry.version = unquote(value);
    else entry.from = unquote(value);
  }
  return lock;
}

class YarnLock implements Lock {
  /** By name as it is imported, then by range as it is written, `npm:` left out. */
  readonly #entries = new Map<string, Map<string, Entry>>();

  add(keys: string, entry: Entry): void {
    // Classic quotes each key, berry all of them.
    for (const part of keys.split(/, ?/)) {
      const key = part.replaceAll('"', "");
      const [name, range] = splitAt(key) ?? [];
      if (name === undefined || range === undefined) continue;
      const known = this.#entries.get(name) ?? new Map();
      this.#entries.set(name, known.set(plainRange(range), entry));
    }
  }

  find({ alias, declared, range }: LockQuery): Locked | undefined {
    const entries = this.#entries.get(alias);
    if (entries === undefined) return undefined;
    const written = entries.get(plainRange(declared));
    if (written !== undefined) return read(written, alias, declared);
    // A `resolutions` field replaces ranges; then one entry is left.
    const all = [...new Set(entries.values())];
    const sought = parseRange(range);
    const fitting = all.filter(({ version }) =>
      version !== undefined && sought?.has(version)
    );
    return fitting.length === 1
      ? read(fitting[0]!, alias, declared)
      : undefined;
  }
}

/** Berry writes `npm:^2.0.0` where the package has `^2.0.0`; an alias keeps its `npm:`. */
function plainRange(range: string): string {
  const match = /^npm:(.*)$/.exec(range);
  return match !== null && parseRange(match[1]!) !== undefined
    ? match[1]!
    : range;
}

function read(
  { version, from }: Entry,
  alias: string,
  declared: string,
): Locked | undefined {
  if (version === undefined || from?.includes("@workspace:")) return undefined;
  const berry = from === undefined ? undefined : splitAt(from);
  if (berry !== undefined && !/^[a-z+]+:\/\//.test(from!)) {
    const [name, place] = berry;
    // A patch, a commit or an address says more than the version.
    return place === `npm:${version}`
      ? { name, version }
      : { name, version: `${version} ${place}` };
  }
  const name = /^npm:((?:@[^/]+\/)?[^@/]+)/.exec(declared)?.[1] ?? alias;
  const isRegistry = declared.startsWith("npm:") ||
    parseRange(declared) !== undefined || !/[:/]/.test(declared);
  return {
    name,
    version: isRegistry || from === undefined ? version : `${version} ${from}`,
  };
}
