/**
 * What differs between Deno and Node: the process, permissions, warnings.
 *
 * @module
 */

/** The parts of Node's `process` that the package uses. */
export interface ProcessParts {
  /** The runtime, the script and the words after it. */
  readonly argv: readonly string[];
  /** The path of the runtime. */
  readonly execPath: string;
  /** The operating system, as Node names it: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prints a warning. */
  emitWarning(warning: string | Error, ...rest: unknown[]): void;
  /** The working directory. */
  cwd(): string;
  /** The permissions of Node, if it was started with `--permission`. */
  readonly permission?: {
    /** Whether something is allowed, of a path or at all. */
    has(scope: string, reference?: string): boolean;
  };
  /** Ends the process. */
  exit(code: number): never;
}

/**
 * Returns `process`, which both runtimes have as a global.
 *
 * Under Deno, importing `node:process` takes 13 ms, which would slow down every import of this package.
 * The global is loaded when it is first used.
 */
export function getProcess(): ProcessParts {
  return (globalThis as unknown as { process: ProcessParts }).process;
}

/** Whether this is Deno. Some Node programs define a `Deno` global, so the global is not checked. */
export function isDeno(): boolean {
  return globalThis.navigator?.userAgent?.startsWith("Deno/") === true;
}

/** A permission, in Deno's own terms. */
export type Permission =
  | { readonly name: "sys"; readonly kind: string }
  | { readonly name: "read" | "write"; readonly path: string }
  | { readonly name: "run"; readonly command?: string }
  | { readonly name: "env"; readonly variable: string }
  /** All of a kind. */
  | {
    readonly name:
      | "read"
      | "write"
      | "net"
      | "env"
      | "run"
      | "ffi"
      | "sys"
      | "import";
  };

interface Permissions {
  querySync(permission: Permission): { readonly state: string };
}

/**
 * Tells whether something is allowed without a prompt: what Ato records on its own must never make
 * Deno prompt. Node has no such permissions.
 *
 * @param permission The permission that is needed.
 * @returns false only under Deno, if the permission is not granted.
 */
export function isGranted(permission: Permission): boolean {
  if (!isDeno()) return true;
  const { Deno } = globalThis as unknown as {
    Deno: { permissions: Permissions };
  };
  return Deno.permissions.querySync(permission).state === "granted";
}

/**
 * Runs a function and hides one warning that it is known to print; all other warnings pass.
 *
 * @param about What the text of the warning matches.
 * @param work The function.
 * @returns what `work` returns.
 */
export function withoutWarning<T>(about: RegExp, work: () => T): T {
  const process = getProcess();
  const emit = process.emitWarning;
  const filtered = (warning: string | Error, ...rest: unknown[]): void => {
    const text = typeof warning === "string" ? warning : warning.message;
    if (!about.test(text)) Reflect.apply(emit, process, [warning, ...rest]);
  };
  process.emitWarning = filtered;
  try {
    return work();
  } finally {
    process.emitWarning = emit;
  }
}
