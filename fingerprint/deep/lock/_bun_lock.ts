import { type Json, ownAt, recordAt } from "./_json.ts";
import { type Lock, type Locked, type LockQuery, splitAt } from "./lock.ts";

/** Reads `bun.lock`: an entry for each package, nested ones below the name of who has them. */
export function bunLock(json: Json): Lock {
  const packages = recordAt(json, "packages");
  return {
    find: (query) => {
      const { alias } = query;
      const importer = importerOf(json, query);
      return read(packages, `${importer}/${alias}`) ?? read(packages, alias);
    },
  };
}

/** The name of the importing package. */
function importerOf(json: Json, { importer, importerName }: LockQuery): string {
  const workspace = recordAt(recordAt(json, "workspaces"), importer);
  const name = ownAt(workspace, "name") ?? importerName;
  return typeof name === "string" ? name : "";
}

function read(packages: Json, key: string): Locked | undefined {
  const entry = ownAt(packages, key);
  const first: unknown = Array.isArray(entry) ? entry[0] : undefined;
  const [name, version] = typeof first === "string" ? splitAt(first) ?? [] : [];
  if (name === undefined || version === undefined) return undefined;
  return /^(?:workspace|file|link|root):/.test(version)
    ? undefined
    : { name, version };
}
