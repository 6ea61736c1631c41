/** The claim of a process on a study. */
import { identifyProcess, isAlive } from "../../internal/process_identity.ts";
import type { StudyOwner } from "./journal.ts";

/** A claim, and the time at which it was renewed. */
export interface Claim {
  readonly owner: StudyOwner;
  readonly renewed: number;
}

/** Returns a new owner for this process. */
export function newOwner(lease: number): StudyOwner {
  return { ...identifyProcess(), token: crypto.randomUUID(), lease };
}

/** The claims of sessions of this process that ended without saying so, because their files were not writable. */
const forsaken = new Set<string>();

/** Gives up a claim of this process. */
export function forsake({ token }: StudyOwner): void {
  forsaken.add(token);
}

/**
 * Tells whether a claim keeps others out. A process that is known to be alive keeps its study however long
 * it was silent: an objective that computes for an hour without a pause cannot renew the claim.
 */
export function isHeld({ owner, renewed }: Claim, now: number): boolean {
  if (forsaken.has(owner.token)) return false;
  return isAlive(owner) ?? now < renewed + owner.lease;
}
