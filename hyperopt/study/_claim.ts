/** Whether a claim on a study still holds. */
import { identifyProcess, isAlive } from "../../internal/process_identity.ts";
import type { StudyOwner } from "./journal.ts";

/** A claim, and when it was last renewed. */
export interface Claim {
  readonly owner: StudyOwner;
  readonly renewed: number;
}

/** An owner for this process. */
export function newOwner(lease: number): StudyOwner {
  return { ...identifyProcess(), token: crypto.randomUUID(), lease };
}

/**
 * Whether a claim keeps others out. A process that is seen to live keeps its study however long it has
 * been silent: an objective that computes for an hour without a pause cannot renew anything.
 */
export function isHeld({ owner, renewed }: Claim, now: number): boolean {
  return isAlive(owner) ?? now < renewed + owner.lease;
}
