/** What the file system says of a file, and whether that means that the file is still the same. */
import type { BigIntStats } from "node:fs";

/** What identifies a file's content until it is written to. */
export interface FileState {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  /** In nanoseconds since 1970. */
  readonly mtime: bigint;
  /** In nanoseconds since 1970. */
  readonly ctime: bigint;
}

const MILLISECOND = 1_000_000n;
const SECOND = 1_000n * MILLISECOND;
/** A file system stamps with a clock that can be one tick behind, in milliseconds; the slowest in use has 10 ms. */
const TICK = 12;

/** Takes over what counts. */
export function stateOf(stats: BigIntStats): FileState {
  const { dev: device, ino: inode, size, mtimeNs: mtime, ctimeNs: ctime } =
    stats;
  return { device, inode, size, mtime, ctime };
}

/** Whether two states are those of the same content. */
export function isSameState(a: FileState, b: FileState): boolean {
  return a.device === b.device && a.inode === b.inode && a.size === b.size &&
    a.mtime === b.mtime && a.ctime === b.ctime;
}

/** Whether two times are equal as far as both are known: Deno gives milliseconds, others nanoseconds. */
export function isSameTime(a: bigint, b: bigint): boolean {
  const isCoarse = a % MILLISECOND === 0n || b % MILLISECOND === 0n;
  return isCoarse ? a / MILLISECOND === b / MILLISECOND : a === b;
}

/**
 * Whether a file may have been written to at a time or after it. A change gets a new `ctime`, also if it puts the
 * modification time back.
 *
 * @param state Its state, from after that time.
 * @param at Milliseconds since 1970.
 */
export function mayHaveChangedSince(state: FileState, at: number): boolean {
  const before = BigInt(Math.trunc(at) - TICK) * MILLISECOND;
  // Under Deno it is known to the second only. Then the modification time has to do.
  const isCoarse = state.ctime % SECOND === 0n;
  return (isCoarse ? state.mtime : state.ctime) > before;
}

/** Waits until a change from before the call cannot be taken for one from after it. */
export function waitTick(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TICK + 1);
}

/** Whether a state is so old that any later change gives another one, in milliseconds since 1970. */
export function isSettled(state: FileState, now: number): boolean {
  const limit = BigInt(Math.trunc(now)) * MILLISECOND - 2n * SECOND;
  return state.mtime < limit && state.ctime < limit;
}
