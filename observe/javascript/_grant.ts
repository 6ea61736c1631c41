/**
 * The grant that Deno needs so that the observer can write: `--allow-write=` for the folder of observations alone.
 * The observer gives it back as soon as its file is open.
 */

/** The commands of Deno that run a program with permissions. */
const RUNNING: readonly string[] = ["run", "test", "bench", "serve"];

/** What comes instead of a command: a script, or options of `run` before it. */
const SCRIPT = /^(?:-(?!V$|h$|-version$|-help)|.*\.[cm]?[jt]sx?$|https?:)/;

/**
 * Returns the words after `deno` with the grant.
 *
 * The words stay as they are if they grant to write everywhere, because another grant would narrow that one, or name
 * a permission set, whose own grant it would replace. The observer writes where the program may write everywhere; with
 * a permission set it writes only if the set allows that.
 *
 * @param words The words after `deno`.
 * @param folder The folder that the observer writes to.
 */
export function withGrant(
  words: readonly string[],
  folder: string,
): readonly string[] {
  const [first = ""] = words;
  const at = RUNNING.includes(first) ? 1 : SCRIPT.test(first) ? 0 : -1;
  if (at === -1 || hasCommandLater(words) || words.some(decidesWriting)) {
    return words;
  }
  return [...words.slice(0, at), grantOf(folder), ...words.slice(at)];
}

/** Returns the option that grants writing to a folder. A comma in a path is doubled. */
export function grantOf(folder: string): string {
  return `--allow-write=${folder.replaceAll(",", ",,")}`;
}

/** Tells whether the command comes after options, as in `deno -q run`. */
function hasCommandLater(words: readonly string[]): boolean {
  const next = words.find((word) => !word.startsWith("-")) ?? "";
  return next !== words[0] && /^[a-z]+$/.test(next);
}

/** Tells whether a word grants writing everywhere, or names a permission set. */
function decidesWriting(word: string): boolean {
  if (/^--(?:allow-all|allow-write|permission-set(?:=.*)?)$/.test(word)) {
    return true;
  }
  const short = /^-([A-Za-z]+)(=?)/.exec(word);
  if (short === null || word.startsWith("--")) return false;
  const [, letters = "", value] = short;
  if (/[AP]/.test(letters)) return true;
  return letters.includes("W") && !(value === "=" && letters.endsWith("W"));
}

/**
 * Returns a script for `sh` that takes the place of `deno` on the search path, adds the grant by the same rules, and
 * starts the next `deno` on the path.
 *
 * @param bin The folder of the script.
 * @param folder The folder that the observer writes to.
 */
export function denoShim(bin: string, folder: string): string {
  return `#!/bin/sh
# Starts the next deno of the search path. It may write down what the program reads.
old=$IFS
IFS=:
real=
for entry in $PATH; do
  [ "$entry" = ${quoted(bin)} ] && continue
  if [ -f "$entry/deno" ] && [ -x "$entry/deno" ]; then
    real=$entry/deno
    break
  fi
done
IFS=$old
if [ -z "$real" ]; then
  echo "deno: not found" >&2
  exit 127
fi
grant=${quoted(grantOf(folder))}
at=
case "$1" in
  run | test | bench | serve) at=1 ;;
  -V | -h | --version | --help*) ;;
  -* | *.js | *.ts | *.mjs | *.mts | *.cjs | *.cts | *.jsx | *.tsx | http:* | https:*) at=0 ;;
esac
if [ -n "$at" ]; then
  is_first=1
  for word in "$@"; do
    case "$word" in
      --allow-all | --allow-write | --permission-set | --permission-set=*) at= ;;
      --*) ;;
      -*)
        letters=\${word%%=*}
        case "$letters" in
          *[AP]*) at= ;;
          *W) [ "$letters" = "$word" ] && at= ;;
          *W*) at= ;;
        esac
        ;;
      *)
        # A command after options, as in "deno -q run".
        if [ "$is_first" = 1 ] && [ "$at" = 0 ]; then
          case "$word" in *[!a-z]*) ;; *) at= ;; esac
        fi
        is_first=0
        ;;
    esac
  done
fi
case "$at" in
  1)
    command=$1
    shift
    exec "$real" "$command" "$grant" "$@"
    ;;
  0) exec "$real" "$grant" "$@" ;;
  *) exec "$real" "$@" ;;
esac
`;
}

/** Returns a text as one word of \`sh\`. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
