import { isForUser, messageOf } from "../internal/errors.ts";
import { visible } from "../internal/visible_text.ts";

/**
 * Describes an error in one sentence. Whether its message is meant for users depends on its class, never on
 * its wording.
 *
 * @param error What a command threw.
 * @returns the sentence.
 */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return unexpected(messageOf(error));
  if (isForUser(error)) return error.message;
  return systemProblem(error) ?? missingPermission(error) ??
    unexpected(`${error.name}: ${error.message}`);
}

/** Describes a permission that the runtime did not grant; its message names the flag that grants it. */
function missingPermission(error: Error): string | undefined {
  if (error.name === "NotCapable") {
    return `Cannot continue: ${visible(error.message)}`;
  }
  const { code, resource } = error as NodeJS.ErrnoException & {
    readonly resource?: unknown;
  };
  return code === "ERR_ACCESS_DENIED"
    ? `Cannot use ${visible(String(resource ?? "a resource"))}: ${
      visible(error.message)
    }`
    : undefined;
}

/** Describes what the operating system refused: a file, a folder, a program. */
function systemProblem(error: Error): string | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || typeof syscall !== "string") return undefined;
  const what = path === undefined ? syscall : `${syscall} ${path}`;
  return `Cannot ${what}: the system says ${code}; check the path, its folder and the permissions`;
}

function unexpected(what: string): string {
  return `Cannot continue: this is a fault of ato, not of the command (${
    visible(what)
  }); please report it with what ATO_DEBUG=1 shows`;
}
