/**
 * Tells which inputs of a run are still as they were.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import {
  type InputContent,
  inputValue,
  kindOfValue,
  type ListedFile,
  nameOfInput,
  UNSET,
} from "../internal/run_inputs.ts";
import { keyIdOf } from "../internal/secret_values.ts";
import { hiddenSecret } from "../internal/secrets.ts";
import { isGranted } from "../internal/runtime.ts";
import { contentOf } from "./content_of.ts";
import { homeFolder, isUrl } from "./_names.ts";
import { contentOfFolder } from "./_list_folder.ts";
import { pathOfName } from "../internal/path_bytes.ts";

/** An input of a run. */
export interface InputToCheck {
  /** The id of its factor. */
  readonly id: string;
  /** The value of its factor. */
  readonly value: string;
  /** The files of a folder, if its listing was stored. */
  readonly files?: readonly ListedFile[];
}

/**
 * What became of an input. `more` is a folder whose recorded files are the same, and that has others beside them;
 * `unknown` is one that cannot be compared.
 */
export type InputState = "same" | "changed" | "missing" | "more" | "unknown";

/** An input that was checked. */
export interface CheckedInput {
  /** The id of its factor. */
  readonly id: string;
  /** What became of it. */
  readonly state: InputState;
  /** The end of a sentence that starts with its name. */
  readonly reason: string;
}

/** Options for {@linkcode checkInputs}. */
export interface CheckOptions {
  /** The project's root, an absolute path; without it, inputs of the project are unknown. */
  readonly root?: string | undefined;
  /** The environment variables. @default {those of this process} */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Compares inputs of a run with what is there now.
 *
 * @param inputs The inputs of the run.
 * @param options Where the project is. @default {{}}
 * @returns what became of each, in the same order.
 */
export async function checkInputs(
  inputs: readonly InputToCheck[],
  options: CheckOptions = {},
): Promise<CheckedInput[]> {
  return await Promise.all(inputs.map(async (input) => ({
    id: input.id,
    ...(input.id.startsWith("env:")
      ? checkVariable(input, options)
      : await checkInput(input, options)),
  })));
}

type Checked = Omit<CheckedInput, "id">;

const SAME: Checked = { state: "same", reason: "is the same" };
const CHANGED: Checked = { state: "changed", reason: "has changed" };
const OTHER_KEY: Checked = {
  state: "unknown",
  reason: "was hashed with another key, so it cannot be compared",
};
const UNKNOWN: Checked = {
  state: "unknown",
  reason: "was not readable for the run, so it cannot be compared",
};

function checkVariable(
  { id, value }: InputToCheck,
  { env = process.env }: CheckOptions,
): Checked {
  const variable = nameOfInput(id);
  if (!isGranted({ name: "env", variable })) {
    return { state: "unknown", reason: "is not permitted to be read" };
  }
  const now = env[variable];
  if (value === UNSET) {
    return now === undefined
      ? SAME
      : { state: "changed", reason: "is set, and was not" };
  }
  if (now === undefined) {
    return { state: "missing", reason: "is not set, and was" };
  }
  return compareSecret(value, hiddenSecret(id, now));
}

function compareSecret(value: string, now: string | undefined): Checked {
  if (now === undefined || keyIdOf(now) !== keyIdOf(value)) return OTHER_KEY;
  return now === value ? SAME : CHANGED;
}

async function checkInput(
  input: InputToCheck,
  { root }: CheckOptions,
): Promise<Checked> {
  const { id, value } = input;
  if (kindOfValue(value) === undefined) return UNKNOWN;
  const name = nameOfInput(id);
  if (isUrl(name)) {
    const found = await contentOf({ path: name, kind: "url" });
    return compare(id, value, found);
  }
  const path = placeOf(name, root);
  if (path === undefined) {
    return { state: "unknown", reason: "has a place that is not known" };
  }
  if (inputValue(value).is === "folder") return await checkFolder(input, path);
  return compare(id, value, await contentOf({ path }));
}

/** Returns the path of an input's name; `undefined` if the folder that it starts from is not known. */
function placeOf(name: string, root: string | undefined): string | undefined {
  const path = pathOfName(name);
  if (/^(?:\/|[A-Za-z]:\/)/.test(path)) return path;
  if (path === "~" || path.startsWith("~/")) {
    const home = homeFolder();
    return home && join(home, path.slice(1));
  }
  return root && join(root, path);
}

function compare(id: string, value: string, found: InputContent): Checked {
  if ("problem" in found) return { state: "unknown", reason: found.problem };
  if ("not" in found) {
    return found.not === "missing"
      ? { state: "missing", reason: "is not there" }
      : CHANGED;
  }
  if ("value" in found) {
    const isComparable = kindOfValue(found.value) === kindOfValue(value);
    if (!isComparable) {
      return {
        state: "unknown",
        reason: "was recorded in another way, so it cannot be compared",
      };
    }
    return found.value === value ? SAME : CHANGED;
  }
  if (!("sha256" in found)) return CHANGED;
  const now = `sha256:${found.sha256},${found.bytes}`;
  if (inputValue(value).is === "secret") {
    return compareSecret(value, hiddenSecret(id, now));
  }
  return now === value ? SAME : CHANGED;
}

async function checkFolder(
  { files }: InputToCheck,
  folder: string,
): Promise<Checked> {
  if (files === undefined) {
    return {
      state: "unknown",
      reason: "has no stored listing, so its files cannot be compared",
    };
  }
  const states = await Promise.all(
    files.map(async ({ way, sha256, bytes }) => {
      const path = join(folder, pathOfName(way));
      const value = `sha256:${sha256},${bytes}`;
      return compare("", value, await contentOf({ path })).state;
    }),
  );
  const count = (state: InputState): number =>
    states.filter((one) => one === state).length;
  const [changed, missing] = [count("changed"), count("missing")];
  if (missing === files.length && files.length > 0) {
    return { state: "missing", reason: "is not there" };
  }
  if (changed + missing > 0) {
    return {
      state: "changed",
      reason:
        `has ${changed} changed and ${missing} missing files of ${files.length}`,
    };
  }
  if (count("unknown") > 0) {
    return {
      state: "unknown",
      reason: `has ${count("unknown")} files that cannot be read`,
    };
  }
  return await checkMore(files, folder);
}

/** A folder that was given as a whole has changed if it has more files; one of which files were read has not. */
async function checkMore(
  files: readonly ListedFile[],
  folder: string,
): Promise<Checked> {
  const listed = await contentOfFolder({ path: folder });
  const more = listed.files.length - files.length;
  return more > 0
    ? { state: "more", reason: `has ${more} more files than the run recorded` }
    : SAME;
}
