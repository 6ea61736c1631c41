import { join } from "node:path";
import { messageOf } from "../../internal/errors.ts";
import type { AnnouncedRun } from "../../internal/launch_note.ts";
import type { Collector } from "../../observe/mod.ts";
import { addRunInputs, SQLFinder } from "../../tracker/mod.ts";

/**
 * Adds what was observed to the runs that a program recorded itself: each gets what the program read until its end.
 *
 * @param runs The runs.
 * @param collector What was observed.
 * @param say Says what could not be written, one sentence each.
 */
export async function addAnnouncedInputs(
  runs: readonly AnnouncedRun[],
  collector: Collector,
  say: (text: string) => void,
): Promise<void> {
  await collector.stop();
  const own = runs.filter(({ isObserved }) => isObserved !== true);
  // A program can write runs to several files; none of them is an input of another one's runs.
  const without = [...new Set(runs.map(({ path }) => path))];
  for (const path of new Set(own.map((run) => run.path))) {
    const there = own.filter((run) => run.path === path);
    try {
      await addTo(path, there, { collector, without });
    } catch (error) {
      const ids = there.map(({ id }) => id).join(", ");
      const name = there.length === 1 ? `run ${ids}` : `runs ${ids}`;
      say(
        `the inputs of ${name} could not be written: ${messageOf(error)}`,
      );
    }
  }
}

async function addTo(
  path: string,
  runs: readonly AnnouncedRun[],
  { collector, without }: {
    readonly collector: Collector;
    readonly without: readonly string[];
  },
): Promise<void> {
  const finder = new SQLFinder(path);
  try {
    for (const { id, uuid } of runs) {
      const run = await finder.findRun(id);
      if (run?.uuid !== uuid) continue;
      const program = await finder.programOf(run);
      const root = await collector.root();
      // The tracker in the program reads its modules and manifests for the snapshot.
      const code = [...program?.modules ?? [], ...program?.files ?? []]
        .map((file) => join(root, ...file.path.split("/")));
      const until = run.endTime?.getTime() ?? Infinity;
      const inputs = await collector.inputs({ until, code, without });
      await addRunInputs(path, uuid, inputs);
    }
  } finally {
    await finder.close();
  }
}
