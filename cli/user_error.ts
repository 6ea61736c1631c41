import { isForUser } from "../internal/errors.ts";
import { visible } from "../internal/visible_text.ts";

/**
 * What to say of an error, in one sentence. Whether it is meant for people is told by its class, never
 * by its words.
 *
 * @param error Anything that a command threw.
 * @returns the sentence.
 */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return unexpected(String(error));
  if (isForUser(error)) return error.message;
  return systemProblem(error) ?? unexpected(`${error.name}: ${error.message}`);
}

/** What the operating system refused: a file, a folder, a program. */
function systemProblem(error: Error): string | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || typeof syscall !== "string") return undefined;
  const what = path === undefined ? syscall : `${syscall} ${path}`;
  return `Cannot ${what}: the system says ${code}; check the path, its folder and the permissions`;
}

function unexpected(what: string): string {
  return `Cannot go on: ato itself is at fault, not what was typed (${
    visible(what)
  }); please report it with what ATO_DEBUG=1 shows`;
}
