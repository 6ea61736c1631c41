/**
 * Which process something belongs to, and whether that process is still alive.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isGranted } from "./runtime.ts";
import { attempt } from "./attempt.ts";

/** The identity of a process; it stays unique when the system gives the same pid to another process. */
export interface ProcessIdentity {
  /** The name of the machine. */
  readonly host: string | null;
  /** The id of the machine's last start (Linux). */
  readonly bootId: string | null;
  /** The process id. */
  readonly pid: number;
  /** When the process started, in ticks since the machine's start (Linux). */
  readonly pidStart: string | null;
}

function bootId(): string | null {
  const path = "/proc/sys/kernel/random/boot_id";
  return attempt(() => readFileSync(path, "utf8").trim(), {
    name: "read",
    path,
  }) ?? null;
}

/** When a process started, in ticks since boot (Linux). */
function pidStart(pid: number): string | null {
  return statOf(pid)?.[19] ?? null;
}

/** The fields of a process from its state on (Linux). */
function statOf(pid: number): string[] | undefined {
  const path = `/proc/${pid}/stat`;
  const stat = attempt(() => readFileSync(path, "utf8"), {
    name: "read",
    path,
  });
  // The second field is the command in parentheses and may hold anything, so count from its end.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Returns the name of this machine; `undefined` if it is not available. */
export function hostName(): string | undefined {
  return attempt(() => hostname(), { name: "sys", kind: "hostname" });
}

/** Returns the identity of this process. */
export function identifyProcess(): ProcessIdentity {
  return {
    host: hostName() ?? null,
    bootId: bootId(),
    pid: process.pid,
    pidStart: pidStart(process.pid),
  };
}

function exists(pid: number): boolean | undefined {
  if (!isGranted({ name: "run" })) return undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "ESRCH") return false;
    return code === "EPERM" ? true : undefined;
  }
}

/** Whether a process is still alive; `undefined` if this process cannot know. */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  const host = hostName();
  if (host === undefined || identity.host !== host) return undefined;
  const boot = bootId();
  if (boot !== null && identity.bootId !== null && boot !== identity.bootId) {
    return false;
  }
  const stat = statOf(identity.pid);
  const [state, start] = [stat?.[0], stat?.[19]];
  // A process that was killed stays in the list until its parent asks for it, which some never do.
  if (state === "Z" || state === "X") return false;
  if (start !== undefined && identity.pidStart !== null) {
    return start === identity.pidStart;
  }
  return exists(identity.pid);
}
