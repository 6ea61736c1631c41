import { existsSync, realpathSync } from "node:fs";
import { commandText } from "../../internal/shell_words.ts";
import { visible } from "../../internal/visible_text.ts";
import { strangeStart } from "../../tracker/mod.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { searchNamed } from "./search_named.ts";

/**
 * Starts a search again with the command of its newest session.
 *
 * @param words The name of the search.
 * @param invocation The command.
 * @returns the exit code of the command.
 */
export async function resumeSearch(
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { terminal, json, options } = invocation;
  // On an engine, no script is started: the processes that are there go on.
  if (options.workers !== undefined) {
    const { resumeShared } = await import("./control.ts");
    return await resumeShared(words, invocation);
  }
  const { id, state, owner, settings, copyOf } = await searchNamed(
    words,
    invocation,
  );
  if (copyOf !== undefined) await refuseCopy(id, copyOf, invocation);
  const start = settings?.start;
  if (!isStart(start)) {
    throw new UsageError(
      `Cannot resume ${
        visible(id)
      }: it recorded no command; run its script by hand, and give the search this name there`,
    );
  }
  const { command, cwd } = start;
  const line = `cd ${commandText([cwd])} && ${commandText(command)}`;
  if (options.print === true) {
    if (json) terminal.json({ command, cwd });
    else terminal.line(line);
    return EXIT.ok;
  }
  if (owner !== undefined) {
    const host = owner.host === null ? "" : ` on ${visible(owner.host)}`;
    throw new UsageError(
      `Cannot resume ${
        visible(id)
      }: process ${owner.pid}${host} works on it; wait for it, or end that process first`,
    );
  }
  await requireSameFile(id, start, invocation);
  if (!existsSync(cwd)) {
    throw new UsageError(
      `Cannot resume ${visible(id)}: its folder ${
        visible(cwd)
      } does not exist here; resume it on the machine where it ran`,
    );
  }
  terminal.warn(`ato: ${line}`);
  if (state === "done") {
    terminal.warn(
      `ato: search ${
        visible(id)
      } is done; it runs no trials unless its program now asks for more`,
    );
  }
  const reason = options.yes === true ? undefined : strangeStart(start, id);
  if (reason !== undefined && !await mayRun(id, reason, invocation)) {
    terminal.warn("ato: nothing was run");
    return EXIT.usage;
  }
  const { runChild } = await import("../run/child.ts");
  // For scripts that name a search only if they are told to; `ato worker` sets it, too.
  const env = { ATO_SEARCH: id };
  const { code } = await runChild(command, { cwd, env, quiet: json });
  return code;
}

/** The command of a search does not travel, and a copy that went on would be another search of the same name. */
async function refuseCopy(
  id: string,
  place: string,
  { dbPath }: Invocation,
): Promise<never> {
  throw new UsageError(
    `Cannot resume ${visible(id)} in ${
      visible(await dbPath())
    }: its journal is a copy, and it goes on in ${place}; resume it there, ` +
      "or start its program with another name for the search",
  );
}

/**
 * Checks that the recorded command goes on in the file that was given: in a copy of it, the command would not
 * resume the copy.
 */
async function requireSameFile(
  id: string,
  { database }: { readonly database?: unknown },
  { dbPath }: Invocation,
): Promise<void> {
  if (typeof database !== "string") return;
  const given = realpathSync(await dbPath());
  if (given === database) return;
  const instead = existsSync(database)
    ? `give --db ${
      commandText([database])
    }, or run what \`ato search resume --print\` shows by hand`
    : "that file is gone; move the search back, or start its program by hand with this file " +
      "(`ato search resume --print` shows how it was started)";
  throw new UsageError(
    `Cannot resume ${visible(id)} in ${visible(given)}: its command works on ${
      visible(database)
    }; ${instead}`,
  );
}

/** Checks the type: a file can contain anything. */
function isStart(
  start: unknown,
): start is {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly database?: unknown;
} {
  if (typeof start !== "object" || start === null) return false;
  const { command, cwd } = start as Record<string, unknown>;
  return typeof cwd === "string" && Array.isArray(command) &&
    command.length > 0 && command.every((word) => typeof word === "string");
}

async function mayRun(
  id: string,
  reason: string,
  { terminal }: Invocation,
): Promise<boolean> {
  if (terminal.ask === undefined) {
    throw new UsageError(
      `Cannot resume ${visible(id)} without asking: ${
        visible(reason)
      }; to run the command, give --yes`,
    );
  }
  const answer = await terminal.ask(
    `Search ${visible(id)}: ${visible(reason)}. Run the command above? [y/N] `,
  );
  return /^y(es)?$/i.test(answer.trim());
}
