/**
 * Hides secrets in what is stored of a command line and a config: `***` is in the place of the value.
 *
 * @module
 */
import { isRecord } from "./objects.ts";
import { isSecretName } from "./secrets.ts";
import { urlSecrets } from "./url_secrets.ts";

/** What is stored in the place of a secret. */
export const HIDDEN = "***";

/** The shortest secret that is looked for elsewhere: a shorter one is a part of many words. */
export const SHORTEST = 8;

/** A word of a command line with a secret. */
export interface HiddenWord {
  /** The number of the word, from 0. */
  readonly at: number;
  /** What its value is given as, e.g. `--api-key`. */
  readonly name: string;
}

/** A command line without its secrets. */
export interface HiddenCommand {
  /** The words; `***` is in the place of a secret. */
  readonly words: readonly string[];
  /** The words that had one. */
  readonly hidden: readonly HiddenWord[];
}

/**
 * Lists the secrets of a command line: `--token x`, `--token=x`, `api.token=x`, `https://user:x@…?token=x`.
 *
 * @param words The words.
 */
export function secretsIn(words: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const found = secretAt(words, at);
    return found === undefined
      ? urlSecrets(word).map(({ from, to }) => word.slice(from, to))
      : [word.slice(found.from)];
  }).filter((secret) => secret !== HIDDEN);
}

/**
 * Hides the secrets of a command line.
 *
 * @param words The words.
 * @param secrets Secrets that are hidden wherever they are. @default {those of the words}
 */
export function hideInWords(
  words: readonly string[],
  secrets: readonly string[] = secretsIn(words),
): HiddenCommand {
  const hidden: HiddenWord[] = [];
  const names = new Map(words.flatMap((word, at) => {
    const found = secretAt(words, at);
    return found === undefined ? [] : [[word.slice(found.from), found.name]];
  }));
  const shown = words.map((word, at) => {
    const found = secretAt(words, at);
    const text = found === undefined
      ? hideInText(word, secrets)
      : word.slice(0, found.from) + HIDDEN;
    if (text === word) return word;
    if (found === undefined && addUrlSecrets(words, at, hidden)) return text;
    const other = [...names].find(([secret]) => word.includes(secret))?.[1];
    hidden.push({ at, name: found?.name ?? other ?? `word ${at}` });
    return text;
  });
  return { words: shown, hidden };
}

/** Adds the secrets of the addresses in a word, in their order. */
function addUrlSecrets(
  words: readonly string[],
  at: number,
  hidden: HiddenWord[],
): boolean {
  const [word = "", flag = ""] = [words[at], words[at - 1]];
  const given = /^--?([^=:]+)=/.exec(word)?.[1] ??
    (/^--?[^=\d][^=]*$/.test(flag) ? flag.replace(/^--?/, "") : `word ${at}`);
  const found = urlSecrets(word);
  hidden.push(...found.map(({ name }) => ({ at, name: `${given}.${name}` })));
  return found.length > 0;
}

/** Finds the secret in a word: where it starts, and its name. */
function secretAt(
  words: readonly string[],
  at: number,
): { readonly from: number; readonly name: string } | undefined {
  const word = words[at]!;
  const flag = words[at - 1];
  const isValue = flag !== undefined && /^--?[^=]+$/.test(flag) &&
    isSecretName(flag) && word !== "" && !word.startsWith("-");
  if (isValue) return { from: 0, name: flag };
  const from = word.indexOf("=") + 1;
  if (from === 0 || from === word.length) return undefined;
  const name = word.slice(0, from - 1);
  // The secrets of an address are its parts.
  if (name.includes("://")) return undefined;
  return name.split(".").some(isSecretName) ? { from, name } : undefined;
}

/**
 * Hides secrets wherever a text has them, and those of the addresses in it.
 *
 * @param text The text.
 * @param secrets The secrets; short ones are left out. @default {none}
 */
export function hideInText(
  text: string,
  secrets: readonly string[] = [],
): string {
  let shown = text;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST) shown = shown.replaceAll(secret, HIDDEN);
  }
  // From the end, so that the places stay right.
  for (const { from, to } of urlSecrets(shown).reverse()) {
    shown = shown.slice(0, from) + HIDDEN + shown.slice(to);
  }
  return shown;
}

/**
 * Hides secrets in plain data: the values of keys that a name list takes for secrets, and given secrets wherever they
 * are.
 *
 * @param data A config, a list, any value of one.
 * @param secrets The secrets. @default {none}
 * @returns a copy.
 */
export function hideInData(
  data: unknown,
  secrets: readonly string[] = [],
): unknown {
  if (typeof data === "string") {
    return hideInWords([data], secrets).words[0]!;
  }
  if (Array.isArray(data)) return hideInList(data, secrets);
  if (!isPlain(data)) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      isSecretName(key) ? hideAll(value) : hideInData(value, secrets),
    ]),
  );
}

/** A list of strings may hold words of a command line. */
function hideInList(
  list: readonly unknown[],
  secrets: readonly string[],
): unknown {
  return isWords(list)
    ? hideInWords(list, secrets).words
    : list.map((one) => hideInData(one, secrets));
}

function isWords(list: readonly unknown[]): list is readonly string[] {
  return list.every((one) => typeof one === "string");
}

/** Hides all values below the name of a secret; what says only whether there is one stays. */
function hideAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideAll);
  if (isPlain(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, hideAll(one)]),
    );
  }
  const isEmpty = value === null || value === undefined || value === "" ||
    typeof value === "boolean";
  return isEmpty ? value : HIDDEN;
}

/**
 * Lists the secrets of plain data, as texts.
 *
 * @param data A config.
 */
export function secretsInData(data: unknown): string[] {
  if (typeof data === "string") return secretsIn([data]);
  if (Array.isArray(data)) {
    const list: readonly unknown[] = data;
    return isWords(list) ? secretsIn(list) : list.flatMap(secretsInData);
  }
  if (!isPlain(data)) return [];
  return Object.entries(data).flatMap(([key, value]) =>
    isSecretName(key) ? textsOf(value) : secretsInData(value)
  );
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (isPlain(value)) return Object.values(value).flatMap(textsOf);
  return typeof value === "string" || typeof value === "number"
    ? [String(value)]
    : [];
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
