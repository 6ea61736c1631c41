/** What the tracker's tests share. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { TrackerConfig } from "../../tracker/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import {
  denoConfig,
  IS_DENO,
  ROOT,
  withoutWaiting,
} from "../_shared/run_script.ts";

/** The processes that run. */
const running = new Set<ChildProcess>();

/**
 * Runs `work` in a folder of its own, which is gone afterwards. If it fails, the processes that it started are ended:
 * this one would wait for them for ever.
 */
export function inFolder(
  work: (folder: string) => Promise<void> | void,
): Promise<void> {
  return withTempFolder(async (folder) => {
    const before = new Set(running);
    try {
      await work(folder);
    } catch (error) {
      for (const child of running) {
        if (!before.has(child)) child.kill("SIGKILL");
      }
      throw error;
    }
  }, "tracker");
}

/** A config whose runs go to `runs.db` in a folder. */
export function configIn(
  folder: string,
  values: Record<string, unknown> = {},
): TrackerConfig & Record<string, unknown> {
  return {
    ...values,
    experiment: {
      projectName: "demo",
      sql: { dbPath: join(folder, "runs.db") },
    },
  };
}

/** Whether the tests run under Deno. */
export const isDeno: boolean = IS_DENO;

/** How to start one of the scripts beside the tests in a process of its own. */
export function commandFor(
  script: string,
  args: readonly string[],
): [string, string[]] {
  const path = fileURLToPath(new URL(script, import.meta.url));
  if (!isDeno) return [process.execPath, [...process.execArgv, path, ...args]];
  const flags = ["run", "-A", "--config", denoConfig()];
  return [process.execPath, [...flags, path, ...args]];
}

/** A script in a process of its own, and what it wrote. */
export interface Child {
  readonly process: ChildProcess;
  /** The lines of stdout so far. */
  readonly lines: string[];
  /** The whole of stderr so far, without what the runtime says of itself. */
  stderr(): string;
  /** Waits for a line that begins so. */
  line(start: string): Promise<string>;
  /** Waits for the end. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

/** Starts a script beside the tests. */
export function start(
  script: string,
  args: readonly string[],
  options: {
    env?: Record<string, string>;
    wrap?: (command: string[]) => string[];
  } = {},
): Child {
  const plain = commandFor(script, args).flat();
  const [command, ...rest] = options.wrap?.(plain) ?? plain;
  const child = spawn(command!, rest, {
    cwd: ROOT,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const lines: string[] = [];
  let [open, errors] = ["", ""];
  const waiting = new Set<() => void>();
  child.stdout!.on("data", (data) => {
    const parts = (open + data).split("\n");
    open = parts.pop()!;
    lines.push(...parts);
    for (const wake of waiting) wake();
  });
  child.stderr!.on("data", (data) => errors += data);
  const ended = new Promise<{ code: number | null; signal: string | null }>(
    (resolve) => {
      child.on("close", (code, signal) => {
        running.delete(child);
        resolve({ code, signal });
      });
    },
  );
  const line = (begin: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find((one) => one.startsWith(begin));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      ended.then(({ code, signal }) => {
        reject(
          new Error(
            `no line "${begin}" before the end (${code} ${signal}): ${errors}`,
          ),
        );
      });
    });
  return {
    process: child,
    lines,
    stderr: () => withoutWaiting(errors),
    line,
    ended,
  };
}
