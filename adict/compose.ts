import { access } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  checkOptions,
  FOLDER,
  MAPPING,
  oneOf,
  type OptionKind,
  TEXT,
  TEXTS,
} from "../internal/check_options.ts";
import { ConfigFileError, loadFiles } from "../readers/mod.ts";
import { MissingKeyError } from "./errors.ts";
import type { ADict } from "./adict.ts";

/** Options for `ADict.composeHierarchy`. */
export interface ComposeOptions {
  /** The folder of the files. */
  readonly root: string | URL;
  /**
   * The name of the base file, without its extension.
   *
   * @default {"config"}
   */
  readonly configFilename?: string;
  /**
   * The options selected in each group: `{ model: "resnet50" }` reads `model/resnet50.yaml`.
   *
   * @default {{}}
   */
  readonly select?: Readonly<
    Record<string, string | number | readonly (string | number)[]>
  >;
  /**
   * Values by dotted path, set after the files are read.
   *
   * @default {{}}
   */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /**
   * Dotted paths that must exist in the composed config.
   *
   * @default {[]}
   */
  readonly required?: readonly string[];
  /**
   * Whether a missing file is an error, or a warning on the console.
   *
   * @default {"error"}
   */
  readonly onMissing?: "error" | "warn";
}

const OPTIONS: Readonly<Record<keyof ComposeOptions, OptionKind>> = {
  root: FOLDER,
  configFilename: TEXT,
  select: [
    "an object of strings, numbers or lists of them",
    (value) =>
      MAPPING[1](value) &&
      Object.values(value as object).flat().every((item) =>
        typeof item === "string" || typeof item === "number"
      ),
  ],
  overrides: MAPPING,
  required: TEXTS,
  onMissing: oneOf("error", "warn"),
};

/**
 * Composes a config from a folder: the base file, a file for each selected option in the order of
 * `select`, then the overrides. A key of a later file replaces the whole value of an earlier one.
 *
 * @param options The folder, and the files to read.
 * @param config An empty config, which is filled.
 * @returns the config.
 * @throws {ConfigFileError} If a file is missing and `onMissing` is `"error"`.
 * @throws {MissingKeyError} If a required key is missing.
 */
export async function composeHierarchy(
  options: ComposeOptions,
  config: ADict,
): Promise<ADict> {
  checkOptions(options, OPTIONS, "compose a config", { required: ["root"] });
  const {
    configFilename = "config",
    select = {},
    overrides = {},
    required = [],
  } = options;
  await take(config, options, configFilename);
  for (const [group, chosen] of Object.entries(select)) {
    for (const option of [chosen].flat()) {
      await take(config, options, join(group, String(option)));
    }
  }
  for (const [path, value] of Object.entries(overrides)) {
    config.setByPath(path, value);
  }
  for (const path of required) {
    const absent = Symbol();
    if (config.getByPath(path, absent) === absent) {
      throw new MissingKeyError(
        path,
        "it is required, but no file and no override sets it",
      );
    }
  }
  return config;
}

/** Reads the first file of that name that exists. */
async function take(
  config: ADict,
  options: ComposeOptions,
  name: string,
): Promise<void> {
  const { CONFIG_EXTENSIONS, readConfigMapping } = await loadFiles();
  const root = options.root instanceof URL
    ? fileURLToPath(options.root)
    : options.root;
  for (const extension of CONFIG_EXTENSIONS) {
    const file = join(root, name + extension);
    if (await exists(file)) {
      config.update(await readConfigMapping(file));
      return;
    }
  }
  const file = join(root, `${name}{${CONFIG_EXTENSIONS.join(",")}}`);
  const message = `Cannot compose a config: there is no file ${file}`;
  if (options.onMissing === "warn") console.warn(message);
  else throw new ConfigFileError(file, message);
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    // A file that cannot be accessed counts as missing: the error names every file that was tried.
    return false;
  }
}
