import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Run } from "../../tracker/mod.ts";
import { encodeJson } from "../../internal/json.ts";
import { HIDDEN } from "../../internal/hidden_secrets.ts";
import { isRecord } from "../../internal/objects.ts";
import { replaceFolder } from "../../internal/mirror_place.ts";
import {
  type MirrorPlace,
  REPEAT_VARIABLE,
  type RepeatOrder,
} from "../../internal/repeat_order.ts";
import {
  areSourcesElsewhere,
  PUSH_SOURCES,
} from "../../internal/sources_elsewhere.ts";
import { UsageError } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";

/** How to repeat a run. */
export interface RecordedCommand {
  /** The program and its words. */
  readonly command: readonly string[];
  /** The working directory. */
  readonly cwd: string;
  /** The environment variables that tell the process which run it repeats. */
  readonly env: Readonly<Record<string, string>>;
}

/** The most characters of the environment variable: less than the limit of any system. */
const LARGEST_ORDER = 100_000;

/**
 * Finds out how a run was started.
 *
 * @param run The run.
 * @param words Words to add; with them the script builds its config again.
 * @returns the command, its folder and its environment.
 * @throws {UsageError} If the run recorded no command, or its folder does not exist.
 */
export function recordedCommand(
  run: Run,
  words: readonly string[],
): RecordedCommand {
  const { command, argv, cwd } = run.environment;
  const recorded = command ?? argv;
  if (!isCommand(recorded) || typeof cwd !== "string") {
    throw new UsageError(
      `Cannot repeat run ${run.id}: ${
        areSourcesElsewhere(run.environment)
          ? `its command stayed where the run was pushed from; ${PUSH_SOURCES}`
          : "it recorded no command; run its script by hand"
      }`,
    );
  }
  if (!existsSync(cwd)) {
    throw new UsageError(
      `Cannot repeat run ${run.id}: its folder ${
        visible(cwd)
      } does not exist here; ` +
        "repeat it on the machine where it ran",
    );
  }
  return {
    command: [...withVariable(once(recorded)), ...words],
    cwd,
    env: { [REPEAT_VARIABLE]: JSON.stringify(orderOf(run, words)) },
  };
}

/**
 * Puts the secrets of a command, which are not stored, in their places.
 *
 * @param run The run.
 * @param recorded Its command.
 * @param secrets The secrets by name, without dashes.
 * @returns the command as it is run.
 * @throws {UsageError} If one is missing, or the command has none of that name.
 */
export function withSecrets(
  run: Run,
  recorded: RecordedCommand,
  secrets: Readonly<Record<string, string>>,
): RecordedCommand {
  const { command: stored, argv, hidden: list } = run.environment;
  const hidden = hiddenWords(list);
  const names = new Set(hidden.map(({ name }) => plainName(name)));
  const unknown = Object.keys(secrets).find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot use --secret ${visible(unknown)}: the command of run ${run.id} ` +
        (names.size === 0
          ? "has no secret"
          : `has only ${[...names].map(visible).join(", ")}`),
    );
  }
  // Words can have been added to what was recorded, but only after it and after options of Deno.
  const command = [...recorded.command];
  const words = isCommand(stored ?? argv) ? stored ?? argv ?? [] : [];
  const shift = command.length - words.length;
  for (const { at, name } of hidden) {
    const secret = secrets[plainName(name)];
    if (secret === undefined) {
      throw new UsageError(
        `Cannot repeat run ${run.id}: the value of ${
          visible(name)
        } is a secret and was not stored; ` +
          `give it by --secret ${visible(plainName(name))}=VALUE`,
      );
    }
    // A word can have several secrets, in their order.
    const place = [at, at + shift]
      .find((one) => recorded.command[one] === words[at]);
    if (place === undefined) continue;
    command[place] = command[place]!.replace(HIDDEN, () => secret);
  }
  return { ...recorded, command };
}

/** Checks the type: a file can contain anything. */
function hiddenWords(
  list: unknown,
): readonly { readonly at: number; readonly name: string }[] {
  if (!Array.isArray(list)) return [];
  return list.filter((one: unknown) =>
    isRecord(one) && typeof one["at"] === "number" &&
    typeof one["name"] === "string"
  );
}

function plainName(name: string): string {
  return name.replace(/^--?/, "");
}

/**
 * Moves a recorded command to a mirror of its project.
 *
 * @param recorded The command in the project.
 * @param mirror The mirror.
 * @param dbPath The database, an absolute path: Deno's permission to write it is added where permissions are given.
 * @returns the command in the mirror.
 */
export function inMirror(
  recorded: RecordedCommand,
  { folder, root }: MirrorPlace,
  dbPath: string,
): RecordedCommand {
  const order = JSON.parse(recorded.env[REPEAT_VARIABLE] ?? "{}");
  const moved = (word: string) => replaceFolder(word, root, folder);
  return {
    command: withDatabase(recorded.command.map(moved), dbPath),
    cwd: moved(recorded.cwd),
    env: {
      ...recorded.env,
      [REPEAT_VARIABLE]: JSON.stringify({ ...order, mirror: { folder, root } }),
    },
  };
}

/** Checks the type: a file can contain anything. */
function isCommand(words: unknown): words is readonly string[] {
  return Array.isArray(words) && words.length > 0 &&
    words.every((word) => typeof word === "string");
}

/** An earlier version recorded a compiled program twice: as runtime and as script. */
function once(command: readonly string[]): readonly string[] {
  const [program = "", script = "", ...words] = command;
  return basename(program) === basename(script) ? [program, ...words] : command;
}

function orderOf(run: Run, words: readonly string[]): RepeatOrder {
  const by = `ato repeat ${run.id}`;
  const order = { run: run.uuid ?? "", by };
  if (words.length > 0) return order;
  const { text, types } = encodeJson(run.config);
  const { scope } = run.environment;
  const whole: RepeatOrder = {
    ...order,
    ...(scope !== undefined && { scope }),
    config: text,
    types,
  };
  // Too large to pass on: the config of the new run is still compared afterwards.
  return JSON.stringify(whole).length > LARGEST_ORDER ? order : whole;
}

/** Allows Deno to read the variable if it does not have all permissions. */
function withVariable(command: readonly string[]): readonly string[] {
  return withFlags(command, ["--allow-env"], REPEAT_VARIABLE);
}

/** Allows Deno to read and write the project's database, which is not in the mirror. */
function withDatabase(
  command: readonly string[],
  dbPath: string,
): readonly string[] {
  return withFlags(command, ["--allow-read", "--allow-write"], dirname(dbPath));
}

/** Adds permissions to a `deno run` that does not have them as a whole. */
function withFlags(
  command: readonly string[],
  flags: readonly string[],
  value: string,
): readonly string[] {
  const [program = "", verb = "", ...rest] = command;
  const isDeno = /(^|[\\/])deno(\.exe)?$/.test(program) && verb === "run";
  if (!isDeno || rest.includes("-A") || rest.includes("--allow-all")) {
    return command;
  }
  const missing = flags.filter((flag) => !rest.includes(flag));
  return [program, verb, ...missing.map((flag) => `${flag}=${value}`), ...rest];
}
