import type { Run, StorageError } from "../tracker/mod.ts";
import type { Terminal } from "./terminal.ts";

/** A run, and what was read from it. */
export interface Read<T> {
  readonly run: Run;
  readonly value: T;
}

/**
 * Reads something from each run. A damaged run is left out with a notice, so that it does not hide the
 * others.
 *
 * @param runs The runs.
 * @param terminal The terminal for the notice.
 * @param read What to read.
 * @returns the results, in the order of the runs.
 */
export async function readEach<T>(
  runs: readonly Run[],
  terminal: Terminal,
  read: (run: Run) => T | Promise<T>,
): Promise<Read<T>[]> {
  const found: Read<T>[] = [];
  for (const run of runs) {
    const value = await orNotice(
      terminal,
      async (): Promise<Read<T>> => ({ run, value: await read(run) }),
    );
    if (value !== undefined) found.push(value);
  }
  return found;
}

/**
 * Reads something that may be damaged; if it is, a notice says so.
 *
 * @param terminal The terminal for the notice.
 * @param read What to read.
 * @returns the result; `undefined` if it is damaged.
 */
export async function orNotice<T>(
  terminal: Terminal,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const damage = await damageOf(error);
    if (damage === undefined) throw error;
    terminal.notice(damage.message);
    return undefined;
  }
}

/**
 * Distinguishes damage of the file from all other errors.
 *
 * @param error What was thrown.
 * @returns the error if the content of the file is damaged; otherwise `undefined`.
 */
export async function damageOf(
  error: unknown,
): Promise<StorageError | undefined> {
  const { StorageError } = await import("../tracker/mod.ts");
  return error instanceof StorageError && error.problem === "corrupt"
    ? error
    : undefined;
}

/** Returns the runs that can be compared: everything except their points can be read. */
export async function soundRuns(
  runs: readonly Run[],
  terminal: Terminal,
): Promise<Run[]> {
  return (await readEach(runs, terminal, readParts)).map(({ run }) => run);
}

/** Returns the runs that can be read completely, with every point. */
export async function wholeRuns(
  runs: readonly Run[],
  terminal: Terminal,
): Promise<Run[]> {
  const found = await readEach(runs, terminal, async (run) => {
    await readParts(run);
    await readPoints(run);
  });
  return found.map(({ run }) => run);
}

async function readParts(run: Run): Promise<void> {
  const { status, config, history, fingerprints, attempts } = run;
  const { artifacts, fingerprintGaps } = run;
  void [status, config, history, fingerprints, attempts, artifacts];
  void fingerprintGaps;
  for (const key of await run.metrics.names()) await run.metrics.summary(key);
}

async function readPoints(run: Run): Promise<void> {
  for (const key of await run.metrics.names()) {
    for await (const page of run.metrics.pages(key)) void page;
  }
  for (const { traceId } of run.fingerprints) {
    for (let page = await run.outputs(traceId); page.length > 0;) {
      page = await run.outputs(traceId, { after: page.at(-1)! });
    }
  }
}
