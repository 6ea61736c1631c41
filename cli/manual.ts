import type { Command } from "./command.ts";

const HEAD = `# The command line

\`ato\` reads the database that \`--db FILE\` or the variable \`ATO_DB\` names, or the only one in the
folder. Every command has \`--json\` for scripts and \`--help\` with examples. Colours appear on a
terminal only, and never with \`NO_COLOR\`. Control characters from a file are shown escaped; in JSON
they are JSON escapes. CSV that is written to a pipe is data and keeps them.

\`deno task compile\` makes \`dist/ato\`, one file that runs without Deno, Node or node_modules; the clients of engines and hubs are in it.
From the source: \`deno install -gA -n ato --config deno.npm.json cli.ts\`, or \`deno task ato COMMAND\`.

| exit code | meaning                               |
| --------- | ------------------------------------- |
| 0         | found, or no evidence of a difference |
| 1         | not found, or something differs       |
| 2         | wrong use, or it cannot tell          |

A run, project or metric that does not exist is "not found" in every command. A list leaves out a
damaged run and says so on stderr. \`ato show\` shows what can be read of a damaged run and exits with
2; \`export\`, \`merge\` and \`import\` process the other runs and exit with 1. If ato itself is at fault,
it says so in a sentence and exits with 2; \`ATO_DEBUG=1\` shows where.

\`ato run\` returns the exit code of the program. [why.md](why.md) explains how \`why\`, \`repeat\`,
\`bisect\` and \`run\` find their answers.

## Output files

Files that \`ato\` writes (\`export --out\`, \`plot --svg\`) have mode 0600 (folders 0700); a file that is
replaced keeps its mode. An earlier export is replaced; any other existing file is kept unless
\`--force\` is given. A database and its \`-wal\`, \`-shm\` and \`-journal\` are never overwritten, whatever
their name or link, and no link is followed. A file gets its name when it is complete. Pipes and
devices (\`--out /dev/stdout\`) are written directly.

In CSV, a string that a spreadsheet would take for a formula (it starts with \`=\`, \`+\`, \`-\`, \`@\`, a tab,
a line break, or a wide form of one of them) gets an apostrophe before it; numbers stay numbers,
including negative ones. To read the original, remove one apostrophe from every cell that matches
\`^'+[=+\\-@\\t\\r\\n＝＋－＠]\`; in Python
\`re.sub(r"^'(?='*[=+\\-@\\t\\r\\n＝＋－＠])", "", cell)\`.

In the layout of MLflow, a name that no file can have (\`..\`, two names that differ only in case,
\`loss\` beside \`loss/val\`) is replaced; the tag \`ato.names\` has the original, and \`ato import\`
restores it.

If the reader of the output exits (\`| head\`), \`ato\` exits with 0; if the output cannot be written (a
full disk), it exits with a sentence and 2. With \`ato run\` the program continues in both cases.

## Runs

A run is named by its id, its UUID or the start of it, its name, or \`latest\`. Read-only commands
never write to the file, and work while other processes log to it.
`;

/**
 * Writes the manual of the command line, from the help of the commands.
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
