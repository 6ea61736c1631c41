import type { Command } from "./command.ts";

const HEAD = `# The command line

\`ato\` reads the database of \`--db FILE\`, of the variable \`ATO_DB\`, or the only one of the folder.
Everywhere: \`--json\` for scripts, \`--help\` with examples. Colours only on a terminal, never with
\`NO_COLOR\`; whatever a file holds is shown with its control characters escaped. JSON has them as
its own escapes; CSV into a pipe is data, and keeps them.

\`deno task compile\` makes \`dist/ato\`, one file that runs without Deno, Node or node_modules.
From the source: \`deno install -gA -n ato --config deno.npm.json cli.ts\`, or \`deno task ato COMMAND\`.

| exit code | meaning                                    |
| --------- | ------------------------------------------ |
| 0         | found; or no evidence of a difference      |
| 1         | not found; or something differs            |
| 2         | misused; or it cannot know                 |

A run, project or metric that is not there is "not found" in every command. A list leaves out a run
that is damaged, and says so in a line on stderr; \`ato show\` shows what can be read of it, and
ends with 2; \`export\`, \`merge\` and \`import\` take the others, and end with 1. A fault of ato itself
ends with 2 too, with a sentence that says so; \`ATO_DEBUG=1\` shows where.

\`ato run\` passes on the exit code of the program. How \`why\`, \`repeat\`, \`bisect\` and \`run\` come
to what they say: [why.md](why.md).

## What is written where

Files that \`ato\` writes (\`export --out\`, \`plot --svg\`) have mode 0600 (folders 0700); one that is
replaced keeps its mode. An earlier export is replaced; anything else that is there stays unless
\`--force\` is given. A database, its \`-wal\`, \`-shm\` and \`-journal\` are never written over, under
whatever name or link, and no link is followed. A file has its name only when it is whole; pipes and
devices (\`--out /dev/stdout\`) are written to as they are.

In CSV, a text that a spreadsheet would take for a formula (it begins with \`=\`, \`+\`, \`-\`, \`@\`, a tab, a
line break, or one of their wide forms) gets an apostrophe in front; numbers stay numbers, negative
ones too. To read it back, take one apostrophe away from every cell that fits
\`^'+[=+\\-@\\t\\r\\n＝＋－＠]\`; in Python
\`re.sub(r"^'(?='*[=+\\-@\\t\\r\\n＝＋－＠])", "", cell)\`.

In the layout of MLflow a name that no file can have (\`..\`, two names that differ in case, \`loss\` beside
\`loss/val\`) gets another one; the tag \`ato.names\` tells which, and \`ato import\` gives the old one back.

Where nobody reads the output on (\`| head\`), \`ato\` ends with exit code 0; where it cannot be written
(a full disk), with a sentence and exit code 2. \`ato run\` lets its program go on in both cases.

## Runs

A run is named by its id, its UUID or the beginning of that, or \`latest\`. Read-only commands never
write to the file, and work while other processes log into it.
`;

/**
 * The manual of the command line, from what the commands say of themselves.
 *
 * @param commands The commands.
 * @returns Markdown.
 */
export function manual(commands: readonly Command[]): string {
  return [HEAD, ...commands.map(section)].join("\n");
}

function section(
  { name, summary, usage, optionHelp, examples }: Command,
): string {
  const options = Object.entries(optionHelp ?? {}).map(([option, text]) =>
    `- \`${option}\`: ${text}`
  );
  const tried = examples.map(([command, what]) => `${command} # ${what}`);
  return [
    `## ${name}`,
    "",
    `${summary}: \`${usage}\``,
    "",
    ...(options.length > 0 ? [...options, ""] : []),
    "```sh",
    ...tried,
    "```",
    "",
  ].join("\n");
}
