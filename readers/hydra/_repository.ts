import { readdirSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { formatKey } from "../../internal/key_path.ts";
import { readFault } from "../_read_fault.ts";
import { ConfigFileError } from "../errors.ts";
import {
  type Branch,
  copyNode,
  isBranch,
  Leaf,
  ListNode,
  MapNode,
  type TreeNode,
} from "./_tree.ts";
import {
  HYDRA_CONFIG,
  HYDRA_DEFAULTS,
  isBuiltinConfig,
  isBuiltinGroup,
  mayBePlugin,
} from "./_builtin.ts";
import type { DefaultParts } from "./_default.ts";
import { readDefaults } from "./_defaults_list.ts";
import { headerOf } from "./_header.ts";
import { atLeast12, type VersionBase } from "./_version.ts";
import { parseHydraYaml } from "./_yaml.ts";
import { HydraError } from "./errors.ts";

/** The parts of a config file. */
export interface Loaded {
  /** The data without its defaults list; it must not be changed. */
  readonly data: Branch;
  /** The package of the `# @package` header. */
  readonly header: string | undefined;
  readonly defaults: readonly DefaultParts[];
  readonly file: string;
}

/** The folders in which configs are searched. */
export class Repository {
  readonly #roots: string[];
  readonly #skipped: string[] = [];
  readonly #version: VersionBase;
  readonly #loaded = new Map<string, Loaded | undefined>();

  constructor(root: string, version: VersionBase) {
    this.#roots = [root];
    this.#version = version;
  }

  /** The folders, for error messages. */
  get places(): string {
    const skipped = this.#skipped.map((path) =>
      `${path} (its folder is not known; give it by the option packages)`
    );
    return [...this.#roots, ...skipped].join(", ");
  }

  /** Records an entry of the search path that cannot be searched. */
  skipRoot(path: string): void {
    this.#skipped.push(path);
    console.warn(
      `Hydra's search path names ${path}, whose folder is not known; give it by the option packages`,
    );
  }

  /** Adds a folder that is searched after the others. */
  addRoot(folder: string): void {
    this.#roots.push(folder);
    // A config that was missing may be in the new folder.
    for (const [path, loaded] of this.#loaded) {
      if (loaded === undefined) this.#loaded.delete(path);
    }
  }

  /** Tells whether a folder of options exists. */
  hasGroup(path: string): boolean {
    return isBuiltinGroup(path) ||
      this.#roots.some((root) =>
        kindOf(inside(root, path, path))?.isDirectory() ?? false
      );
  }

  /** Tells whether a config exists. */
  has(path: string): boolean {
    return isBuiltinConfig(path) || this.#find(path) !== undefined ||
      mayBePlugin(path);
  }

  /** Lists the options of a group. */
  optionsOf(group: string): string[] {
    const names = new Set<string>();
    for (const root of this.#roots) {
      const folder = inside(root, group, group);
      if (!kindOf(folder)?.isDirectory()) continue;
      for (const name of readdirSync(folder)) {
        if (name.endsWith(".yaml")) names.add(name.slice(0, -5));
      }
    }
    return [...names].sort();
  }

  /** Reads a config; `undefined` if it does not exist. */
  load(path: string): Loaded | undefined {
    if (!this.#loaded.has(path)) this.#loaded.set(path, this.#load(path));
    return this.#loaded.get(path);
  }

  #load(path: string): Loaded | undefined {
    if (path === HYDRA_CONFIG && this.#find(path) !== undefined) {
      throw new HydraError(
        path,
        `${
          this.#find(path)
        } would take the place of Hydra's own config; give it another name`,
      );
    }
    if (isBuiltinConfig(path)) {
      return {
        ...EMPTY,
        defaults: path === HYDRA_CONFIG ? HYDRA_DEFAULTS : [],
      };
    }
    const file = this.#find(path);
    if (file === undefined) return mayBePlugin(path) ? EMPTY : undefined;
    const text = textOf(file);
    const header = headerOf(text, file);
    const data = dataOf(parseHydraYaml(text, file), path, file);
    return { ...splitDefaults(data, path, this.#version), header, file };
  }

  #find(path: string): string | undefined {
    const extensions = atLeast12(this.#version) ? [".yaml"] : [".yaml", ".yml"];
    const name = extensions.some((extension) => path.endsWith(extension))
      ? path
      : `${path}.yaml`;
    for (const root of this.#roots) {
      const file = inside(root, name, path);
      if (kindOf(file)?.isFile()) return file;
    }
    return undefined;
  }
}

const EMPTY: Loaded = {
  data: new MapNode(),
  header: undefined,
  defaults: [],
  file: "",
};

/** Returns a path inside a folder; a path that leads out of it is refused. */
function inside(root: string, path: string, config: string): string {
  const file = join(root, path);
  const way = relative(root, file);
  if (path.startsWith("/") || way.startsWith("..") || isAbsolute(way)) {
    throw new HydraError(
      config,
      `the path leads out of the config folder ${root}; nothing outside of it is read`,
    );
  }
  return file;
}

function kindOf(file: string) {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    // No file can have this name, or a file is in the place of a folder: it does not exist.
    return undefined;
  }
}

function textOf(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new ConfigFileError(
      file,
      `Cannot read ${file}: ${readFault(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** A bare string is a key without a value, as in OmegaConf. */
function dataOf(
  tree: TreeNode | undefined,
  path: string,
  file: string,
): Branch {
  if (tree === undefined) return new MapNode();
  if (isBranch(tree)) return tree;
  if (typeof tree.value !== "string") {
    throw new HydraError(path, `${file} holds neither a mapping nor a list`);
  }
  const map = new MapNode(tree.at);
  map.set(tree.value, new Leaf(null, tree.at));
  return map;
}

function splitDefaults(
  data: Branch,
  path: string,
  version: VersionBase,
): Pick<Loaded, "data" | "defaults"> {
  const list = data instanceof MapNode ? data.get("defaults") : undefined;
  if (list === undefined) return { data, defaults: [] };
  if (!(list instanceof ListNode)) {
    throw new HydraError(
      path,
      `its defaults are no list (${list.at?.file}:${list.at?.line}); write \`defaults:\` with \`- ${
        formatKey("group")
      }: option\` below`,
    );
  }
  const rest = copyNode(data) as MapNode;
  rest.items.delete("defaults");
  return { data: rest, defaults: readDefaults(list, path, version) };
}
