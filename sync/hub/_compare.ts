/** Tells which of a file and a hub knows more of a run, and brings what people wrote together. */
import type { TravelEdits } from "../../tracker/travel/mod.ts";
import type { Clock, Conflict } from "./_entry.ts";

/** What is compared of a run: both a file's state and a hub's entry have it. */
export interface Facts {
  readonly attempts: readonly string[];
  readonly ended: boolean;
  readonly heartbeat: number;
  readonly digest: string;
  readonly rows: number;
}

/** What a file and a hub last agreed on of a run. */
export interface Base {
  /** The clock of the entry. */
  readonly clock: Clock;
  /** Whether the file had all that the hub had. */
  readonly has: boolean;
  /** The digest that the file had. */
  readonly local: string;
  /** The digest that the hub had. */
  readonly remote: string;
  /** What people had written: a change is one of the file or of the hub by comparison with it. */
  readonly edits: TravelEdits;
  /** When this file last sent something of the run, in milliseconds since 1970; absent if that is not known. */
  readonly sent?: number;
}

/**
 * How the file's run relates to the hub's. `diverged`: the run was resumed in both places. `differs`: it is not the
 * same, and neither is known to be newer.
 */
export type Relation = "same" | "ahead" | "behind" | "diverged" | "differs";

/** A heartbeat that is so much newer is news, in milliseconds: without one for two minutes a run counts as crashed. */
const NEWS = 15_000;

/** Compares the run of a file with that of a hub. */
export function relate(
  mine: Facts,
  theirs: Facts,
  base: Pick<Base, "local" | "remote"> | undefined,
): Relation {
  const shared = Math.min(mine.attempts.length, theirs.attempts.length);
  for (let i = 0; i < shared; i++) {
    if (mine.attempts[i] !== theirs.attempts[i]) return "diverged";
  }
  const more = mine.attempts.length - theirs.attempts.length ||
    Number(mine.ended) - Number(theirs.ended);
  if (more !== 0) return more > 0 ? "ahead" : "behind";
  if (mine.digest === theirs.digest) {
    return mine.ended ? "same" : byHeartbeat(mine, theirs) ?? "same";
  }
  const [here, there] = [
    mine.digest !== base?.local,
    theirs.digest !== base?.remote,
  ];
  if (base !== undefined && here !== there) return here ? "ahead" : "behind";
  if (base !== undefined && !here) return "same";
  if (mine.rows !== theirs.rows) {
    return mine.rows > theirs.rows ? "ahead" : "behind";
  }
  return (mine.ended ? undefined : byHeartbeat(mine, theirs)) ?? "differs";
}

function byHeartbeat(mine: Facts, theirs: Facts): Relation | undefined {
  const later = mine.heartbeat - theirs.heartbeat;
  if (Math.abs(later) < NEWS) return undefined;
  return later > 0 ? "ahead" : "behind";
}

/** What is compared of a hub's entry. */
type Remote = Facts & {
  readonly clock: Clock;
  readonly edits: TravelEdits;
};

/**
 * Whether a hub was set back, e.g. to a backup, since a file agreed with it: its clock is behind the one that they agreed
 * on. Then what it has is no change.
 */
export function isSetBack(
  { clock }: Pick<Remote, "clock">,
  base: Base | undefined,
): boolean {
  return base !== undefined && clock[0] < base.clock[0];
}

/** Compares the run of a file with a hub's entry by what they agreed on. */
export function relateTo(
  mine: Facts,
  entry: Remote,
  base: Base | undefined,
): Relation {
  return relate(
    mine,
    entry,
    isSetBack(entry, base) ? { local: "", remote: entry.digest } : base,
  );
}

/** What people wrote on a hub, as far as a file has to regard it. */
export function hubEdits(entry: Remote, base: Base | undefined): TravelEdits {
  return base !== undefined && isSetBack(entry, base)
    ? base.edits
    : entry.edits;
}

/** What people wrote in two places, brought together. */
export interface MergedEdits {
  readonly edits: TravelEdits;
  /** What both changed; the file's value was kept, because its change is seen later. */
  readonly conflicts: readonly Omit<Conflict, "clock">[];
}

/**
 * Brings together what people wrote about a run in a file and on a hub. A change of one side alone is taken; tags are
 * added and removed one by one. If both changed the same, the change that is written down later counts: the hub's has
 * its clock already, the file's gets a later one now.
 *
 * @param base What they agreed on; `undefined` if they never did.
 * @param mine The file's.
 * @param theirs The hub's.
 */
export function mergeEdits(
  base: TravelEdits | undefined,
  mine: TravelEdits,
  theirs: TravelEdits,
): MergedEdits {
  const conflicts: Omit<Conflict, "clock">[] = [];
  const pick = (field: "name" | "notes"): string | null => {
    const [here, there] = [mine[field], theirs[field]];
    if (here === there) return here;
    if (base !== undefined ? here === base[field] : here === null) return there;
    if (base !== undefined ? there === base[field] : there === null) {
      return here;
    }
    conflicts.push({ field, kept: here, lost: there });
    return here;
  };
  return {
    edits: {
      tags: mergeTags(base?.tags, mine.tags, theirs.tags),
      name: pick("name"),
      notes: pick("notes"),
      deleted: pickDeleted(base, mine, theirs, conflicts),
    },
    conflicts,
  };
}

/** When a run was moved to the trash is no conflict; whether it is there can be one. */
function pickDeleted(
  base: TravelEdits | undefined,
  { deleted: here }: TravelEdits,
  { deleted: there }: TravelEdits,
  conflicts: Omit<Conflict, "clock">[],
): string | null {
  if (here !== null && there !== null) return here < there ? here : there;
  if (here === there) return here;
  if (base === undefined) return here ?? there;
  if (here === base.deleted) return there;
  if (there === base.deleted) return here;
  // Deleted again in one place with another time, and restored in the other.
  conflicts.push({ field: "deleted", kept: here, lost: there });
  return here;
}

function mergeTags(
  base: readonly string[] | undefined,
  mine: readonly string[],
  theirs: readonly string[],
): readonly string[] {
  const old = base ?? [];
  const kept = mine.filter((tag) => !old.includes(tag) || theirs.includes(tag));
  const added = theirs.filter((tag) =>
    !mine.includes(tag) && !old.includes(tag)
  );
  return added.length === 0 && kept.length === mine.length
    ? mine
    : [...new Set([...kept, ...added])];
}

/** Whether two edits are the same; the order of tags does not count. */
export function areSame(a: TravelEdits, b: TravelEdits): boolean {
  return a.name === b.name && a.notes === b.notes && a.deleted === b.deleted &&
    new Set(a.tags).size === new Set([...a.tags, ...b.tags]).size &&
    new Set(b.tags).size === new Set([...a.tags, ...b.tags]).size;
}
