/**
 * The environment of a run: an allow list, never the environment variables.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import { basename, dirname, join } from "node:path";
import { isDeno, isGranted } from "../internal/runtime.ts";
import { attempt } from "../internal/attempt.ts";
import { processWords } from "../internal/process_words.ts";
import { commandLine } from "./_command.ts";
import { hostName } from "../internal/process_identity.ts";

/** The state of the git working tree. */
export interface GitState {
  /** The commit, in hex. */
  readonly commit?: string;
  /** The branch. */
  readonly branch?: string;
  /** Whether tracked files differ from the commit, or there are untracked files. */
  readonly dirty?: boolean;
  /** The difference to the commit as a patch, truncated if it is too long. */
  readonly diff?: string;
  /** Whether `diff` was truncated. */
  readonly diffCut?: boolean;
}

/** The environment of a run. What is not available or not permitted is left out. */
export interface RunEnvironment {
  /** `deno` or `node`, its version, and that of V8. */
  readonly runtime?: {
    readonly name: string;
    readonly version?: string;
    readonly v8?: string;
  };
  /** Operating system. */
  readonly os?: {
    readonly platform: string;
    readonly release?: string;
    readonly arch: string;
  };
  /** Processor. */
  readonly cpu?: { readonly model?: string; readonly count: number };
  /** Total memory, in bytes. */
  readonly memory?: number;
  /** `process.argv`: the runtime, the script, and the words after it. */
  readonly argv?: readonly string[];
  /** The command line that started the process, with the options of the runtime. */
  readonly command?: readonly string[];
  /** The words of the command that had a secret; `***` is in its place. */
  readonly hidden?: readonly { readonly at: number; readonly name: string }[];
  /** A code that the user's own key makes of command, folder and config; see `tracker/seal.ts`. */
  readonly seal?: string;
  /** The name of the scope that made the config. */
  readonly scope?: string;
  /** The working directory. */
  readonly cwd?: string;
  /** The script. */
  readonly script?: string;
  /** The git working tree that the working directory is in. */
  readonly git?: GitState;
  /** The lock file of the packages, with its SHA-256. */
  readonly lockFile?: { readonly name: string; readonly sha256: string };
  /** The process id. */
  readonly pid?: number;
  /** The host name. */
  readonly host?: string;
  /** The SQLite library that writes the file. */
  readonly sqlite?: { readonly driver: string; readonly version: string };
}

/** The largest number of characters of a diff. */
const DIFF_CAP = 256 * 1024;
const GIT_TIMEOUT = 3_000;
const LOCK_FILES = [
  "deno.lock",
  "deno.npm.lock",
  "package-lock.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
];

function git(
  args: readonly string[],
  cwd: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    try {
      const options = {
        cwd,
        timeout: GIT_TIMEOUT,
        maxBuffer: 64 * 1024 * 1024,
        windowsHide: true,
      };
      // No optional locks: this must not disturb a git command of the user.
      execFile(
        "git",
        ["--no-optional-locks", ...args],
        options,
        (error, stdout) => {
          resolve(error === null ? stdout : undefined);
        },
      );
    } catch {
      // Deno without --allow-run.
      resolve(undefined);
    }
  });
}

/**
 * Reads the state of the git working tree around a folder.
 *
 * @param cwd The folder.
 * @returns the state; `undefined` if there is no working tree or no git.
 */
export async function captureGit(cwd: string): Promise<GitState | undefined> {
  if (!isGranted({ name: "run", command: "git" })) return undefined;
  const commit = (await git(["rev-parse", "HEAD"], cwd))?.trim();
  if (commit === undefined) return undefined;
  const [branch, status, diff] = await Promise.all([
    git(["rev-parse", "--abbrev-ref", "HEAD"], cwd),
    git(["status", "--porcelain"], cwd),
    git(["diff", "HEAD", "--no-color", "--no-ext-diff"], cwd),
  ]);
  return {
    commit,
    ...(branch !== undefined && { branch: branch.trim() }),
    ...(status !== undefined && { dirty: status.trim() !== "" }),
    ...(diff !== undefined && diff !== "" && { diff: diff.slice(0, DIFF_CAP) }),
    ...(diff !== undefined && diff.length > DIFF_CAP && { diffCut: true }),
  };
}

/** Milliseconds for which the state of a working tree is not read again. */
const GIT_RECENT = 5_000;

let recent:
  | { cwd: string; at: number; state: Promise<GitState | undefined> }
  | undefined;

/** Successive trials of a study ask git once, because it takes longer than a short trial. */
function recentGit(cwd: string): Promise<GitState | undefined> {
  const now = performance.now();
  if (recent?.cwd !== cwd || now - recent.at > GIT_RECENT) {
    recent = { cwd, at: now, state: captureGit(cwd) };
  }
  return recent.state;
}

function findLockFile(from: string): RunEnvironment["lockFile"] {
  for (let folder = from;; folder = dirname(folder)) {
    if (!isGranted({ name: "read", path: folder })) return undefined;
    const path = LOCK_FILES.map((name) => join(folder, name)).find((file) =>
      existsSync(file)
    );
    if (path !== undefined) {
      const sha256 = createHash("sha256").update(readFileSync(path)).digest(
        "hex",
      );
      return { name: basename(path), sha256 };
    }
    if (dirname(folder) === folder || existsSync(join(folder, ".git"))) {
      return undefined;
    }
  }
}

function runtime(): RunEnvironment["runtime"] {
  const versions = process.versions as Record<string, string | undefined>;
  const name = isDeno() ? "deno" : "node";
  return { name, version: versions[name], v8: versions["v8"] };
}

let knownCpu: RunEnvironment["cpu"];

/** The processor, asked once: the system measures the load of each core for the answer. */
function cpu(): RunEnvironment["cpu"] {
  if (knownCpu !== undefined) return knownCpu;
  const list = os.cpus();
  return knownCpu = {
    ...(list[0] !== undefined && { model: list[0].model }),
    count: list.length,
  };
}

function operatingSystem(): RunEnvironment["os"] {
  const release = attempt(() => os.release(), {
    name: "sys",
    kind: "osRelease",
  });
  const [platform, arch] = [process.platform, process.arch];
  return { platform, ...(release !== undefined && { release }), arch };
}

/**
 * Captures the environment of this process.
 *
 * @returns what is available and permitted without a prompt.
 */
export async function captureEnvironment(): Promise<RunEnvironment> {
  const cwd = attempt(() => process.cwd(), { name: "read", path: "." });
  const started = attempt(processWords);
  const entries: [keyof RunEnvironment, unknown][] = [
    ["runtime", attempt(runtime)],
    ["os", attempt(operatingSystem)],
    ["cpu", attempt(cpu, { name: "sys", kind: "cpus" })],
    [
      "memory",
      attempt(() => os.totalmem(), { name: "sys", kind: "systemMemoryInfo" }),
    ],
    ["argv", started && [...started.argv]],
    ["command", attempt(commandLine)],
    ["cwd", cwd],
    ["script", started?.argv[1]],
    ["git", cwd === undefined ? undefined : await recentGit(cwd)],
    [
      "lockFile",
      cwd === undefined ? undefined : attempt(() => findLockFile(cwd)),
    ],
    ["pid", attempt(() => process.pid)],
    ["host", hostName()],
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
