/** What a file and a hub agree on, as the file keeps it. */
import type {
  TravelEdits,
  TravelFile,
  TravelState,
} from "../../tracker/travel/mod.ts";
import { areEdits, type Clock, type HubEntry } from "./_entry.ts";
import type { Base, Facts } from "./_compare.ts";
import { isRecord } from "../../internal/objects.ts";

/** The facts of a run in a file. */
export function factsOf(state: TravelState): Facts {
  const rows = state.streams.reduce((sum, { rows }) => sum + rows, 0);
  const { attempts, ended, heartbeat, digest } = state;
  return { attempts, ended, heartbeat, digest, rows };
}

/** Reads what a file and a hub agreed on. What cannot be read counts as never agreed. */
export function readBases(file: TravelFile, hub: string): Map<string, Base> {
  const bases = new Map<string, Base>();
  for (const [uuid, text] of file.bases.read(hub)) {
    const base = readBase(text);
    if (base !== undefined) bases.set(uuid, base);
  }
  return bases;
}

function readBase(text: string): Base | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { clock, has, local, remote, edits, sent } = value;
  return Array.isArray(clock) && typeof has === "boolean" &&
      typeof local === "string" && typeof remote === "string" && areEdits(edits)
    ? {
      clock: clock as unknown as Clock,
      has,
      local,
      remote,
      edits,
      ...(typeof sent === "number" && { sent }),
    }
    : undefined;
}

/** Makes what the file keeps of a run on which it agrees with the hub. */
export function baseOf(
  { uuid, clock, digest }: HubEntry,
  options: {
    /** The digest that the file has. */
    readonly local: string;
    readonly edits: TravelEdits;
    /** Whether the file has all that the hub has. */
    readonly has: boolean;
    /** What they agreed on before. */
    readonly before: Base | undefined;
    /** When something was sent, if it was sent now. */
    readonly sent?: number;
  },
): readonly [uuid: string, base: string] {
  const { local, edits, has, before, sent = before?.sent } = options;
  const digests = has
    ? { local, remote: digest }
    : { local: before?.local ?? "", remote: before?.remote ?? "" };
  return [uuid, JSON.stringify({ clock, has, ...digests, edits, sent })];
}

/** Whether two clocks are the same moment. */
export function isSameClock(a: Clock | undefined, b: Clock): boolean {
  return a !== undefined && a.every((value, i) => value === b[i]);
}

/** The next moment of a run's clock. */
export function nextClock(
  before: Clock | undefined,
  of: { readonly now: number; readonly host: string },
): Clock {
  const [count, at] = before ?? [0, 0];
  return [count + 1, Math.max(at, of.now), of.host];
}

/** What a file keeps of a hub itself, in the row that has no UUID: where it was when it was pushed to last. */
export function placeRow(
  address: string,
): readonly [uuid: string, base: string] {
  return ["", JSON.stringify({ address })];
}
