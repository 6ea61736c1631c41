/**
 * What `ato repeat` hands to the process that it starts; scopes and loggers there obey it. This
 * file holds the contract and loads nothing.
 *
 * @module
 */
import type { TypeNote } from "./_json.ts";

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
