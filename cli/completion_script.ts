import type { Command } from "./command.ts";

/** Words that follow a command directly. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  config: ["hash", "show", "diff", "convert"],
  search: ["list", "show", "plot", "export", "importance", "words", "resume"],
  completions: ["bash", "zsh", "fish"],
};
/** Commands whose words are files. */
const FILES: ReadonlySet<string> = new Set([
  "config",
  "merge",
  "import",
  "run",
]);
const GLOBAL = ["--db", "--json", "--help"];

/**
 * Writes the script that makes a shell complete `ato`.
 *
 * @param shell The shell.
 * @param commands All commands.
 * @returns the script.
 */
export function completionScript(
  shell: "bash" | "zsh" | "fish",
  commands: readonly Command[],
): string {
  if (shell === "bash") return bash(commands);
  return shell === "zsh" ? zsh(commands) : fish(commands);
}

function optionsOf({ options }: Command): string[] {
  return [...Object.keys(options ?? {}).map((name) => `--${name}`), ...GLOBAL];
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const words = [...VERBS[command.name] ?? [], ...optionsOf(command)];
    return `    ${command.name}) words="${words.join(" ")}" ;;`;
  });
  const files = commands.filter(({ name }) => FILES.has(name)).map((
    { name },
  ) => name);
  return `_ato() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  local previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(" ")} --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    help) words="${commands.map(({ name }) => name).join(" ")}" ;;
    esac
  fi
  case "$previous" in
  --db | --out | --svg)
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
    ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  case "\${COMP_WORDS[1]}" in
  ${files.join(" | ")})
    case "$current" in
    -*) ;;
    *)
      compopt -o filenames 2>/dev/null
      local file
      while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")
      ;;
    esac
    ;;
  esac
}
complete -F _ato ato
`;
}

/** Escapes a string for single quotes. */
function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}

function zsh(commands: readonly Command[]): string {
  const list = commands.map(({ name, summary }) =>
    `    '${name}:${quoted(summary).replaceAll(":", "\\:")}'`
  );
  const cases = commands.map((command) => {
    const verbs = VERBS[command.name];
    const words = [...verbs ?? [], ...optionsOf(command)];
    return `    ${command.name}) words_of=(${words.join(" ")}) ;;`;
  });
  return `#compdef ato

_ato() {
  local -a commands words_of
  commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case "\${words[2]}" in
${cases.join("\n")}
  esac
  compadd -- $words_of
  _files
}

_ato "$@"
`;
}

function fish(commands: readonly Command[]): string {
  const lines = ["complete -c ato -f"];
  for (const command of commands) {
    const { name, summary } = command;
    const inside = `__fish_seen_subcommand_from ${name}`;
    lines.push(
      `complete -c ato -n __fish_use_subcommand -a ${name} -d '${
        quoted(summary)
      }'`,
    );
    for (const verb of VERBS[name] ?? []) {
      lines.push(`complete -c ato -n '${inside}' -a ${verb}`);
    }
    if (FILES.has(name)) lines.push(`complete -c ato -n '${inside}' -F`);
    for (const option of Object.keys(command.options ?? {})) {
      const value = command.options?.[option]?.type === "string" ? " -r" : "";
      lines.push(`complete -c ato -n '${inside}' -l ${option}${value}`);
    }
  }
  lines.push(
    "complete -c ato -l db -r -F -d 'The database'",
    "complete -c ato -l json -d 'Write JSON'",
    "complete -c ato -l help -d 'Show help'",
  );
  return lines.join("\n") + "\n";
}
