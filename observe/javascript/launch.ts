/**
 * What a command needs so that JavaScript that it starts is observed: in Node and in Deno, directly or through others.
 *
 * @module
 */
import { basename, join } from "node:path";
import { OBSERVE_VARIABLE } from "../../internal/observation.ts";
import { ASSETS } from "./assets.ts";
import { denoShim, withGrant } from "./_grant.ts";

export { changesFiles } from "./_import_maps.ts";

/** A file that has to be written before the command starts. */
export interface LaunchFile {
  /** Its path below the folder of the launch, with slashes. */
  readonly path: string;
  /** Its content. */
  readonly text: string;
  /** Its mode. */
  readonly mode: number;
}

/** How a command is started so that it is observed. */
export interface JavascriptLaunch {
  /** The files to write. Those who run the command must keep them until all processes that it started have ended. */
  readonly files: readonly LaunchFile[];
  /** The variables to set, in addition to those that are there. */
  readonly env: Readonly<Record<string, string>>;
  /** The words of the command. */
  readonly command: readonly string[];
}

/**
 * Returns how a command is started so that the JavaScript that it runs is observed. Writes nothing.
 *
 * The observers write into `observations` in the folder, which must exist before the command starts. `NODE_OPTIONS`
 * loads the observer into Node and Deno, and a `deno` at the head of `PATH` lets it write. Both are taken out of what
 * the observed program sees.
 *
 * @param folder The folder of the launch, an absolute path.
 * @param env The environment that the command would be started with.
 * @param command The words of the command.
 * @returns what to write, to set, and to start.
 */
export function javascriptLaunch(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  command: readonly string[],
): JavascriptLaunch {
  const observations = join(folder, "observations");
  const bin = join(folder, "bin");
  const assets = Object.entries(ASSETS)
    .map(([path, text]) => ({ path, text, mode: 0o600 }));
  return {
    files: [
      ...assets,
      { path: "bin/deno", text: denoShim(bin, observations), mode: 0o700 },
    ],
    env: {
      [OBSERVE_VARIABLE]: observations,
      NODE_OPTIONS: before(
        `--require ${optionValue(join(folder, "observer.cjs"))}`,
        env["NODE_OPTIONS"],
        " ",
      ),
      PATH: before(bin, env["PATH"], ":"),
    },
    command: commandWithGrant(command, observations),
  };
}

/** Puts a value before the one that a variable has; an empty one is kept apart from none. */
function before(
  added: string,
  old: string | undefined,
  separator: string,
): string {
  return old === undefined ? added : `${added}${separator}${old}`;
}

/** Returns a value as `NODE_OPTIONS` reads it. */
function optionValue(value: string): string {
  return value.includes(" ") ? JSON.stringify(value) : value;
}

/** Adds the grant to a command that starts Deno itself. */
function commandWithGrant(
  [program, ...words]: readonly string[],
  folder: string,
): readonly string[] {
  if (program === undefined) return [];
  return basename(program) === "deno"
    ? [program, ...withGrant(words, folder)]
    : [program, ...words];
}
