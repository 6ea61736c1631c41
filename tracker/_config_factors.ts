/** The factors of a run's config: its leaves, the seed, and the words of the command line that it has not. */
import {
  coverageOf,
  type FactorEntry,
  type FactorRecord,
  factorRecord,
} from "./_factor_record.ts";
import { factorText } from "./_factor_text.ts";
import { urlSecrets } from "../internal/url_secrets.ts";
import { hideInText, secretsInData } from "../internal/hidden_secrets.ts";
import { hiddenSecret, isSecretName } from "../internal/secrets.ts";
import { formatPath } from "../internal/key_path.ts";
import { leavesOf } from "../internal/leaves.ts";
import { isPlaceKey } from "../internal/place_keys.ts";
import type { ConfigHistory } from "../internal/run_source.ts";

/** What a run recorded of its config. */
export interface RecordedConfig {
  /** The config, as it is read back from the file. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The seed of the run. */
  readonly seed: string | null;
  /** The words of the command line after the program; absent if they are not known. */
  readonly words?: readonly string[] | undefined;
  /** The history of the config, which names the words that set it. */
  readonly history?: ConfigHistory | undefined;
  /** What is missing of it. */
  readonly missing?: readonly string[] | undefined;
}

/** Returns the factors of a config. */
export function configFactors(recorded: RecordedConfig): FactorRecord {
  const missing: string[] = [...recorded.missing ?? []];
  const secrets: string[] = [];
  const factors: FactorEntry[] = [];
  const add = (id: string, text: string, secret: boolean): void => {
    const value = secret ? hiddenSecret(id, text) : text;
    if (value === undefined) missing.push(noKey(id));
    else factors.push([id, value]);
  };
  const leaves = [...leavesOf(recorded.config)]
    .filter(([keys]) => !isPlaceKey(keys));
  const isNamed = ([keys, value]: typeof leaves[number]): boolean =>
    canBeSecret(value) && keys.some(isSecretName);
  for (const leaf of leaves) {
    if (isNamed(leaf) && typeof leaf[1] === "string") secrets.push(leaf[1]);
  }
  for (const leaf of leaves) {
    const [keys, value] = leaf;
    const text = factorText(value);
    // A secret may be given a second time under another name.
    const isSecret = isNamed(leaf) || hideInText(text, secrets) !== text ||
      secretsInData(value).length > 0;
    add(`config:${formatPath(keys)}`, text, isSecret);
  }
  if (recorded.seed !== null) factors.push(["seed", recorded.seed]);
  const command = commandWords(recorded);
  if (command !== undefined) {
    const words = hideWords(command, secrets);
    if (words === undefined) missing.push(noKey("command"));
    else factors.push(["command", JSON.stringify(words)]);
  }
  return factorRecord("config", factors, coverageOf(missing));
}

function noKey(id: string): string {
  return `${id}: it is a secret, and there is no key to hash it with; allow Ato to use its key (--allow-env, --allow-read, --allow-write)`;
}

/** `null`, a boolean or an empty string under the name of a secret is none. */
function canBeSecret(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "" &&
    typeof value !== "boolean";
}

/** The most words of the command line that set one key together: `lr = 0.1`. */
const JOINED = 5;

/** Returns the words of a command line that set nothing in the config. */
function commandWords(
  { words, history = {} }: RecordedConfig,
): string[] | undefined {
  if (words === undefined) return undefined;
  const known = new Set(
    Object.values(history).flat().map(({ by }) => by).filter((by) => by !== ""),
  );
  const rest: string[] = [];
  for (let at = 0; at < words.length;) {
    const count = joinedAt(words, at, known);
    if (count === 0) rest.push(words[at]!);
    at += Math.max(1, count);
  }
  return rest;
}

/** How many words from a place on set a key together; 0 if the first one sets none. */
function joinedAt(
  words: readonly string[],
  at: number,
  known: ReadonlySet<string>,
): number {
  for (let count = 1; count <= JOINED && at + count <= words.length; count++) {
    if (known.has(words.slice(at, at + count).join(" "))) return count;
  }
  return 0;
}

/** The shortest secret of a config that is looked for in words: a shorter one is found in any word. */
const SHORTEST = 4;

/**
 * Hides the values of secret flags (`--token=x`, `--token x`) and words with a secret of the config in them;
 * `undefined` if there is no key for them.
 */
function hideWords(
  words: readonly string[],
  secrets: readonly string[],
): string[] | undefined {
  const known = secrets.filter(({ length }) => length >= SHORTEST);
  const shown: string[] = [];
  let flag: string | undefined;
  for (const word of words) {
    const isSecret = known.some((secret) => word.includes(secret)) ||
      urlSecrets(word).length > 0 ||
      (flag !== undefined && !word.startsWith("-"));
    const hidden = isSecret
      ? hiddenSecret(`command:${flag ?? ""}`, word)
      : hideAssigned(word);
    if (hidden === undefined) return undefined;
    shown.push(hidden);
    flag = /^--?[^=]+$/.test(word) && isSecretName(word) ? word : undefined;
  }
  return shown;
}

function hideAssigned(word: string): string | undefined {
  const at = word.indexOf("=");
  if (at < 0 || at === word.length - 1) return word;
  const name = word.slice(0, at);
  if (!name.split(/[.]/).some(isSecretName)) return word;
  const value = hiddenSecret(`command:${name}`, word.slice(at + 1));
  return value === undefined ? undefined : `${name}=${value}`;
}
