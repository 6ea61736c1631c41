/** The processor time of the servers that this process started, on Linux. */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

/** Milliseconds of a tick of `/proc/PID/stat`: 100 a second on every Linux that matters. */
const TICK = 10;

interface Usage {
  readonly parent: number;
  /** Milliseconds, those of children that have ended included. */
  readonly used: number;
}

/** Returns the processor time of all descendants of this process, in milliseconds. */
export function descendantsCpu(): number {
  const usages = new Map<number, Usage>();
  for (const name of readdirSync("/proc")) {
    const usage = /^\d+$/.test(name) ? usageOf(name) : undefined;
    if (usage !== undefined) usages.set(Number(name), usage);
  }
  let sum = 0;
  for (const [pid, { used }] of usages) {
    if (isDescendant(pid, usages)) sum += used;
  }
  return sum;
}

function isDescendant(
  pid: number,
  usages: ReadonlyMap<number, Usage>,
): boolean {
  for (let one = usages.get(pid); one !== undefined;) {
    if (one.parent === process.pid) return true;
    one = usages.get(one.parent);
  }
  return false;
}

/** Reads a line of `/proc/PID/stat`; the name of the program is in parentheses and can hold anything. */
function usageOf(pid: string): Usage | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    // It has ended since the folder was listed.
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  const [, parent = 0] = fields;
  const used = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0);
  return { parent, used: used * TICK };
}
