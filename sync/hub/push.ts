/**
 * Sends runs to a hub.
 *
 * @module
 */
import { existsSync } from "node:fs";
import {
  dbPathOf,
  type OpenOptions,
  type TrackerConfig,
} from "../../tracker/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import { HubError } from "./errors.ts";
import { TravelFile } from "../../tracker/travel/mod.ts";
import { CountingStore, type Sent } from "./_counting_store.ts";
import type { Hub } from "./_hub.ts";
import { pause } from "../../internal/pause.ts";
import { untilReached } from "./_until_reached.ts";
import { type HubSendOptions, type HubSendResult, sendRuns } from "./_push.ts";
import { SearchTotals } from "./_search_totals.ts";
import { openOn, storeOf } from "./open_hub.ts";

/** Options for {@linkcode pushRuns}. */
export interface PushOptions extends HubSendOptions, OpenOptions {
  /**
   * Whether to go on, and send what is new every few seconds, until the signal.
   *
   * @default {false}
   */
  readonly live?: boolean;
  /**
   * The time between two pushes of `live`, in milliseconds.
   *
   * @default {3000}
   */
  readonly every?: number;
  /** With `live`, receives the result of each push that sent something. */
  readonly onRound?: (result: PushResult) => void;
}

/** What a push did. */
export interface PushResult extends HubSendResult, Readonly<Sent> {}

/**
 * Sends to a hub what it does not have: runs and the journals of searches, and what is new of those that it has. Runs are identified by their UUID,
 * contents by their SHA-256, so a second push sends nothing, and one that was cut off goes on where it was.
 *
 * @param config The config or path that names the file.
 * @param url The address of the hub: a folder, `postgres://…` or `s3://…`.
 * @param options Which runs are sent, and what of them.
 * @returns what was sent.
 * @throws {HubError} If the hub cannot be used.
 * @throws {StorageError} If the file cannot be used.
 *
 * @example
 * ```ts
 * import { initHub, pullRuns, pushRuns } from "@ato/ato/sync";
 * import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
 * import { assertEquals } from "@std/assert";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const [here, there] = [join(folder, "here.db"), join(folder, "there.db")] as const;
 * const hub = join(folder, "hub");
 * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath: here } } });
 * await logger.run();
 * logger.logMetric("loss", 0.5, 0);
 * await logger.finish();
 *
 * await initHub(hub);
 * assertEquals((await pushRuns(here, hub)).added.length, 1);
 * assertEquals((await pullRuns(there, hub)).added.length, 1);
 * const finder = new SQLFinder(there);
 * assertEquals((await finder.findRun(1))?.status, "completed");
 * await finder.close();
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function pushRuns(
  config: TrackerConfig | string,
  url: string,
  options: PushOptions = {},
): Promise<PushResult> {
  const path = dbPathOf(config);
  if (!existsSync(path)) {
    throw new HubError(`Cannot push ${visible(path)}: there is no such file`, {
      problem: "usage",
    });
  }
  const store = new CountingStore(await storeOf(url), options.dryRun ?? false);
  const hub = await openOn(store);
  try {
    const file = await TravelFile.open(config, options);
    try {
      return await (options.live ? follow : once)(file, hub, {
        ...options,
        sent: store.sent,
      });
    } finally {
      file.close();
    }
  } finally {
    await hub.close();
  }
}

/** What a push that never reached the hub did. */
const NOTHING: HubSendResult = {
  added: [],
  updated: [],
  same: 0,
  behind: 0,
  rows: 0,
  diverged: [],
  searches: {
    added: [],
    updated: [],
    same: 0,
    behind: 0,
    events: 0,
    diverged: [],
  },
};

interface Round extends PushOptions {
  readonly sent: Sent;
}

async function once(
  file: TravelFile,
  hub: Hub,
  options: Round,
): Promise<PushResult> {
  const before = { ...options.sent };
  const result = await sendRuns(file, hub, options);
  return {
    ...result,
    objects: options.sent.objects - before.objects,
    bytes: options.sent.bytes - before.bytes,
  };
}

/** Pushes whenever the file has changed, until the signal. */
async function follow(
  file: TravelFile,
  hub: Hub,
  options: Round,
): Promise<PushResult> {
  const { every = 3_000, signal, onRound } = options;
  const [added, updated] = [new Set<string>(), new Set<string>()];
  let seen: number | undefined;
  const searches = new SearchTotals();
  let rows = 0;
  let last: PushResult | undefined;
  while (last === undefined || !signal?.aborted) {
    const version = file.version;
    if (version !== seen) {
      seen = version;
      // The signal ends the waiting; what is being sent is sent.
      const { signal: _, ...rest } = options;
      const round = await untilReached(() => once(file, hub, rest), {
        signal,
        onNotice: options.onNotice ?? ((line) => console.error(`ato: ${line}`)),
      });
      if (round === undefined) break;
      last = round;
      rows += last.rows;
      last.added.forEach((uuid) => added.add(uuid));
      last.updated.forEach((uuid) => added.has(uuid) || updated.add(uuid));
      searches.add(last.searches);
      if (sentBy(last) > 0) onRound?.(last);
    }
    await pause(every, signal);
  }
  return {
    ...(last ?? NOTHING),
    ...options.sent,
    added: [...added],
    updated: [...updated],
    rows,
    searches: { ...(last ?? NOTHING).searches, ...searches.all() },
  };
}

/** How many runs and searches something was sent of. */
function sentBy({ added, updated, searches }: PushResult): number {
  return added.length + updated.length + searches.added.length +
    searches.updated.length;
}
