/**
 * The command that starts `ato`, out of every way in which a program got the package.
 *
 * @module
 */
import { attempt } from "./attempt.ts";
import { addressBeside } from "./import_late.ts";
import { getProcess, isDeno } from "./runtime.ts";
import { VERSION } from "./version.ts";

/** The environment variable that names another command: a JSON list of words. */
export const COMMAND_VARIABLE = "ATO_COMMAND";

interface DenoParts {
  readonly build: { readonly standalone?: boolean };
}

/** Marks a process as one of `ato` itself: a symbol, so that copies of this package agree. */
const ATO = Symbol.for("ato.command");

/** Says that this process is `ato` itself, which matters if it is a binary. */
export function markAto(): void {
  Object.defineProperty(globalThis, ATO, { value: true, configurable: true });
}

/**
 * Returns the command that starts the `ato` of this package.
 *
 * @returns the words; `undefined` if this program does not have it, e.g. a bundle.
 */
export function atoCommand(): string[] | undefined {
  const named = attempt(() => getProcess().env[COMMAND_VARIABLE], {
    name: "env",
    variable: COMMAND_VARIABLE,
  });
  if (named) return wordsOf(named);
  const { execPath } = getProcess();
  // The binary of ato is its own runtime; another program that was made into one has no ato.
  if (isBinary()) return ATO in globalThis ? [execPath] : undefined;
  return isDeno() ? denoCommand(execPath) : nodeCommand(execPath);
}

/** Whether this program is one file that was made from a runtime, and so is no runtime itself. */
export function isBinary(): boolean {
  if (isDeno()) {
    const { Deno } = globalThis as unknown as { Deno: DenoParts };
    return Deno.build.standalone === true;
  }
  const { getBuiltinModule } = getProcess() as unknown as {
    getBuiltinModule?(name: string): { isSea(): boolean } | undefined;
  };
  return getBuiltinModule?.("node:sea")?.isSea() === true;
}

/** Reads the variable. */
function wordsOf(text: string): string[] | undefined {
  const words: unknown = attempt(() => JSON.parse(text));
  return Array.isArray(words) && words.length > 0 &&
      words.every((word) => typeof word === "string")
    ? words
    : undefined;
}

function denoCommand(execPath: string): string[] | undefined {
  const cli = attempt(() => addressBeside("../cli", import.meta.url));
  if (cli === undefined) return undefined;
  const isFromCache = cli.endsWith(".js") && !cli.includes("/node_modules/");
  const module = isFromCache ? `npm:@ato/ato@${VERSION}` : cli;
  return [execPath, "run", "--quiet", "--no-prompt", "-A", module];
}

function nodeCommand(execPath: string): string[] | undefined {
  if (!URL.canParse(import.meta.url)) return undefined;
  const launcher = new URL("../npm/ato.mjs", import.meta.url);
  return launcher.protocol === "file:"
    ? [execPath, decodeURIComponent(launcher.pathname)]
    : undefined;
}
