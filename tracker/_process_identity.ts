/** Which process a run belongs to, and whether it still lives. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isGranted } from "../internal/runtime.ts";
import { attempt } from "./_attempt.ts";

/** What tells one process from every other, also after its pid was given to another. */
export interface ProcessIdentity {
  readonly host: string | null;
  readonly bootId: string | null;
  readonly pid: number;
  readonly pidStart: string | null;
}

function bootId(): string | null {
  const path = "/proc/sys/kernel/random/boot_id";
  return attempt(() => readFileSync(path, "utf8").trim(), {
    name: "read",
    path,
  }) ?? null;
}

/** When a process began, in ticks since boot (Linux). */
function pidStart(pid: number): string | null {
  const path = `/proc/${pid}/stat`;
  const stat = attempt(() => readFileSync(path, "utf8"), {
    name: "read",
    path,
  });
  // The second field is the command in parentheses and may hold anything, so count from its end.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

/** The name of this machine. */
export function hostName(): string | undefined {
  return attempt(() => hostname(), { name: "sys", kind: "hostname" });
}

/** The identity of this process. */
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

/** Whether a process still lives, or `undefined` where that cannot be told from here. */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  const host = hostName();
  if (host === undefined || identity.host !== host) return undefined;
  const boot = bootId();
  if (boot !== null && identity.bootId !== null && boot !== identity.bootId) {
    return false;
  }
  const start = pidStart(identity.pid);
  if (start !== null && identity.pidStart !== null) {
    return start === identity.pidStart;
  }
  return exists(identity.pid);
}
