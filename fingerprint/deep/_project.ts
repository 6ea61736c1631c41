/**
 * What a project's own files say about module names: import maps, lock files, installed packages.
 *
 * The same files are asked in the same order under every runtime, so that the same project gives
 * the same fingerprints there.
 */
import { readText, UnreadableSourceError } from "./_read_source.ts";

/** What a module's name stands for. */
export type Resolved =
  | { readonly kind: "file"; readonly url: string }
  | {
    readonly kind: "package";
    /** E.g. `npm:lodash`. */
    readonly name: string;
    readonly version: string;
    /** Below the package, e.g. `/fp`; empty for its main module. */
    readonly path: string;
  }
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "remote"; readonly url: string };

type Json = Readonly<Record<string, unknown>>;

interface Config {
  /** The folder of the config, as a URL. */
  readonly folder: string;
  readonly imports: Readonly<Record<string, string>>;
  readonly name: string | undefined;
  readonly exports: Readonly<Record<string, string>>;
  /** Versions of `deno.lock`, by specifier: `npm:lodash@^4` at `4.17.21`. */
  readonly locked: Readonly<Record<string, string>>;
  /** Versions of `package-lock.json`, by name. */
  readonly installed: Readonly<Record<string, string>>;
}

/** Answers for all modules below one folder; every file is read once. */
export class Project {
  readonly #files = new Map<string, Promise<Json | undefined>>();
  readonly #configs = new Map<string, Promise<Config | undefined>>();

  /**
   * The folder that paths are told from: that of the nearest config, otherwise the module's own.
   *
   * @param url The URL of a module.
   * @returns a URL that ends in a slash.
   */
  async rootOf(url: string): Promise<string> {
    const folder = new URL("./", url).href;
    return (await this.#configOf(folder))?.folder ?? folder;
  }

  /**
   * Resolves a module's name.
   *
   * @param specifier The name, as it is written.
   * @param from The URL of the module that names it.
   * @returns what it stands for.
   */
  async resolve(specifier: string, from: string): Promise<Resolved> {
    if (/^\.{0,2}\//.test(specifier)) {
      return locate(new URL(specifier, from).href);
    }
    const config = await this.#configOf(new URL("./", from).href);
    const mapped = config === undefined
      ? undefined
      : mapName(config, specifier);
    const target = mapped ?? specifier;
    if (/^\.{0,2}\//.test(target)) {
      return locate(new URL(target, config?.folder ?? from).href);
    }
    if (/^(?:file|https?|data|blob):/.test(target)) return locate(target);
    if (target.startsWith("node:")) return { kind: "builtin", name: target };
    return await this.#package(target, config, from);
  }

  async #package(
    target: string,
    config: Config | undefined,
    from: string,
  ): Promise<Resolved> {
    const { scheme, name, range, path } = readPackage(target);
    const locked = config?.locked[`${scheme}:${name}@${range || "*"}`] ??
      config?.locked[`${scheme}:${name}`];
    const version = locked?.replace(/_.*$/, "") ?? config?.installed[name] ??
      await this.#installedVersion(name, from) ?? (range || "unknown");
    return { kind: "package", name: `${scheme}:${name}`, version, path };
  }

