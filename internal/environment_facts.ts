/**
 * The environment of a run in words, as pages and terminals show it.
 *
 * @module
 */

/** What is shown of a run's environment; everything may be unknown. */
export interface ShownEnvironment {
  readonly runtime?: { readonly name: string; readonly version?: string };
  readonly os?: {
    readonly platform: string;
    readonly release?: string;
    readonly arch: string;
  };
  readonly cpu?: { readonly model?: string; readonly count: number };
  /** In bytes. */
  readonly memory?: number;
  readonly argv?: readonly string[];
  readonly command?: readonly string[];
  readonly cwd?: string;
  readonly git?: ShownGit;
  readonly lockFile?: { readonly name: string; readonly sha256: string };
  readonly host?: string;
  readonly pid?: number;
}

/** The state of the working tree. */
export interface ShownGit {
  readonly commit?: string;
  readonly branch?: string;
  readonly dirty?: boolean;
  /** What was not committed. */
  readonly diff?: string;
}

/** Hexadecimal digits of hashes. */
const DIGITS = 12;

/**
 * Lists what is known of an environment.
 *
 * @param environment The environment.
 * @returns names and texts; the texts are those of the file, and the caller makes them visible.
 *
 * @example
 * ```ts
 * import { environmentFacts } from "./environment_facts.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const environment = { runtime: { name: "deno", version: "2.9.6" }, memory: 2 ** 30 };
 * assertEquals(environmentFacts(environment), [["runtime", "deno 2.9.6"], ["memory", "1024 MiB"]]);
 * ```
 */
export function environmentFacts(
  environment: ShownEnvironment,
): [name: string, text: string][] {
  const { runtime, os, cpu, memory, argv, command, cwd, git, lockFile, host } =
    environment;
  const facts: [string, string | undefined][] = [
    ["runtime", runtime && `${runtime.name} ${runtime.version ?? ""}`],
    ["system", os && `${os.platform} ${os.release ?? ""} ${os.arch}`],
    ["processor", cpu && `${cpu.count} x ${cpu.model ?? "unknown"}`],
    [
      "memory",
      memory === undefined ? undefined : `${Math.round(memory / 2 ** 20)} MiB`,
    ],
    ["command", (command ?? argv)?.join(" ")],
    ["folder", cwd],
    ["git", git && gitText(git)],
    [
      "lock file",
      lockFile && `${lockFile.name} ${lockFile.sha256.slice(0, DIGITS)}`,
    ],
    ["host", host && hostText(host, environment.pid)],
  ];
  return facts.flatMap(([name, text]) => text ? [[name, text.trim()]] : []);
}

function gitText({ commit, branch, dirty, diff }: ShownGit): string {
  return [
    commit?.slice(0, DIGITS),
    branch && `on ${branch}`,
    dirty && "with uncommitted changes",
    diff && `(${diff.split("\n").length} lines of diff stored)`,
  ].filter(Boolean).join(" ");
}

function hostText(host: string, pid: number | undefined): string {
  return `${host}${pid === undefined ? "" : `, process ${pid}`}`;
}
