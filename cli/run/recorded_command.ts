import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Run } from "../../tracker/mod.ts";
import { encodeJson } from "../../internal/json.ts";
import {
  REPEAT_VARIABLE,
  type RepeatOrder,
} from "../../internal/repeat_order.ts";
import { UsageError } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";

/** How to start a run once more. */
export interface RecordedCommand {
  /** The program and its words. */
  readonly command: readonly string[];
  /** The folder. */
  readonly cwd: string;
  /** The environment variables that tell the process what it repeats. */
  readonly env: Readonly<Record<string, string>>;
}

/** What an environment variable may hold on every system, with room to spare. */
const LARGEST_ORDER = 100_000;

/**
 * Finds out how a run was started.
 *
 * @param run The run.
 * @param words Words to add; then the script works its config out anew, with them.
 * @returns how to start it again.
 * @throws {UsageError} If the run did not record it, or its folder is gone.
 */
export function recordedCommand(
  run: Run,
  words: readonly string[],
): RecordedCommand {
  const { command, argv, cwd } = run.environment;
  const recorded = command ?? argv;
  if (!isCommand(recorded) || typeof cwd !== "string") {
    throw new UsageError(
      `Cannot repeat run ${run.id}: it recorded no command; run its script by hand`,
    );
  }
  if (!existsSync(cwd)) {
    throw new UsageError(
      `Cannot repeat run ${run.id}: its folder ${visible(cwd)} is not here; ` +
        "repeat it on the machine where it ran",
    );
  }
  return {
    command: [...withVariable(once(recorded)), ...words],
    cwd,
    env: { [REPEAT_VARIABLE]: JSON.stringify(orderOf(run, words)) },
  };
}

/** A file can hold anything in their place. */
function isCommand(words: unknown): words is readonly string[] {
  return Array.isArray(words) && words.length > 0 &&
    words.every((word) => typeof word === "string");
}

/** An earlier Ato wrote a program that is one file twice: as runtime and as script. */
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
  // Too large to hand over: the script's own config is compared afterwards all the same.
  return JSON.stringify(whole).length > LARGEST_ORDER ? order : whole;
}

/** Deno without all permissions may not read the variable unless it is told so. */
function withVariable(command: readonly string[]): readonly string[] {
  const [program = "", verb = "", ...rest] = command;
  const isDeno = /(^|[\\/])deno(\.exe)?$/.test(program) && verb === "run";
  const mayRead = rest.some((word) =>
    word === "-A" || word === "--allow-all" || word === "--allow-env"
  );
  return isDeno && !mayRead
    ? [program, verb, `--allow-env=${REPEAT_VARIABLE}`, ...rest]
    : command;
}
