/** What the tests of hubs share: files with runs, and pushing and pulling with stores that the test made. */
import { join } from "node:path";
import { Hub } from "../../sync/hub/_hub.ts";
import { type HubSendOptions, sendRuns } from "../../sync/hub/_push.ts";
import { type TakeOptions, takeRuns } from "../../sync/hub/_pull.ts";
import { CountingStore } from "../../sync/hub/_counting_store.ts";
import type { HubStore } from "../../sync/hub/store.ts";
import { type RunOptions, SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { TravelFile } from "../../tracker/travel/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** Runs `work` in a folder of its own, which is gone afterwards. */
export function inFolder(
  work: (folder: string) => Promise<void> | void,
): Promise<void> {
  return withTempFolder(work, "sync");
}

/** Records a run, and returns its UUID. */
export async function record(
  dbPath: string,
  options: {
    readonly config?: Record<string, unknown>;
    readonly project?: string;
    readonly run?: RunOptions;
    readonly losses?: readonly number[];
    readonly more?: (logger: SQLLogger) => unknown;
  } = {},
): Promise<string> {
  const { config = { lr: 0.1 }, project = "demo", losses = [3, 2, 1] } =
    options;
  const logger = new SQLLogger({
    ...config,
    experiment: { projectName: project, sql: { dbPath } },
  });
  const id = await logger.run(options.run ?? {});
  losses.forEach((value, step) => logger.logMetric("loss", value, step));
  await options.more?.(logger);
  await logger.finish();
  const finder = new SQLFinder(dbPath);
  const run = await finder.findRun(id);
  await finder.close();
  return run!.uuid!;
}

/** What a push sent. */
export type Sent = Awaited<ReturnType<typeof sendRuns>> & {
  readonly bytes: number;
  readonly objects: number;
  readonly notices: readonly string[];
};

/** Pushes a file to a store. */
export async function push(
  path: string,
  store: HubStore,
  options: HubSendOptions = {},
): Promise<Sent> {
  const counting = new CountingStore(store, options.dryRun ?? false);
  const hub = await Hub.open(counting);
  const file = await TravelFile.open(path);
  const notices: string[] = [];
  try {
    const result = await sendRuns(file, hub, {
      onNotice: (line) => notices.push(line),
      ...options,
    });
    return { ...result, ...counting.sent, notices };
  } finally {
    file.close();
  }
}

/** What a pull brought. */
export type Taken = Awaited<ReturnType<typeof takeRuns>> & {
  readonly notices: readonly string[];
};

/** Pulls from a store into a file. */
export async function pull(
  path: string,
  store: HubStore,
  options: TakeOptions = {},
): Promise<Taken> {
  const hub = await Hub.open(store);
  const file = await TravelFile.open(path);
  const notices: string[] = [];
  try {
    const result = await takeRuns(file, hub, {
      onNotice: (line) => notices.push(line),
      ...options,
    });
    return { ...result, notices };
  } finally {
    file.close();
  }
}

/** Makes a hub in a store. */
export async function made<Store extends HubStore>(
  store: Store,
): Promise<Store> {
  await Hub.init(store);
  return store;
}

/** The paths of some files in a folder. */
export function filesIn(folder: string, ...names: string[]): string[] {
  return names.map((name) => join(folder, `${name}.db`));
}
