/** What `deno.json` and `package.json` of one folder say. */
import { type Json, ownAt, recordAt, textAt } from "./lock/_json.ts";
import type { ProjectFiles } from "./_project_files.ts";

/** Names of modules, and what they stand for. */
export interface ImportMap {
  /** What relative targets are told from. */
  readonly base: string;
  readonly imports: ReadonlyMap<string, string>;
  /** Other names below some addresses, the longest one first. */
  readonly scopes: readonly (readonly [string, ReadonlyMap<string, string>])[];
}

/** A folder with a `deno.json` or a `package.json`. */
export interface Manifest {
  /** Its URL, with a slash at the end. */
  readonly folder: string;
  readonly deno: Json | undefined;
  readonly node: Json | undefined;
  readonly map: ImportMap;
  /** What the packages of `package.json` may be, by name. */
  readonly dependencies: ReadonlyMap<string, string>;
  /** The folders of a workspace, as patterns; none where it is not the root of one. */
  readonly members: readonly string[];
}

/**
 * Reads the manifest of a folder.
 *
 * @param folder The folder's URL, with a slash at the end.
 * @param files Reads files.
 * @returns it, or `undefined` where there is none.
 */
export async function readManifest(
  folder: string,
  files: ProjectFiles,
): Promise<Manifest | undefined> {
  const deno = await files.json(`${folder}deno.json`) ??
    await files.json(`${folder}deno.jsonc`);
  const node = await files.json(`${folder}package.json`);
  const pnpm = await files.text(`${folder}pnpm-workspace.yaml`);
  if (deno === undefined && node === undefined) return undefined;
  return {
    folder,
    deno,
    node,
    map: await readImportMap(folder, deno, files),
    dependencies: dependenciesOf(node),
    members: [
      ...patterns(deno?.workspace, "members"),
      ...patterns(node?.workspaces, "packages"),
      ...(typeof pnpm === "string" ? pnpmMembers(pnpm) : []),
    ],
  };
}

async function readImportMap(
  folder: string,
  deno: Json | undefined,
  files: ProjectFiles,
): Promise<ImportMap> {
  const path = textAt(deno, "importMap");
  const isOwn = path === undefined || ownAt(deno, "imports") !== undefined;
  const base = isOwn ? folder : new URL(path, folder).href;
  const json = isOwn ? deno : await files.json(base);
  const scopes = Object.entries(recordAt(json, "scopes"))
    .map(([prefix, names]) => [inScope(prefix, base), texts(names)] as const)
    .sort(([a], [b]) => b.length - a.length);
  return { base, imports: texts(ownAt(json, "imports")), scopes };
}

function inScope(prefix: string, base: string): string {
  return URL.canParse(prefix, base) ? new URL(prefix, base).href : prefix;
}

/** Returns the entries that are strings. */
function texts(value: unknown): Map<string, string> {
  const entries = Object.entries((value ?? {}) as Json);
  return new Map(
    entries.filter((entry): entry is [string, string] =>
      typeof entry[1] === "string"
    ),
  );
}

/** The first field that names a package counts. */
function dependenciesOf(node: Json | undefined): Map<string, string> {
  return new Map(
    [
      "peerDependencies",
      "optionalDependencies",
      "devDependencies",
      "dependencies",
    ].flatMap((field) => [...texts(ownAt(node, field))]),
  );
}

/** A list of patterns, or an object that holds it under a key. */
function patterns(value: unknown, key: string): string[] {
  const list = Array.isArray(value) ? value : ownAt(value, key);
  return Array.isArray(list)
    ? list.filter((one): one is string => typeof one === "string")
    : [];
}

/** The list under `packages:` of `pnpm-workspace.yaml`. */
function pnpmMembers(text: string): string[] {
  const [, block = ""] =
    /^packages:[^\n]*\n((?:[ \t]*(?:-[^\n]*|#[^\n]*)?(?:\n|$))*)/m.exec(text) ??
      [];
  return Array.from(
    block.matchAll(/^[ \t]*-[ \t]*(["']?)([^\n#"']+?)\1[ \t]*(?:#.*)?$/gm),
    ([, , pattern]) => pattern!,
  );
}

/**
 * What an import map makes of a name.
 *
 * @param map The map.
 * @param specifier The name.
 * @param from The URL of the module that names it.
 * @returns the target as it is written, or `undefined`.
 */
export function mapName(
  { imports, scopes }: ImportMap,
  specifier: string,
  from: string,
): string | undefined {
  for (const [prefix, names] of scopes) {
    const isBelow = prefix.endsWith("/")
      ? from.startsWith(prefix)
      : from === prefix;
    const target = isBelow ? mapIn(names, specifier) : undefined;
    if (target !== undefined) return target;
  }
  return mapIn(imports, specifier);
}

function mapIn(
  names: ReadonlyMap<string, string>,
  specifier: string,
): string | undefined {
  const same = names.get(specifier);
  if (same !== undefined) return same;
  const prefix = [...names.keys()]
    .filter((key) => key.endsWith("/") && specifier.startsWith(key))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix !== undefined) {
    return names.get(prefix)! + specifier.slice(prefix.length);
  }
  // `"lodash": "npm:lodash@^4"` also serves `lodash/fp`.
  const [, bare, path] = /^((?:@[^/]+\/)?[^/:]+)(\/.*)$/.exec(specifier) ?? [];
  const mapped = bare === undefined ? undefined : names.get(bare);
  return mapped === undefined || /^\.{0,2}\//.test(mapped)
    ? undefined
    : mapped + path;
}
