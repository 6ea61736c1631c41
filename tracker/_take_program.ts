/** The program of this process: its snapshot is taken once, for all runs of the thread. */
import {
  type FactorRecord,
  factorRecord,
  nothingOf,
} from "./_factor_record.ts";
import { type ProgramRecord, programRecord } from "./_program_store.ts";
import {
  entryScript,
  loadedModules,
  unknownStart,
} from "../internal/entry_script.ts";
import { messageOf } from "../internal/errors.ts";
import {
  addressBeside,
  importLate,
  isLoadable,
} from "../internal/import_late.ts";
import type { ParseCache, ProgramSnapshot } from "../internal/run_factors.ts";
import type { RunSource } from "../internal/run_source.ts";

/** The program, or the record that says why there is none. */
export type TakenProgram =
  | {
    readonly program: ProgramRecord;
    /** The project's root. */
    readonly root: string;
  }
  | { readonly factors: FactorRecord };

/** Takes snapshots; `fingerprint` has the one that is used. */
type TakeSnapshot = (
  entry: string,
  options: { readonly cache?: ParseCache; readonly also: readonly string[] },
) => Promise<ProgramSnapshot>;

/** Makes the record of a run without a program. */
export function withoutProgram(reason: string): TakenProgram {
  return { factors: factorRecord("code", [], nothingOf(reason)) };
}

/** The snapshot of this process, which all its runs share. */
let own: Promise<TakenProgram> | undefined;
/** The same, as soon as it is there. */
let ready: TakenProgram | undefined;
/** The records of snapshots that were handed in. */
const given = new WeakMap<ProgramSnapshot, ProgramRecord>();

/**
 * Takes the snapshot of the program that a run belongs to. Never rejects: without a snapshot, the record
 * says why.
 *
 * @param source What the config knows; it may hand in a snapshot that was taken before the start.
 * @param cache The parsed files.
 */
export async function takeProgram(
  source: RunSource | undefined,
  cache: ParseCache | undefined,
): Promise<TakenProgram> {
  try {
    const handed = await source?.program?.();
    if (handed !== undefined) return handedProgram(handed);
  } catch (error) {
    return withoutProgram(`the snapshot failed: ${messageOf(error)}`);
  }
  return ready = await (own ??= takeOwn(cache));
}

/** Returns the snapshot of this process if an earlier run has taken it; then it is written with the run. */
export function readyProgram(
  source: RunSource | undefined,
): TakenProgram | undefined {
  return source?.program === undefined ? ready : undefined;
}

/** Makes the record of a snapshot that was handed in. */
export function handedProgram(
  snapshot: ProgramSnapshot,
): Extract<TakenProgram, { readonly root: string }> {
  return { program: recordOf(snapshot), root: snapshot.root };
}

function recordOf(snapshot: ProgramSnapshot): ProgramRecord {
  let record = given.get(snapshot);
  if (record === undefined) {
    given.set(snapshot, record = programRecord(snapshot));
  }
  return record;
}

/** What takes snapshots, or why it cannot be loaded. */
let loaded: Promise<TakeSnapshot | string> | undefined;

/**
 * Starts to load what takes snapshots, if this process will need it: the first run starts meanwhile. An error is
 * reported when the snapshot is taken.
 */
export function prepareProgram(source: RunSource | undefined): void {
  if (own !== undefined || source?.program !== undefined) return;
  if (loaded !== undefined || "reason" in entryScript()) return;
  loaded = loadTakeSnapshot();
  loaded.catch(() => undefined);
}

async function takeOwn(cache: ParseCache | undefined): Promise<TakenProgram> {
  try {
    const entry = entryScript();
    if ("reason" in entry) return withoutProgram(entry.reason);
    const take = await (loaded ??= loadTakeSnapshot());
    if (typeof take === "string") return withoutProgram(take);
    const snapshot = await take(entry.path, {
      also: loadedModules(),
      ...(cache !== undefined && { cache }),
    });
    return handedProgram(withUnknown(snapshot, unknownStart()));
  } catch (error) {
    return withoutProgram(`the snapshot failed: ${messageOf(error)}`);
  }
}

/** Says of a snapshot what it lacks. */
function withUnknown(
  snapshot: ProgramSnapshot,
  phrase: string | undefined,
): ProgramSnapshot {
  if (phrase === undefined) return snapshot;
  const { level, missing } = snapshot.coverage;
  const coverage = {
    level: level === "none" ? level : "partial",
    missing: [...missing, phrase],
  } as const;
  return { ...snapshot, coverage };
}

/**
 * Loads what takes snapshots when the first run starts: a program without runs does not even have it in its
 * graph of modules.
 *
 * @returns what takes snapshots, or why it cannot be loaded: Deno must not prompt.
 */
async function loadTakeSnapshot(): Promise<TakeSnapshot | string> {
  const address = addressBeside("../fingerprint/mod", import.meta.url);
  if (!await isLoadable(address)) {
    return "Ato is not permitted to read its own modules; add --allow-read";
  }
  const door = await importLate(address) as { takeSnapshot?: TakeSnapshot };
  return door.takeSnapshot ?? "this version of Ato takes no snapshots";
}
