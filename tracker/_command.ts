/** The command line that starts this process again. */
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

/** Reads it from the system. Deno allows that only to a process with all permissions. */
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
 * Returns the command line of this process, with the options of its runtime.
 *
 * @returns the words. Under Deno without all permissions, it names the permissions that are granted as a
 *   whole; the values of one (`--allow-read=data`) are not available.
 */
export function commandLine(): readonly string[] {
  const [, ...words] = process.argv;
  if (!isDeno()) {
    // In a single executable, the first word after the command is in the place of the script.
    const own = isSingleExecutable() ? words.slice(1) : words;
    return [process.execPath, ...process.execArgv, ...own];
  }
  const granted = DENO_PERMISSIONS.filter((name) => isGranted({ name }));
  const known = fromSystem();
  if (known !== undefined) return known;
  // A compiled program is its own runtime, and contains its script.
  if (!/(^|[\\/])deno(\.exe)?$/i.test(process.execPath)) {
    return [process.execPath, ...words.slice(1)];
  }
  return ["deno", "run", ...granted.map((name) => `--allow-${name}`), ...words];
}
