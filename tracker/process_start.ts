/**
 * How this process was started, so that it can be started again.
 *
 * @module
 */
import process from "node:process";
import { attempt } from "../internal/attempt.ts";
import { pathInProject, wordInProject } from "../internal/mirror_place.ts";
import { hostName } from "../internal/process_identity.ts";
import { commandLine } from "./_command.ts";
import { isSealed, sealOf } from "./seal.ts";

/** How a process was started. */
export interface ProcessStart {
  /** The command line, with the options of the runtime. */
  readonly command: readonly string[];
  /** The working directory. */
  readonly cwd: string;
  /** The host. */
  readonly host?: string;
  /** A code that only the user's own key makes of command, folder and name. */
  readonly seal?: string;
}

/**
 * Describes how this process was started.
 *
 * @param name What the process does, e.g. the name of a search; it is part of the seal.
 * @returns the command and its folder; `undefined` if they are not permitted to be read.
 */
export function processStart(name: string): ProcessStart | undefined {
  const cwd = attempt(() => process.cwd(), { name: "read", path: "." });
  const words = attempt(commandLine);
  if (cwd === undefined || words === undefined) return undefined;
  const start = {
    command: words.map(wordInProject),
    cwd: pathInProject(cwd),
  };
  const seal = sealOf({ ...start, config: { text: name, types: [] } });
  const host = hostName();
  return {
    ...start,
    ...(host !== undefined && { host }),
    ...(seal !== undefined && { seal }),
  };
}

/**
 * Says why a recorded start is not known to be the user's own: a file can come from anywhere and contain any
 * command.
 *
 * @param start The start, as the file has it.
 * @param name The name that was given when it was recorded.
 * @returns the reason; `undefined` if this user recorded it on this host.
 */
export function strangeStart(
  { command, cwd, host, seal }: ProcessStart,
  name: string,
): string | undefined {
  if (!isSealed(seal, { command, cwd, config: { text: name, types: [] } })) {
    return "nothing shows that you recorded it, and its file can contain any command";
  }
  return host === undefined || host === hostName()
    ? undefined
    : `it was recorded on another host, ${host}`;
}
