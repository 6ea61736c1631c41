/**
 * What a project's own files say about module names: import maps, workspaces, lock files, installed
 * packages.
 *
 * The same files are asked in the same order under every runtime, so that the same project gives
 * the same fingerprints there.
 */
import { isBuiltin } from "node:module";
import { recordAt, textAt } from "./lock/_json.ts";
import type { Locked, LockQuery } from "./lock/lock.ts";
import { parseRange } from "./lock/_version_range.ts";
import { type LockFile, readLocks } from "./_locks.ts";
import { type Manifest, mapName, readManifest } from "./_manifest.ts";
import { ProjectFiles, remember } from "./_project_files.ts";
import {
  byPattern,
  exportedFile,
  isMember,
  memberFolders,
  packageName,
  packageVersion,
} from "./_workspace.ts";

/** What a module's name stands for. */
export type Resolved =
  | { readonly kind: "file"; readonly url: string }
  | ResolvedPackage
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "remote"; readonly url: string };

/** A package whose inside is not followed: its version stands for it. */
export interface ResolvedPackage {
  readonly kind: "package";
  /** E.g. `npm:lodash`. */
  readonly name: string;
  /** The version; where none is known, the range that is asked for, or `unknown`. */
  readonly version: string;
  /** Below the package, e.g. `/fp`; empty for its main module. */
  readonly path: string;
  /** Why no version is known; not there where one is. */
  readonly unknown?: string;
}

/** What the files around a module say. */
interface Surroundings {
  /** The nearest folder with a config. */
  readonly own: Manifest;
  /** That of the workspace that it belongs to, or itself. */
  readonly root: Manifest;
}

/** A package that a module names. */
interface Sought {
  readonly scheme: "npm" | "jsr";
  readonly name: string;
  readonly alias: string;
  readonly range: string;
  readonly declared: string;
  readonly path: string;
  /** Whether the module or the import map says `npm:` or `jsr:`. */
  readonly isExplicit: boolean;
}

/** Options for {@linkcode Project}. */
export interface ProjectOptions {
  /**
   * Whether a folder that `node_modules` links to is code to follow, if it is not itself in a `node_modules`.
   *
   * @default {false}
   */
  readonly followLinks?: boolean;
}

/** The folders of the manifests that count for a module. */
export interface ProjectFolders {
  /** The nearest folder with a manifest. */
  readonly own: string;
  /** The folder of the workspace that it belongs to, or the same. */
  readonly root: string;
  /** Whether it belongs to a workspace. */
  readonly isWorkspace: boolean;
}

/** Answers for all modules below one folder; every file is read once. */
export class Project {
  readonly #files = new ProjectFiles();
  readonly #followLinks: boolean;
  readonly #manifests = new Map<string, Promise<Manifest | undefined>>();
  readonly #surroundings = new Map<string, Promise<Surroundings | undefined>>();
  readonly #locks = new Map<Manifest, Promise<LockFile[]>>();
  /** By the folder of the module that names them, and the name. */
  readonly #packages = new Map<string, Promise<Resolved>>();
  readonly #members = new Map<Manifest, Promise<Manifest[]>>();

  /** @param options Options. */
  constructor({ followLinks = false }: ProjectOptions = {}) {
    this.#followLinks = followLinks;
  }

  /**
   * Finds the manifests that count for a module.
   *
   * @param url The URL of the module.
   * @returns their folders, or `undefined` if there is no manifest.
   */
  async foldersOf(url: string): Promise<ProjectFolders | undefined> {
    const around = await this.#around(new URL("./", url).href);
    return around && {
      own: around.own.folder,
      root: around.root.folder,
      isWorkspace: around.root.members.length > 0,
    };
  }

  /** The URLs of the manifests, lock files and import maps that were read and are there. */
  filesRead(): Promise<string[]> {
    return this.#files.found();
  }

  /** Reads the lock files of a folder, also if no package is asked for. */
  async readLocks(folder: string): Promise<void> {
    const manifest = await this.#manifest(folder);
    if (manifest !== undefined) await this.#locksOf(manifest);
  }

