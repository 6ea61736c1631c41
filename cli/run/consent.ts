import { hostname } from "node:os";
import { encodeJson } from "../../internal/json.ts";
import { isSealed } from "../../tracker/mod.ts";
import type { Run } from "../../tracker/mod.ts";
import { UsageError } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { visible } from "../../internal/visible_text.ts";

/**
 * Why a recorded command is not run unasked: a file may come from anywhere and say anything, so a
 * run counts as the user's own only by a seal that no other user can make, on the host of now.
 *
 * @param run The run.
 * @returns the reason, or `undefined` where the run is the user's own.
 */
export function strangeness(run: Run): string | undefined {
  const { host, seal, command, argv, cwd } = run.environment;
  const words = command ?? argv;
  if (
    words === undefined || cwd === undefined ||
    !isSealed(seal, { command: words, cwd, config: encodeJson(run.config) })
  ) {
    return "nothing shows that you recorded it; its file may say anything";
  }
  return host === undefined || host === hostname()
    ? undefined
    : `it was recorded on another host, ${visible(String(host))}`;
}

/**
 * Asks whether a command is to be run, where that is not plain.
 *
 * @param run The run.
 * @param options Where to ask, and whether the answer was given beforehand.
 * @returns whether it is to be run.
 * @throws {UsageError} If nobody can be asked.
 */
export async function mayRepeat(
  run: Run,
  options: { readonly yes: boolean; readonly terminal: Terminal },
): Promise<boolean> {
  const { yes, terminal } = options;
  const reason = yes ? undefined : strangeness(run);
  if (reason === undefined) return true;
  if (terminal.ask === undefined) {
    throw new UsageError(
      `Cannot repeat run ${run.id} unasked: ${reason}; if you want to run the command, give --yes`,
    );
  }
  const answer = await terminal.ask(
    `Run ${run.id}: ${reason}. Run the command above? [y/N] `,
  );
  return /^y(es)?$/i.test(answer.trim());
}
