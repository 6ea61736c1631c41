/**
 * Brings runs from a hub.
 *
 * @module
 */
import { existsSync } from "node:fs";
import {
  dbPathOf,
  type OpenOptions,
  type TrackerConfig,
} from "../../tracker/mod.ts";
import { TravelFile } from "../../tracker/travel/mod.ts";
import type { Hub } from "./_hub.ts";
import { untilReached } from "./_until_reached.ts";
import { SearchTotals } from "./_search_totals.ts";
import { type TakeOptions, type TakeResult, takeRuns } from "./_pull.ts";
import { openHub } from "./open_hub.ts";

/** Options for {@linkcode pullRuns}. */
export interface PullOptions extends TakeOptions, OpenOptions {
  /**
   * Whether to go on, and take what is new as it comes, until the signal.
   *
   * @default {false}
   */
  readonly live?: boolean;
  /** With `live`, receives the result of each pull that brought something. */
  readonly onRound?: (result: PullResult) => void;
}

/** What a pull did. */
export interface PullResult extends TakeResult {}

/** The longest wait for a change, in milliseconds; then the hub is asked anyway. */
const LONGEST_WAIT = 30_000;

/**
 * Brings from a hub what a file does not have: runs and the journals of searches, and what is new of those that it has.
 * Points never become fewer;
 * each run is written in one transaction, so one that was cut off is there as a whole or not at all.
 *
 * @param config The config or path that names the file, which is made if it is missing.
 * @param url The address of the hub.
 * @param options Which runs are brought.
 * @returns what was brought.
 * @throws {HubError} If the hub cannot be used.
 * @throws {StorageError} If the file cannot be used.
 *
 * @example
 * ```ts
 * import { initHub, pullRuns } from "@ato/ato/sync";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * await initHub(join(folder, "hub"));
 * const { added } = await pullRuns(join(folder, "runs.db"), join(folder, "hub"));
 * assertEquals(added, []);
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function pullRuns(
  config: TrackerConfig | string,
  url: string,
  options: PullOptions = {},
): Promise<PullResult> {
  const hub = await openHub(url);
  try {
    const path = dbPathOf(config);
    // To count what would come, a file that is missing is an empty one in memory.
    const isMissing = options.dryRun === true && !existsSync(path);
    const file = await TravelFile.open(
      isMissing ? ":memory:" : config,
      options,
    );
    try {
      return options.live
        ? await follow(file, hub, options)
        : await takeRuns(file, hub, options);
    } finally {
      file.close();
    }
  } finally {
    await hub.close();
  }
}

/** Pulls whenever the hub has changed, until the signal. */
async function follow(
  file: TravelFile,
  hub: Hub,
  options: PullOptions,
): Promise<PullResult> {
  const { signal, onRound } = options;
  const [added, updated] = [new Set<string>(), new Set<string>()];
  const searches = new SearchTotals();
  let bytes = 0;
  const onNotice = options.onNotice ??
    ((line: string) => console.error(`ato: ${line}`));
  let last: TakeResult = NOTHING;
  while (!signal?.aborted) {
    await untilReached(async () => {
      const heads = {
        head: await hub.head(),
        searches: await hub.head("searches"),
      };
      last = await takeRuns(file, hub, options);
      bytes += last.bytes;
      last.added.forEach((uuid) => added.add(uuid));
      last.updated.forEach((uuid) => added.has(uuid) || updated.add(uuid));
      searches.add(last.searches);
      if (broughtBy(last) > 0) onRound?.(last);
      if (signal?.aborted) return;
      await hub.wait(heads, {
        timeout: LONGEST_WAIT,
        ...(signal !== undefined && { signal }),
      });
    }, { signal, onNotice });
  }
  return {
    ...last,
    bytes,
    added: [...added],
    updated: [...updated],
    searches: { ...last.searches, ...searches.all() },
  };
}

/** How many runs and searches something came of. */
function broughtBy({ added, updated, searches }: TakeResult): number {
  return added.length + updated.length + searches.added.length +
    searches.updated.length;
}

/** What a pull that never reached the hub did. */
const NOTHING: TakeResult = {
  added: [],
  updated: [],
  same: 0,
  bytes: 0,
  diverged: [],
  lost: [],
  projects: [],
  searches: {
    added: [],
    updated: [],
    same: 0,
    events: 0,
    bytes: 0,
    diverged: [],
    lost: [],
    known: [],
    missing: [],
  },
};