  /**
   * The folder that paths are told from: that of the nearest config, otherwise the module's own.
   *
   * @param url The URL of a module.
   * @returns a URL that ends in a slash.
   */
  async rootOf(url: string): Promise<string> {
    const folder = new URL("./", url).href;
    return (await this.#around(folder))?.own.folder ?? folder;
  }

  /**
   * Resolves a module's name.
   *
   * @param specifier The name, as it is written.
   * @param from The URL of the module that names it.
   * @returns what it stands for.
   */
  async resolve(specifier: string, from: string): Promise<Resolved> {
    const around = await this.#around(new URL("./", from).href);
    const mapped = await this.#throughMaps(specifier, around, from);
    const [target, base] = mapped ?? [specifier, from];
    if (/^\.{0,2}\//.test(target)) return locate(new URL(target, base).href);
    if (/^(?:file|https?|data|blob):/.test(target)) return locate(target);
    if (target.startsWith("node:")) return { kind: "builtin", name: target };
    if (isBuiltin(target)) return { kind: "builtin", name: `node:${target}` };
    const folder = new URL("./", from).href;
    return await remember(
      this.#packages,
      `${folder}\n${target}`,
      () => this.#package(target, around, folder),
    );
  }

  /** What import maps and the project's own exports make of a name, and what it is relative to. */
  async #throughMaps(
    specifier: string,
    around: Surroundings | undefined,
    from: string,
  ): Promise<readonly [string, string] | undefined> {
    if (around === undefined) return undefined;
    const { own } = around;
    const deno = await this.#climb(around, hasDenoConfig);
    for (const { map } of deno ? new Set([deno.own, deno.root]) : []) {
      const target = mapName(map, specifier, from);
      if (target !== undefined) return [target, map.base];
    }
    const name = textAt(own.deno, "name");
    if (name !== undefined && (specifier + "/").startsWith(name + "/")) {
      const url = exportedFile(own, specifier.slice(name.length));
      if (url !== undefined) return [url, own.folder];
    }
    if (!specifier.startsWith("#")) return undefined;
    const target = byPattern(recordAt(own.node, "imports"), specifier);
    return target === undefined ? undefined : [target, own.folder];
  }

  /** The nearest surroundings that are as asked; a folder may hold a `package.json` with its type only. */
  async #climb(
    around: Surroundings | undefined,
    accept: (around: Surroundings) => boolean,
  ): Promise<Surroundings | undefined> {
    let at = around;
    while (at !== undefined && !accept(at)) {
      const { folder } = at.own;
      const above = new URL("../", folder).href;
      at = above === folder ? undefined : await this.#around(above);
    }
    return at;
  }

