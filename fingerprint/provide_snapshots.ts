/**
 * What takes snapshots, if the program has loaded it: it is not part of programs that do not use it.
 *
 * @module
 */
import type { ProgramSnapshot } from "../internal/run_factors.ts";
import type { SnapshotOptions } from "./program/options.ts";

/** A function that takes the snapshot of a program. */
export type TakeSnapshot = (
  entry: string,
  options?: SnapshotOptions,
) => Promise<ProgramSnapshot>;

let provided: TakeSnapshot | undefined;

/** Registers what takes snapshots, so that nothing is loaded late. */
export function provideSnapshots(take: TakeSnapshot): void {
  provided = take;
}

/** Returns what takes snapshots; `undefined` if nothing has loaded it yet. */
export function providedSnapshots(): TakeSnapshot | undefined {
  return provided;
}