  /** The version in `node_modules`, of this folder or one above. */
  async #installedVersion(
    name: string,
    from: string,
  ): Promise<string | undefined> {
    for (
      let folder = new URL("./", from).href;;
      folder = new URL("../", folder).href
    ) {
      const json = await this.#json(
        `${folder}node_modules/${name}/package.json`,
      );
      if (typeof json?.version === "string") return json.version;
      if (folder === new URL("../", folder).href) return undefined;
    }
  }

  /** The nearest folder with a config decides, for all modules below it. */
  #configOf(folder: string): Promise<Config | undefined> {
    let known = this.#configs.get(folder);
    if (known === undefined) {
      known = this.#findConfig(folder);
      this.#configs.set(folder, known);
    }
    return known;
  }

  async #findConfig(folder: string): Promise<Config | undefined> {
    if (!folder.startsWith("file:")) return undefined;
    const deno = await this.#json(`${folder}deno.json`) ??
      await this.#json(`${folder}deno.jsonc`);
    const node = await this.#json(`${folder}package.json`);
    if (deno === undefined && node === undefined) {
      const above = new URL("../", folder).href;
      return above === folder ? undefined : await this.#configOf(above);
    }
    const lock = await this.#json(folder + lockName(deno));
    const installed = await this.#json(`${folder}package-lock.json`);
    return {
      folder,
      imports: texts(deno?.imports),
      name: typeof deno?.name === "string" ? deno.name : undefined,
      exports: typeof deno?.exports === "string"
        ? { ".": deno.exports }
        : texts(deno?.exports),
      locked: texts(lock?.specifiers),
      installed: installedVersions(installed),
    };
  }

  #json(url: string): Promise<Json | undefined> {
    let known = this.#files.get(url);
    if (known === undefined) {
      known = readJson(url);
      this.#files.set(url, known);
    }
    return known;
  }
}

async function readJson(url: string): Promise<Json | undefined> {
  try {
    const value: unknown = JSON.parse(withoutComments(await readText(url)));
    return isRecord(value) ? value : undefined;
  } catch (error) {
    // Not there, not readable or not JSON: the project does without it.
    if (
      error instanceof UnreadableSourceError || error instanceof SyntaxError
    ) {
      return undefined;
    }
    throw error;
  }
}

/** `deno.json` may hold comments and trailing commas. */
function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, "$1")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, "$1");
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The entries that are texts, without a prototype. */
function texts(value: unknown): Record<string, string> {
  const out: Record<string, string> = Object.create(null);
  if (!isRecord(value)) return out;
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === "string") out[key] = text;
  }
  return out;
}

function lockName(deno: Json | undefined): string {
  const lock = deno?.lock;
  if (typeof lock === "string") return lock;
  return isRecord(lock) && typeof lock.path === "string"
    ? lock.path
    : "deno.lock";
}

/** The top-level packages of a `package-lock.json`. */
function installedVersions(lock: Json | undefined): Record<string, string> {
  const out: Record<string, string> = Object.create(null);
  if (!isRecord(lock?.packages)) return out;
  for (const [path, entry] of Object.entries(lock.packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    if (
      name !== undefined && isRecord(entry) && typeof entry.version === "string"
    ) {
      out[name] = entry.version;
    }
  }
  return out;
}

/** What the import map, or the project's own exports, make of a name. */
function mapName(config: Config, specifier: string): string | undefined {
  const { imports, name, exports } = config;
  if (imports[specifier] !== undefined) return imports[specifier];
  if (name !== undefined && (specifier + "/").startsWith(name + "/")) {
    return exports["." + specifier.slice(name.length)];
  }
  const prefix = Object.keys(imports)
    .filter((key) => key.endsWith("/") && specifier.startsWith(key))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix !== undefined) {
    return imports[prefix] + specifier.slice(prefix.length);
  }
  // `"lodash": "npm:lodash@^4"` also serves `lodash/fp`.
  const [, bare, path] = /^((?:@[^/]+\/)?[^/:]+)(\/.*)$/.exec(specifier) ?? [];
  const mapped = bare === undefined ? undefined : imports[bare];
  return mapped === undefined || /^\.{0,2}\//.test(mapped)
    ? undefined
    : mapped + path;
}

function locate(url: string): Resolved {
  return url.startsWith("file:")
    ? { kind: "file", url }
    : { kind: "remote", url };
}

/** Reads `npm:@scope/name@^1.2/path`, `jsr:…`, or a bare name, which is npm's. */
function readPackage(target: string) {
  const [, scheme = "npm", name = target, range = "", path = ""] =
    /^(?:(npm|jsr):\/?)?((?:@[^/@]+\/)?[^/@]+)(?:@([^/]+))?(\/.*)?$/.exec(
      target,
    ) ??
      [];
  return { scheme, name, range, path };
}
