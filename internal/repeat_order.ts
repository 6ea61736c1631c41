/**
 * What `ato repeat` hands to the process that it starts; scopes and loggers there obey it.
 *
 * @module
 */
import { getProcess, isGranted } from "./runtime.ts";
import type { TypeNote } from "./json.ts";

/** The environment variable that holds a {@linkcode RepeatOrder} as JSON. */
export const REPEAT_VARIABLE = "ATO_REPEAT";

/** Which run is repeated, and with which config. */
export interface RepeatOrder {
  /** The UUID of the run. */
  readonly run: string;
  /** What to name in the history of the config, e.g. `ato repeat 41`. */
  readonly by: string;
  /** The name of the scope whose config it is; any scope, where it is not known. */
  readonly scope?: string;
  /** The recorded config as JSON text; absent where the script is to work it out anew. */
  readonly config?: string;
  /** What that JSON cannot tell. */
  readonly types?: readonly TypeNote[];
}

/**
 * What this process was told to repeat.
 *
 * @returns the order, or `undefined` where there is none, or where asking for it is not allowed.
 * @throws {TypeError} if the variable holds something else.
 */
export function repeatOrder(): RepeatOrder | undefined {
  if (!isGranted({ name: "env", variable: REPEAT_VARIABLE })) return undefined;
  const text = getProcess().env[REPEAT_VARIABLE];
  if (!text) return undefined;
  try {
    return JSON.parse(text) as RepeatOrder;
  } catch {
    throw new TypeError(
      `Cannot read ${REPEAT_VARIABLE}: it is no order of \`ato repeat\`; unset it`,
    );
  }
}
