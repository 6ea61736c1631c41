/** The kinds of factors. */
export {
  DIMENSION_OF,
  kindOfFactor as kindOf,
} from "../../../../internal/run_factors.ts";
import type { FactorKind } from "../../../../internal/run_factors.ts";

/** Tells whether the values of a kind are hashes. */
export function isHashed(kind: FactorKind): boolean {
  return kind === "code" || kind === "input" || kind === "env";
}
