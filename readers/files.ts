/**
 * Reads and writes config files in the format that the extension names. The parser of a format is loaded
 * when its first file is read.
 *
 * @module
 */
import {
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../internal/errors.ts";
import { makeFolder } from "../internal/make_folder.ts";
import { getOwn, isPlainObject } from "../internal/objects.ts";
import { checkOptions, type OptionKind } from "../internal/check_options.ts";
import { nestingFault } from "../internal/descent.ts";
import { readFault } from "./_read_fault.ts";
import { ConfigFileError, ConfigSyntaxError } from "./errors.ts";
import { shortPath } from "../internal/key_path.ts";
import { dumpXyz, parseXyz } from "./xyz/xyz.ts";

/** The extensions of config files, in the order in which `composeHierarchy` looks for them. */
export const CONFIG_EXTENSIONS = [
  ".yaml",
  ".yml",
  ".json",
  ".toml",
  ".xyz",
] as const;

/** Options for {@linkcode ADictMethods.dump}. */
export interface DumpOptions {
  /**
   * The number of spaces for each level, if the format has a choice.
   *
   * @default {2}
   */
  readonly indent?: number;
}

/** The range that `JSON.stringify` accepts. */
const INDENT: OptionKind = [
  "a whole number from 0 to 10",
  (value) =>
    Number.isInteger(value) && value as number >= 0 && value as number <= 10,
];

interface Format {
  parse(text: string, file: string): Promise<unknown> | unknown;
  dump?(data: unknown, indent: number): Promise<string> | string;
}

const yaml: Format = {
  parse: async (text, file) =>
    (await import("./yaml/yaml.ts")).parseYaml(text, file),
  dump: async (data, indent) =>
    (await import("./yaml/yaml_write.ts")).dumpYaml(data, indent),
};

const FORMATS: Readonly<Record<string, Format>> = {
  ".yaml": yaml,
  ".yml": yaml,
  ".json": {
    parse: async (text, file) =>
      (await import("./json/json.ts")).parseJson(text, file),
    dump: async (data, indent) =>
      (await import("./json/json.ts")).dumpJson(data, indent),
  },
  ".jsonl": {
    parse: async (text, file) =>
      (await import("./json/json.ts")).parseJsonLines(text, file),
  },
  ".toml": {
    parse: async (text, file) =>
      (await import("./toml/toml.ts")).parseToml(text, file),
    dump: async (data) => (await import("./toml/toml_write.ts")).dumpToml(data),
  },
  ".xyz": { parse: parseXyz, dump: (data) => dumpXyz(data) + "\n" },
};

function toPath(path: string | URL): string {
  return path instanceof URL ? fileURLToPath(path) : path;
}

function formatOf(file: string): Format {
  const extension = extname(file).toLowerCase();
  const format = getOwn(FORMATS, extension);
  if (format !== undefined) return format;
  throw new ConfigFileError(
    file,
    `Cannot use ${file} as a config: its extension is ${
      JSON.stringify(extension)
    }; use one of ${Object.keys(FORMATS).join(", ")}`,
  );
}

/**
 * Reads a config file.
 *
 * @param path The file; its extension names the format.
 * @returns the data: a mapping, or a list of mappings; an empty mapping for an empty file.
 * @throws {ConfigSyntaxError} If the text has a syntax error.
 * @throws {ConfigFileError} If the file cannot be read, or contains a bare scalar.
 */
export async function readConfigFile(
  path: string | URL,
): Promise<Record<string, unknown> | Record<string, unknown>[]> {
  const file = toPath(path);
  const format = formatOf(file);
  const data = await format.parse(await readText(file), file) ?? {};
  const items: unknown[] = Array.isArray(data) ? data : [data];
  if (!items.every(isPlainObject)) {
    throw new ConfigSyntaxError(
      file,
      "a config file must hold a mapping, or a list of mappings",
    );
  }
  for (const item of items) checkNesting(item, file);
  return data as Record<string, unknown>;
}

/** Refuses what no config can hold, while the file that it is in is known. */
function checkNesting(data: unknown, file: string): void {
  const found = nestingFault(data);
  if (found === undefined) return;
  const { path, fault } = found;
  throw new ConfigSyntaxError(file, `"${shortPath(path)}": ${fault}`);
}

/**
 * Reads a config file that contains one mapping.
 *
 * @param path The file.
 * @returns the mapping.
 * @throws {ConfigSyntaxError} If it contains a list, or its text has a syntax error.
 * @throws {ConfigFileError} If the file cannot be read.
 */
export async function readConfigMapping(
  path: string | URL,
): Promise<Record<string, unknown>> {
  const data = await readConfigFile(path);
  if (!Array.isArray(data)) return data;
  throw new ConfigSyntaxError(
    toPath(path),
    "it contains a list, not one mapping; use ADict.fromFile",
  );
}

async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      await readFile(file),
    );
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

/**
 * Writes a config file: completely, or not at all. Missing folders are created.
 *
 * @param path The file; its extension names the format.
 * @param data Plain data.
 * @param options The indentation.
 * @throws {UnsupportedValueError} If the format cannot hold a value; it names the path.
 * @throws {ConfigFileError} If the file cannot be written.
 */
export async function writeConfigFile(
  path: string | URL,
  data: unknown,
  options: DumpOptions = {},
): Promise<void> {
  checkOptions(options, { indent: INDENT }, "dump a config");
  const file = toPath(path);
  const { dump } = formatOf(file);
  if (dump === undefined) {
    throw new ConfigFileError(
      file,
      `Cannot write ${file}: ${
        extname(file)
      } files hold many configs; choose another extension`,
    );
  }
  const text = await dump(data, options.indent ?? 2);
  try {
    await replaceFile(resolve(file), text);
  } catch (error) {
    throw new ConfigFileError(
      file,
      `Cannot write ${file}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Replaces a file in one step: the text is first written to a temporary file beside it. */
async function replaceFile(file: string, text: string): Promise<void> {
  makeFolder(dirname(file));
  const old = await existing(file);
  // A link stays a link, and the permissions of the file stay as they are.
  const target = old?.target ?? file;
  const draft = join(
    dirname(target),
    `.${basename(target)}.${crypto.randomUUID()}.tmp`,
  );
  try {
    await writeFile(draft, text, old && { mode: old.mode });
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function existing(
  file: string,
): Promise<{ target: string; mode: number } | undefined> {
  try {
    const target = await realpath(file);
    return { target, mode: (await stat(target)).mode & 0o777 };
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}