  async #package(
    target: string,
    around: Surroundings | undefined,
    from: string,
  ): Promise<Resolved> {
    const { scheme: written, ...read } = readPackage(target);
    const at = await this.#climb(
      around,
      written === undefined
        ? ({ own, root }) =>
          own.dependencies.has(read.name) || root.dependencies.has(read.name)
        : hasDenoConfig,
    ) ?? around;
    const sought = written === undefined ? seekDeclared(read, at) : {
      ...read,
      scheme: written,
      alias: read.name,
      declared: read.range,
      isExplicit: true,
    };
    const local = at && await this.#local(sought, at) ||
      await this.#linked(sought, from);
    if (local !== undefined) return local;
    const { scheme, name, range, path, alias } = sought;
    const found = await this.#lockedVersion(sought, at) ??
      await this.#installedVersion(alias, range, from) ?? exactly(range);
    if (found !== undefined) {
      const { name: own = name, version } = found;
      return { kind: "package", name: `${scheme}:${own}`, version, path };
    }
    return {
      kind: "package",
      name: `${scheme}:${name}`,
      version: (sought.isExplicit && range) || "unknown",
      path,
      unknown: await this.#whyUnknown(at),
    };
  }

  /** A package of the project itself, which is code to follow. */
  async #local(
    sought: Sought,
    around: Surroundings,
  ): Promise<Resolved | undefined> {
    const manifest = await this.#localManifest(sought, around);
    if (manifest === undefined) return undefined;
    const { scheme, name, path } = sought;
    const url = exportedFile(manifest, path);
    if (url !== undefined) return { kind: "file", url };
    return {
      kind: "package",
      name: `${scheme}:${name}`,
      version: packageVersion(manifest) ?? "unknown",
      path,
      unknown: `it is a package of the project that exports no "${
        path || "."
      }"`,
    };
  }

  /** A package that `node_modules` links to a folder outside of every `node_modules`. */
  async #linked(
    { alias, path, isExplicit }: Sought,
    from: string,
  ): Promise<Resolved | undefined> {
    if (!this.#followLinks || isExplicit) return undefined;
    const folder = this.#files.linkTarget(alias, from);
    const manifest = folder && await this.#manifest(folder);
    const url = manifest && exportedFile(manifest, path);
    return url ? { kind: "file", url } : undefined;
  }

  async #localManifest(
    { alias, declared, range, isExplicit }: Sought,
    { own, root }: Surroundings,
  ): Promise<Manifest | undefined> {
    const [, place] = /^(?:file|link|portal):(.*)$/.exec(declared) ?? [];
    if (place !== undefined && !isExplicit) {
      const base = own.dependencies.has(alias) ? own.folder : root.folder;
      return await this.#manifest(new URL(`${place}/`, base).href);
    }
    const members = root.members.length > 0
      ? await this.#membersOf(root)
      : [own];
    const member = members.find((one) => packageName(one) === alias);
    if (member === undefined) return undefined;
    const version = packageVersion(member);
    // Another version than the member's comes from the registry.
    const isOther = version !== undefined && parseRange(range) !== undefined &&
      range !== "" && !parseRange(range)!.has(version);
    const isAlias = declared.startsWith("npm:") && !isExplicit;
    return isOther || isAlias ? undefined : member;
  }

  async #lockedVersion(
    sought: Sought,
    around: Surroundings | undefined,
  ): Promise<Locked | undefined> {
    if (around === undefined) return undefined;
    const { own, root } = around;
    // What the root alone has is found from there.
    const importer = declares(own, sought) || !declares(root, sought)
      ? own
      : root;
    for (const manifest of new Set([root, own])) {
      const query: LockQuery = {
        ...sought,
        importer: below(manifest.folder, importer.folder),
        importerName: textAt(importer.node, "name"),
      };
      for (const { lock } of await this.#locksOf(manifest)) {
        const found = lock instanceof Error ? undefined : lock.find(query);
        if (found !== undefined && fits(sought, found)) return found;
      }
    }
    return undefined;
  }

  /** The version in `node_modules`, of this folder or one above. */
  async #installedVersion(
    alias: string,
    range: string,
    from: string,
  ): Promise<Locked | undefined> {
    for (
      let folder = new URL("./", from).href;;
      folder = new URL("../", folder).href
    ) {
      const json = await this.#files.json(
        `${folder}node_modules/${alias}/package.json`,
      );
      const version = textAt(json, "version");
      if (version !== undefined) {
        // The range of a deno.json says which one Deno takes, whatever else is installed.
        return parseRange(range)?.has(version) === false
          ? undefined
          : { name: textAt(json, "name") ?? alias, version };
      }
      if (folder === new URL("../", folder).href) return undefined;
    }
  }

  async #whyUnknown(around: Surroundings | undefined): Promise<string> {
    const manifests = around ? new Set([around.root, around.own]) : [];
    const locks: LockFile[] = [];
    for (const manifest of manifests) {
      locks.push(...await this.#locksOf(manifest));
    }
    if (locks.length === 0) {
      return "there is no lock file, and the package is not installed in node_modules";
    }
    return locks.map(({ name, lock }) =>
      lock instanceof Error
        ? `${name} ${lock.message}`
        : `${name} does not name it`
    ).join(", ");
  }

  #locksOf(manifest: Manifest): Promise<LockFile[]> {
    return remember(
      this.#locks,
      manifest,
      () => readLocks(manifest, this.#files),
    );
  }

  #membersOf(root: Manifest): Promise<Manifest[]> {
    return remember(this.#members, root, async () => {
      const folders = await memberFolders(root, this.#files);
      const found = await Promise.all(
        folders.map((folder) => this.#manifest(folder)),
      );
      return [root, ...found.filter((one) => one !== undefined)];
    });
  }

  #manifest(folder: string): Promise<Manifest | undefined> {
    return remember(
      this.#manifests,
      folder,
      () => readManifest(folder, this.#files),
    );
  }

  #around(folder: string): Promise<Surroundings | undefined> {
    return remember(this.#surroundings, folder, async () => {
      const above = ancestors(folder);
      let own: Manifest | undefined;
      for (const one of above) {
        const manifest = await this.#manifest(one);
        own ??= manifest;
        if (manifest === undefined || own === undefined) continue;
        const isRoot = manifest === own
          ? manifest.members.length > 0
          : isMember(manifest, own.folder);
        if (isRoot) return { own, root: manifest };
      }
      return own && { own, root: own };
    });
  }
}

