/**
 * What `ato repeat` passes to the process that it starts: the scope and the logger there use it.
 *
 * @module
 */
import { getProcess, isGranted } from "./runtime.ts";
import type { TypeNote } from "./json.ts";

/** The environment variable that holds a {@linkcode RepeatOrder} as JSON. */
export const REPEAT_VARIABLE = "ATO_REPEAT";

/** The run to repeat, and its config. */
export interface RepeatOrder {
  /** The UUID of the run. */
  readonly run: string;
  /** The setter to show in the history of the config, e.g. `ato repeat 41`. */
  readonly by: string;
  /** The name of the scope that the config belongs to; if it is not known, any scope uses it. */
  readonly scope?: string;
  /** The recorded config as JSON; absent if the script has to resolve it again. */
  readonly config?: string;
  /** The types that JSON cannot hold. */
  readonly types?: readonly TypeNote[];
  /** The mirror in which the process runs, if it does not run in the project itself. */
  readonly mirror?: MirrorPlace;
}

/** A mirror of a project, and the project. */
export interface MirrorPlace {
  /** The folder of the mirror, an absolute path. */
  readonly folder: string;
  /** The project's root, an absolute path. */
  readonly root: string;
}

/**
 * Returns what this process has to repeat.
 *
 * @returns the order; `undefined` if there is none, or if the variable may not be read.
 * @throws {TypeError} If the variable is not valid JSON.
 */
export function repeatOrder(): RepeatOrder | undefined {
  if (!isGranted({ name: "env", variable: REPEAT_VARIABLE })) return undefined;
  const text = getProcess().env[REPEAT_VARIABLE];
  if (!text) return undefined;
  try {
    return JSON.parse(text) as RepeatOrder;
  } catch {
    throw new TypeError(
      `Cannot read ${REPEAT_VARIABLE}: it was not set by \`ato repeat\`; unset it`,
    );
  }
}
