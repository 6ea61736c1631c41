import type { ProvenanceEntry } from "../internal/run_source.ts";

/** One assignment in the history of a config, as `scope.explain` tells it. */
export interface HistoryEntry extends ProvenanceEntry {
  /** The key path that was set, e.g. `model.depth`. */
  readonly path: string;
}
