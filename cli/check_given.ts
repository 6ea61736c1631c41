import { type Command, type OptionValue, UsageError } from "./command.ts";
import { visible } from "../internal/visible_text.ts";

/**
 * Refuses what a command would ignore without a word: too many words, and options with an empty value.
 *
 * @param command The command.
 * @param words The words that were given.
 * @param options The options that were given, by name.
 * @throws {UsageError} If there are too many words, or an option has an empty value.
 */
export function checkGiven(
  { name, most = Infinity }: Command,
  words: readonly string[],
  options: Readonly<Record<string, OptionValue>>,
): void {
  const help = `\`ato ${name} --help\` shows what it takes`;
  for (const [option, value] of Object.entries(options)) {
    if (value === "" || (Array.isArray(value) && value.includes(""))) {
      throw new UsageError(
        `Cannot use --${option} of ato ${name} without a value; ${help}`,
      );
    }
  }
  if (words.length > most) {
    throw new UsageError(
      `Cannot use ${
        visible(JSON.stringify(words[most]))
      } with ato ${name}: it takes ${
        most === 0 ? "no words" : `${most} word${most === 1 ? "" : "s"}`
      }; ${help}`,
    );
  }
}
