import type { Command } from "./command.ts";
import type { Terminal } from "./terminal.ts";

const GLOBAL_HELP: Readonly<Record<string, string>> = {
  "--db FILE": "The database (default: ATO_DB, or the only one in the folder)",
  "--json": "Write JSON, for scripts",
  "--help": "Show help, with examples",
  "--version": "Show the version",
};

/** Writes the help of `ato --help`. */
export function mainHelp(
  commands: readonly Command[],
  terminal: Terminal,
): void {
  terminal.line("ato: why did this run give a different result?");
  terminal.line();
  terminal.line(terminal.style("bold", "Commands"));
  list(
    Object.fromEntries(commands.map(({ name, summary }) => [name, summary])),
    terminal,
  );
  terminal.line();
  terminal.line(terminal.style("bold", "Options of every command"));
  list(GLOBAL_HELP, terminal);
  terminal.line();
  terminal.line(
    "Exit codes: 0 found, or no evidence of a difference; 1 not found, or something",
  );
  terminal.line(
    "differs; 2 wrong use, or cannot tell. `ato COMMAND --help` shows examples.",
  );
}

/** Writes the help of `ato COMMAND --help`. */
export function commandHelp(command: Command, terminal: Terminal): void {
  terminal.line(command.usage);
  terminal.line();
  terminal.line(command.summary);
  if (Object.keys(command.optionHelp ?? {}).length > 0) {
    terminal.line();
    terminal.line(terminal.style("bold", "Options"));
    list(command.optionHelp ?? {}, terminal);
  }
  terminal.line();
  terminal.line(terminal.style("bold", "Examples"));
  list(Object.fromEntries(command.examples), terminal);
}

function list(
  entries: Readonly<Record<string, string>>,
  terminal: Terminal,
): void {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  for (const [name, text] of Object.entries(entries)) {
    terminal.line(`  ${name.padEnd(width)}  ${text}`);
  }
}
