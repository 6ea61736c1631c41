/** What is needed of Node's `process`. */
export interface ProcessParts {
  /** The runtime, the script and the words behind it. */
  readonly argv: readonly string[];
  /** The operating system, as Node names it: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  cwd(): string;
  /** Ends the process. */
  exit(code: number): never;
}

/**
 * Gives `process`, which both runtimes have as a global.
 *
 * Under Deno, loading `node:process` takes 13 ms, which nobody should pay for an import: so it is
 * fetched here when it is needed.
 */
export function getProcess(): ProcessParts {
  return (globalThis as unknown as { process: ProcessParts }).process;
}
