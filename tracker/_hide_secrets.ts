/** Hides secrets in what is stored of a run. */
import { type Encoded, encodeJson } from "../internal/json.ts";
import {
  hideInData,
  hideInWords,
  secretsIn,
  secretsInData,
} from "../internal/hidden_secrets.ts";
import { splitPath } from "../internal/key_path.ts";
import { isSecretName } from "../internal/secrets.ts";
import type { ConfigHistory } from "../internal/run_source.ts";
import type { RunEnvironment } from "./environment.ts";

/** What is stored of a run. */
export interface Shown {
  readonly config: Encoded;
  readonly history: ConfigHistory;
  readonly environment: RunEnvironment;
}

/**
 * Hides the secrets of a run.
 *
 * @param config Its config.
 * @param history Where its values come from.
 * @param environment Its environment, with the command line.
 */
export function withoutSecrets(
  config: Readonly<Record<string, unknown>>,
  history: ConfigHistory,
  environment: RunEnvironment,
): Shown {
  const { argv = [], command = argv } = environment;
  const secrets = [
    ...new Set([
      ...secretsIn(argv),
      ...secretsIn(command),
      ...secretsInData(config),
    ]),
  ];
  const { words, hidden } = hideInWords(command, secrets);
  return {
    ...hideConfig(config, history, secrets),
    environment: {
      ...environment,
      ...(environment.argv && { argv: hideInWords(argv, secrets).words }),
      ...(environment.command && { command: words }),
      ...(hidden.length > 0 && { hidden }),
    },
  };
}

/**
 * Hides the secrets of a config and of its history.
 *
 * @param config The config.
 * @param history Where its values come from.
 * @param secrets What is a secret wherever it is. @default {the values of secret keys}
 */
export function hideConfig(
  config: Readonly<Record<string, unknown>>,
  history: ConfigHistory,
  secrets: readonly string[] = secretsInData(config),
): { readonly config: Encoded; readonly history: ConfigHistory } {
  return {
    config: encodeJson(hideInData(config, secrets)),
    history: hideHistory(history, secrets),
  };
}

/** Hides secrets in a history: keys are paths there. */
function hideHistory(
  history: ConfigHistory,
  secrets: readonly string[],
): ConfigHistory {
  return Object.fromEntries(
    Object.entries(history).map(([path, entries]) => [
      path,
      entries.map((entry) => {
        const name = splitPath(path).find(isSecretName);
        const value = name === undefined
          ? hideInData(entry.value, secrets)
          : hideUnder(name, entry.value);
        const by = hideInWords([entry.by], secrets).words[0]!;
        return { ...entry, value, by };
      }),
    ]),
  );
}

function hideUnder(name: string, value: unknown): unknown {
  const shown = hideInData({ [name]: value });
  return (shown as Record<string, unknown>)[name];
}
