import { messageOf } from "../../internal/errors.ts";
import {
  type CollectedRecord,
  type Collector,
  type Part,
  STILL_RUNNING,
} from "../../observe/mod.ts";
import type { LateRecord } from "../../internal/run_inputs.ts";
import type { RunSource } from "../../internal/run_source.ts";

/** Milliseconds after which what was seen is recorded for the first time: then a killed `ato run` leaves it. */
const EARLY = 3_000;
/** Milliseconds between later records. */
const EVERY = 60_000;

/** The source of an observed run. */
export interface ObservedSource extends RunSource {
  /** Starts to record what is seen from time to time. */
  start(): void;
  /** Records nothing from now on: the program records its runs itself. */
  leave(): void;
}

/**
 * Adds what is observed to the source of a run. Until the program has ended, code and config are not complete: another
 * script may start, and a parser may resolve the words of the command.
 *
 * @param source The source of the run.
 * @param collector Collects what is observed.
 * @param options Whether anything is observed.
 */
export function observedSource(
  source: RunSource,
  collector: Collector,
  { isObserved }: { readonly isObserved: boolean },
): ObservedSource {
  const listeners = new Set<(record: LateRecord) => void>();
  let latest: CollectedRecord | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLeft = false;
  const hand = (record: CollectedRecord, unsettled: readonly string[]) => {
    latest = record;
    const late = isObserved ? { ...record, unsettled } : record;
    for (const listener of listeners) listener(late);
  };
  const recordIn = (milliseconds: number) => {
    timer = setTimeout(async () => {
      const { record, missing } = await recordOf(collector, {
        isRunning: true,
      });
      if (timer === undefined) return;
      hand(record, [STILL_RUNNING, ...missing]);
      recordIn(EVERY);
    }, milliseconds);
    timer.unref();
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    ...source,
    ...(isObserved && { unsettled: STILL_RUNNING }),
    history: () => latest?.history ?? source.history(),
    onLate(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async settle(cache) {
      stop();
      if (isLeft) return;
      const part = cache === undefined ? {} : { cache };
      const { record, missing } = await recordOf(collector, part);
      hand(record, missing);
    },
    start: () => recordIn(EARLY),
    leave() {
      isLeft = true;
      stop();
    },
  };
}

/** Returns what was observed, and what of it was lost. A fault of observing must not keep the run from ending. */
async function recordOf(
  collector: Collector,
  part: Part,
): Promise<{ record: CollectedRecord; missing: readonly string[] }> {
  try {
    if (part.isRunning !== true) await collector.stop();
    return { record: await collector.record(part), missing: [] };
  } catch (error) {
    const missing = [`what was observed was lost: ${messageOf(error)}`];
    return {
      missing,
      record: {
        inputs: {
          factors: [],
          coverage: { level: "none", missing },
          texts: new Map(),
        },
      },
    };
  }
}
