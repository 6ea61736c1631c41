import type {
  SQLLogger,
  SQLLoggerOptions,
  TrackerConfig,
} from "../tracker/mod.ts";

/** How a file is used. */
export type StorageOptions = Pick<
  SQLLoggerOptions,
  "driver" | "synchronous" | "busyTimeout" | "onWarning"
>;

/** Returns the config of a tracker, and the options of its logger; a config has none. */
export function trackerParts(
  tracker: TrackerConfig | SQLLogger,
): { readonly config: TrackerConfig; readonly options: SQLLoggerOptions } {
  return "logMetric" in tracker
    ? tracker as SQLLogger
    : { config: tracker, options: {} };
}

/** Returns those options of a logger that say how its file is used. */
export function storageOf(
  { driver, synchronous, busyTimeout, onWarning }: SQLLoggerOptions,
): StorageOptions {
  return {
    ...(driver !== undefined && { driver }),
    ...(synchronous !== undefined && { synchronous }),
    ...(busyTimeout !== undefined && { busyTimeout }),
    ...(onWarning !== undefined && { onWarning }),
  };
}
