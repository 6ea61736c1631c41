/** The config of a program without a scope: its command line. */
import type { ConfigHistory } from "../../internal/run_source.ts";

/** The words of a command line, as a config. */
export interface CommandConfig {
  /** The program. */
  readonly program: string;
  /** Its options by name, and under `words` the other words. */
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Reads a command line as a config: `--lr 0.1`, `--lr=0.1`, `-v` and `lr=0.1` are options, other
 * words are listed under `words`. An option takes the next word as its value unless that is an option.
 *
 * @param command The program and its words.
 * @returns the config.
 */
export function readCommand(command: readonly string[]): CommandConfig {
  const [program = "", ...rest] = command;
  const args: Record<string, unknown> = Object.create(null);
  const words: string[] = [];
  const add = (name: string, value: unknown) => {
    const key = Object.hasOwn(args, name) ? args[name] : undefined;
    args[name] = key === undefined
      ? value
      : [...(Array.isArray(key) ? key : [key]), value];
  };
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    const pair = /^(?:--?)?([A-Za-z_][\w.-]*)=(.*)$/s.exec(word);
    const option = /^--?([A-Za-z_][\w.-]*)$/.exec(word);
    if (pair !== null) add(pair[1]!, valueOf(pair[2]!));
    else if (option !== null) {
      const next = rest[i + 1];
      const hasValue = word.startsWith("--") && next !== undefined &&
        (!next.startsWith("-") || isNumber(next));
      add(option[1]!, hasValue ? valueOf(next) : true);
      if (hasValue) i++;
    } else words.push(word);
  }
  if (words.length > 0) add("words", words);
  return { program, args: { ...args } };
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
}

function valueOf(text: string): unknown {
  if (isNumber(text)) return Number(text);
  const word = text.toLowerCase();
  if (word === "true" || word === "false") return word === "true";
  return text;
}

/**
 * Writes the history of the config of a command line: every value comes from there.
 *
 * @param config The config.
 */
export function historyOfWords(
  { program, args }: CommandConfig,
): ConfigHistory {
  const entry = (value: unknown, by: string) => [
    { value, kind: "command-line", by } as const,
  ];
  return Object.fromEntries([
    ["program", entry(program, program)],
    ...Object.entries(args).map(([name, value]) => [
      `args.${name}`,
      entry(value, `${name}=${String(value)}`),
    ]),
  ]);
}
