/** The words of the command line of an attempt, as its environment has them. */
import { isRecord } from "../../internal/objects.ts";

/** The names of the lists of words. */
export const COMMAND_WORDS = ["argv", "command"] as const;

/** The lists of words. */
export type CommandWords = Readonly<
  Partial<Record<typeof COMMAND_WORDS[number], readonly string[]>>
>;

/** Tells whether a value is a list of words. */
export function isWords(value: unknown): value is string[] {
  return Array.isArray(value) &&
    value.every((one) => typeof one === "string");
}

/**
 * Reads lists of words that came from elsewhere.
 *
 * @param text Their JSON.
 * @returns the lists; `undefined` if it is something else.
 */
export function parseCommandWords(text: string): CommandWords | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const isKnown = (name: string) =>
    (COMMAND_WORDS as readonly string[]).includes(name);
  return Object.entries(value).every(([name, words]) =>
      isKnown(name) && isWords(words)
    )
    ? value
    : undefined;
}
