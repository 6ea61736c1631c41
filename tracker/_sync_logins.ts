/** Hides the logins of places that runs are sent to: they are never stored. */
import { isPlainObject } from "../internal/objects.ts";
import type { ConfigHistory } from "../internal/run_source.ts";
import type { RunEnvironment } from "./environment.ts";

/** `mlflow+http://user:password@host`, and whatever place comes later. */
const LOGIN = /\b([a-z]+\+[a-z]+:\/\/)[^/\s@"'\]]*(?:@[^/\s@"'\]]*)*@/gi;

function hideIn(value: unknown): unknown {
  if (typeof value === "string") return value.replace(LOGIN, "$1***@");
  return Array.isArray(value) ? value.map(hideIn) : value;
}

/**
 * Hides the logins in `experiment.sync` of a config.
 *
 * @param config The config as plain data.
 * @returns the config itself if it names no place.
 */
export function withoutSyncLogins(
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { experiment } = config;
  if (!isPlainObject(experiment) || experiment["sync"] === undefined) {
    return config;
  }
  const sync = hideIn(experiment["sync"]);
  return { ...config, experiment: { ...experiment, sync } };
}

/** Hides the same logins in the history of a config. */
export function historyWithoutLogins(history: ConfigHistory): ConfigHistory {
  return Object.fromEntries(
    Object.entries(history).map(([path, entries]) => [
      path,
      /^experiment(\.sync|$)/.test(path)
        ? entries.map((entry) => ({
          ...entry,
          value: hideIn(entry.value),
          by: String(hideIn(entry.by)),
        }))
        : entries,
    ]),
  );
}

/** Hides the same logins in the command line. */
export function environmentWithoutLogins(
  environment: RunEnvironment,
): RunEnvironment {
  const { argv, command } = environment;
  return {
    ...environment,
    ...(argv && { argv: argv.map((word) => String(hideIn(word))) }),
    ...(command && { command: command.map((word) => String(hideIn(word))) }),
  };
}
