import { hostname } from "node:os";
import { encodeJson } from "../../internal/json.ts";
import { isSealed } from "../../tracker/mod.ts";
import type { Run } from "../../tracker/mod.ts";
import { UsageError } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { visible } from "../../internal/visible_text.ts";

/**
 * Says why a recorded command is not run without asking: a file can come from anywhere and contain anything,
 * so a run counts as the user's own only with a seal that no other user can make, on the same host.
 *
 * @param run The run.
 * @param isOwnCode Whether the code that would be run is the user's own.
 * @returns the reason; `undefined` if the run is the user's own.
 */
export function strangeness(
  run: Run,
  isOwnCode: boolean,
): string | undefined {
  const { host, seal, command, argv, cwd } = run.environment;
  const words = command ?? argv;
  if (
    words === undefined || cwd === undefined ||
    !isSealed(seal, { command: words, cwd, config: encodeJson(run.config) })
  ) {
    return "nothing shows that you recorded it, and its file can contain any command";
  }
  if (!isOwnCode) {
    return "nothing shows that you recorded its code, and its file can contain any code";
  }
  return host === undefined || host === hostname()
    ? undefined
    : `it was recorded on another host, ${visible(String(host))}`;
}

/**
 * Asks whether to run a command, if the run is not the user's own.
 *
 * @param run The run.
 * @param options The terminal to ask, whether `--yes` was given, and whether the code is the user's own.
 * @returns true if the command may be run.
 * @throws {UsageError} If there is no one to ask.
 */
export async function mayRepeat(
  run: Run,
  options: {
    readonly yes: boolean;
    readonly terminal: Terminal;
    readonly isOwnCode: boolean;
  },
): Promise<boolean> {
  const { yes, terminal, isOwnCode } = options;
  const reason = yes ? undefined : strangeness(run, isOwnCode);
  if (reason === undefined) return true;
  if (terminal.ask === undefined) {
    throw new UsageError(
      `Cannot repeat run ${run.id} without asking: ${reason}; to run the command, give --yes`,
    );
  }
  const answer = await terminal.ask(
    `Run ${run.id}: ${reason}. Run the command above? [y/N] `,
  );
  return /^y(es)?$/i.test(answer.trim());
}
