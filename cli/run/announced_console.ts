import { messageOf } from "../../internal/errors.ts";
import type { AnnouncedRun } from "../../internal/launch_note.ts";
import {
  addRunConsole,
  type ConsolePart,
  SQLFinder,
} from "../../tracker/mod.ts";

/** When a run was running, in milliseconds since 1970. */
interface Span {
  readonly run: AnnouncedRun;
  readonly start: number;
  readonly end: number;
}

/**
 * Gives what a program printed to the runs that it recorded itself. Several runs get what was printed while they were
 * running; what was printed between two of them belongs to the one before, and what came first to the first one.
 *
 * @param runs The runs.
 * @param from The run of `ato run`, which has the output.
 * @param say Says what could not be written, one sentence each.
 */
export async function addAnnouncedConsole(
  runs: readonly AnnouncedRun[],
  from: { readonly path: string; readonly id: number },
  say: (text: string) => void,
): Promise<void> {
  const parts = await consoleOf(from);
  if (parts.length === 0) return;
  const spans = await spansOf(runs);
  for (const span of spans) {
    const own = parts.filter((part) => isPrintedIn(span, part, spans));
    const first = own[0];
    if (first === undefined) continue;
    const moved = own.map((part) => ({
      ...part,
      start: part.start - first.start,
    }));
    try {
      await addRunConsole(span.run.path, span.run.uuid, moved);
    } catch (error) {
      say(
        `the output of run ${span.run.id} could not be written: ${
          messageOf(error)
        }`,
      );
    }
  }
}

async function consoleOf(
  { path, id }: { readonly path: string; readonly id: number },
): Promise<readonly ConsolePart[]> {
  const finder = new SQLFinder(path);
  try {
    return await finder.consoleOf(id);
  } finally {
    await finder.close();
  }
}

/** The spans of the runs that are there, by their start. */
async function spansOf(runs: readonly AnnouncedRun[]): Promise<Span[]> {
  const spans: Span[] = [];
  for (const path of new Set(runs.map((run) => run.path))) {
    const finder = new SQLFinder(path);
    try {
      for (const run of runs.filter((one) => one.path === path)) {
        const found = await finder.findRun(run.id);
        if (found?.uuid !== run.uuid) continue;
        const start = found.startTime?.getTime() ?? -Infinity;
        const end = found.endTime?.getTime() ?? Infinity;
        spans.push({ run, start, end });
      }
    } finally {
      await finder.close();
    }
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** The time of a part is that of the first byte of its piece, which is collected for up to a second. */
function isPrintedIn(
  span: Span,
  { at }: ConsolePart,
  spans: readonly Span[],
): boolean {
  if (spans.length === 1) return true;
  const running = spans.filter(({ start, end }) => start <= at && at <= end);
  if (running.length > 0) return running.includes(span);
  const before = spans.findLast(({ start }) => start <= at);
  return span === (before ?? spans[0]);
}
