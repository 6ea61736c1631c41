/** The command line that started this process, as it would have to be typed again. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { isDeno, isGranted } from "../internal/runtime.ts";
import { attempt } from "../internal/attempt.ts";

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

/** As the system knows it. Deno gives that only to a process that may do everything. */
function fromSystem(): string[] | undefined {
  const text = attempt(() => readFileSync("/proc/self/cmdline", "utf8"), {
    name: "read",
    path: "/proc/self/cmdline",
  });
  const words = text?.replace(/\0$/, "").split("\0");
  return words?.[0] ? words : undefined;
}

function isSingleExecutable(): boolean {
  return process.getBuiltinModule?.("node:sea")?.isSea() === true;
}

/**
 * Gives the command line of this process, its runtime's own options included.
 *
 * @returns the words. Under Deno without all permissions, those that are granted as a whole are
 *   named; a list behind one of them (`--allow-read=data`) cannot be asked for.
 */
export function commandLine(): readonly string[] {
  const [, ...words] = process.argv;
  if (!isDeno()) {
    // In a single executable, what was typed for it stands in the place of the script.
    const own = isSingleExecutable() ? words.slice(1) : words;
    return [process.execPath, ...process.execArgv, ...own];
  }
  const granted = DENO_PERMISSIONS.filter((name) => isGranted({ name }));
  const known = fromSystem();
  if (known !== undefined) return known;
  // A compiled program is its own runtime, and its script lies inside of it.
  if (!/(^|[\\/])deno(\.exe)?$/i.test(process.execPath)) {
    return [process.execPath, ...words.slice(1)];
  }
  return ["deno", "run", ...granted.map((name) => `--allow-${name}`), ...words];
}