/** Whether a `package.json` names a package. */
function declares({ dependencies }: Manifest, { alias }: Sought): boolean {
  return dependencies.has(alias);
}

/** The path of a folder below another one; empty for the same. */
function below(folder: string, one: string): string {
  return one.startsWith(folder)
    ? decodeURIComponent(one.slice(folder.length).replace(/\/$/, ""))
    : "";
}

/** A folder and all above it. */
function ancestors(folder: string): string[] {
  if (!folder.startsWith("file:")) return [];
  const found = [folder];
  for (;;) {
    const above = new URL("../", found.at(-1)!).href;
    if (above === found.at(-1)) return found;
    found.push(above);
  }
}

function hasDenoConfig({ own, root }: Surroundings): boolean {
  return own.deno !== undefined || root.deno !== undefined;
}

/** What the manifests say of a package that is named without `npm:`. */
function seekDeclared(
  { name, range, path }: Pick<Sought, "name" | "range" | "path">,
  around: Surroundings | undefined,
): Sought {
  const declared = around?.own.dependencies.get(name) ??
    around?.root.dependencies.get(name) ?? range;
  const real = /^(?:npm|jsr):/.test(declared)
    ? readAlias(declared, name)
    : undefined;
  return {
    scheme: real?.scheme ?? "npm",
    name: real?.name ?? name,
    alias: name,
    range: real?.range ?? (parseRange(declared) ? declared : ""),
    declared,
    path,
    isExplicit: false,
  };
}

/** `npm:ms@^2`, and `jsr:^1` for the package's own name. */
function readAlias(declared: string, name: string) {
  const [scheme, rest] = declared.split(/:(.*)/s) as ["npm" | "jsr", string];
  if (parseRange(rest) !== undefined) return { scheme, name, range: rest };
  const [, real = rest, range = ""] = /^((?:@[^/]+\/)?[^@]+)(?:@(.*))?$/s
    .exec(rest) ?? [];
  return { scheme, name: real, range };
}

/** Reads `npm:@scope/name@^1.2/path`, `jsr:…`, or a bare name. */
function readPackage(target: string) {
  const [, scheme, name = target, range = "", path = ""] =
    /^(?:(npm|jsr):\/?)?((?:@[^/@]+\/)?[^/@]+)(?:@([^/]+))?(\/.*)?$/.exec(
      target,
    ) ??
      [];
  return { scheme: scheme as "npm" | "jsr" | undefined, name, range, path };
}

/** A lock that is older than the import map may hold what is no longer asked for. */
function fits({ range, isExplicit }: Sought, { version }: Locked): boolean {
  return !isExplicit || parseRange(range)?.has(version) !== false;
}

function exactly(range: string): Locked | undefined {
  const version = parseRange(range)?.exact;
  return version === undefined ? undefined : { version };
}

function locate(url: string): Resolved {
  return url.startsWith("file:")
    ? { kind: "file", url }
    : { kind: "remote", url };
}
