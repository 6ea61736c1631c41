/** The command line that starts this process again. */
import process from "node:process";
import { isDeno, isGranted } from "../internal/runtime.ts";
import {
  isOwnRuntime,
  processWords,
  systemWords,
} from "../internal/process_words.ts";

const DENO_PERMISSIONS = [
  "read",
  "write",
  "net",
  "env",
  "run",
  "ffi",
  "sys",
  "import",
] as const;

/**
 * Returns the command line of this process, with the options of its runtime.
 *
 * @returns the words. Under Deno without all permissions, it names the permissions that are granted as a
 *   whole; the values of one (`--allow-read=data`) are not available. `undefined` in a thread that does not know the
 *   words of its process.
 */
export function commandLine(): readonly string[] | undefined {
  const started = processWords();
  const words = started?.argv.slice(1) ?? [];
  if (!isDeno()) {
    // In a single executable, the first word after the command is in the place of the script.
    const own = isOwnRuntime() ? words.slice(1) : words;
    return started && [process.execPath, ...started.execArgv, ...own];
  }
  const granted = DENO_PERMISSIONS.filter((name) => isGranted({ name }));
  const known = systemWords();
  if (known !== undefined) return known;
  if (started === undefined) return undefined;
  // A compiled program is its own runtime, and contains its script.
  if (isOwnRuntime()) {
    return [process.execPath, ...words.slice(1)];
  }
  return ["deno", "run", ...granted.map((name) => `--allow-${name}`), ...words];
}
