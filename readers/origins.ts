import type { Origin } from "../internal/origin.ts";

/** The origins of the keys of a mapping or list; the keys of a list are its indexes. */
export type Origins = ReadonlyMap<string, KeyOrigins>;

/** The origins of one key and of what lies below it. */
export interface KeyOrigins {
  /** The line that set the key; `undefined` if it is unknown. */
  readonly at: Origin | undefined;
  /** The origins of the keys of its value; `undefined` if the value is not a container. */
  readonly below: Origins | undefined;
}

/** A config as plain data, with the origins of its keys. */
export interface DataWithOrigins {
  /** Plain objects, lists and scalars. */
  readonly data: Record<string, unknown>;
  /** The origins of its keys. */
  readonly origins: Origins;
}
