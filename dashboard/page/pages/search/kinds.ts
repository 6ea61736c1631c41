/** How trials are told apart: by shape and by colour. */
import type { TrialRow } from "../../../search_types.ts";

/** A kind of trial, as drawings show it. */
export type Kind =
  | "done"
  | "stopped"
  | "infeasible"
  | "failed"
  | "running"
  | "best";

/** All kinds, in the order in which they are drawn: the best on top. */
export const KINDS: readonly Kind[] = [
  "running",
  "failed",
  "stopped",
  "infeasible",
  "done",
  "best",
];

/** What the legend says. */
export const KIND_TEXTS: Readonly<Record<Kind, string>> = {
  best: "best",
  done: "has a result",
  stopped: "stopped early (pruned)",
  infeasible: "violates a constraint",
  failed: "failed",
  running: "running or waiting",
};

/** Returns the kind of a trial. One that failed late may have an earlier result; that it failed says more. */
export function kindOf({ status, rank, violation }: TrialRow): Kind {
  if (rank === 0) return "best";
  if (status === "failed" || status === "lost") return "failed";
  if (status === "running" || status === "released") return "running";
  if (status === "stopped") return "stopped";
  return violation > 0 ? "infeasible" : "done";
}

/** Draws the mark of a kind as a path. */
export function mark(kind: Kind, x: number, y: number): string {
  const at = (value: number) => value.toFixed(1);
  switch (kind) {
    case "failed":
      return `M${at(x - 3)} ${at(y - 3)}l6 6m0-6l-6 6`;
    case "stopped":
      return `M${at(x)} ${at(y - 4)}l4 4l-4 4l-4-4z`;
    default: {
      const r = kind === "best" ? 5 : 3;
      return `M${at(x - r)} ${at(y)}a${r} ${r} 0 1 0 ${
        2 * r
      } 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
    }
  }
}
