import { isRecord } from "../../../internal/objects.ts";
import { type Json, recordAt, textAt } from "./_json.ts";
import type { Lock, Locked, LockQuery } from "./lock.ts";

/**
 * Reads `package-lock.json` and `npm-shrinkwrap.json`: the version that Node's resolution finds from
 * the folder of the importing package upward.
 */
export function npmLock(json: Json): Lock {
  return isRecord(json.packages)
    ? { find: (query) => findByPath(json.packages as Json, query) }
    : { find: (query) => findInTree(json, query) };
}

/** Versions 2 and 3: an entry for each folder in `node_modules`. */
function findByPath(
  packages: Json,
  { alias, importer }: LockQuery,
): Locked | undefined {
  for (let folder = importer;; folder = folder.replace(/(?:^|\/)[^/]*$/, "")) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${alias}`;
    const entry = Object.hasOwn(packages, path) ? packages[path] : undefined;
    const version = textAt(entry, "version");
    if (version !== undefined) {
      const name = textAt(entry, "name") ?? alias;
      return { name, version: withCommit(version, textAt(entry, "resolved")) };
    }
    if (folder === "") return undefined;
  }
}

/** What does not come from a registry may change under one version. */
function withCommit(version: string, resolved: string | undefined): string {
  return resolved !== undefined && /^(?:git|file:)/.test(resolved)
    ? `${version} ${resolved}`
    : version;
}

/** Version 1: a tree of dependencies. */
function findInTree(
  json: Json,
  { alias, importerName }: LockQuery,
): Locked | undefined {
  const top = recordAt(json, "dependencies");
  const own = recordAt(recordAt(top, importerName ?? ""), "dependencies");
  const text = textAt(recordAt(own, alias), "version") ??
    textAt(recordAt(top, alias), "version");
  if (text === undefined || /^(?:file|link):/.test(text)) return undefined;
  const [, name = alias, version = text] =
    /^npm:((?:@[^/]+\/)?[^@]+)@(.*)$/.exec(text) ?? [];
  return { name, version };
}
