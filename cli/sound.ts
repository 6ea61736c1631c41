import type { Run, StorageError } from "../tracker/mod.ts";
import type { Terminal } from "./terminal.ts";

/** A run, and what was read of it. */
export interface Read<T> {
  readonly run: Run;
  readonly value: T;
}

/**
 * Reads something of each run. One that is damaged is left out, and a line says so: it must not hide
 * the others.
 *
 * @param runs The runs.
 * @param terminal Where to say it.
 * @param read What to read.
 * @returns what was read, in the order of the runs.
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
 * Reads something that may be damaged; then a line says so.
 *
 * @param terminal Where to say it.
 * @param read What to read.
 * @returns what was read, or `undefined`.
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
 * Tells damage of the file from everything else that can go wrong.
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

/** The runs of which all but the points can be read: those that others may be compared with. */
export async function soundRuns(
  runs: readonly Run[],
  terminal: Terminal,
): Promise<Run[]> {
  return (await readEach(runs, terminal, readParts)).map(({ run }) => run);
}

/** The runs that can be read to the last point. */
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
