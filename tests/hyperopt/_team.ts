/** Processes of one shared study. */
import process from "node:process";
import { openStudy, runStudy, type StudyView } from "@ato/ato/hyperopt";
import { type Child, start } from "../tracker/_helpers.ts";
import { lossOf, settingsOf } from "./_shared_member.ts";

/** What a process is started with. */
export interface MemberOptions {
  readonly mode?: string;
  readonly folder?: string;
  readonly name?: string;
  readonly slots?: number;
  readonly crash?: string;
  /** The jobs that hold on, as `trial.rung` with commas between them; `later`: all that begin when the process has a result. */
  readonly hold?: string;
  /** The folder whose files, named as a job or `all`, let jobs go on that hold on; others run until they are aborted. */
  readonly go?: string;
  readonly search?: string;
  /** The milliseconds of a lease, for engines whose address does not say it. */
  readonly lease?: number;
}

/** Starts a process. */
export function startMember(
  url: string,
  { mode = "plain", folder, name, slots = 2, crash, hold, go, search, lease }:
    MemberOptions = {},
): Child {
  return start("../hyperopt/_shared_member.ts", [], {
    env: {
      ATO_WORKERS: url,
      ATO_TEST_MODE: mode,
      ATO_TEST_SLOTS: String(slots),
      ...(folder !== undefined && { ATO_TEST_FOLDER: folder }),
      ...(name !== undefined && { ATO_TEST_NAME: name }),
      ...(crash !== undefined && { ATO_TEST_CRASH: crash }),
      ...(hold !== undefined && { ATO_TEST_HOLD: hold }),
      ...(go !== undefined && { ATO_TEST_GO: go }),
      ...(search !== undefined && { ATO_TEST_SEARCH: search }),
      ...(lease !== undefined && { ATO_TEST_LEASE: String(lease) }),
    },
  });
}

/** Sends a signal to a process. */
export function signal(child: Child, name: NodeJS.Signals): void {
  process.kill(child.process.pid!, name);
}

/** What a study found, without what differs between sessions. */
export function foundIn(
  { trials, best }: Pick<StudyView<unknown>, "trials" | "best">,
): unknown {
  return {
    trials: trials.map(({ trial, config, seed, results, status }) => ({
      trial,
      config,
      seed,
      results,
      status,
    })),
    best: best?.trial.trial,
  };
}

/** What one process alone finds. */
export async function foundAlone(mode = "plain"): Promise<unknown> {
  const study = openStudy({ id: "alone", ...settingsOf(mode) });
  await runStudy(study, ({ trial, config, to }) => ({
    metrics: { loss: lossOf(config.x, to) },
    checkpoint: { uri: `mem:${trial}@${to}`, sha256: "0".repeat(64) },
  }), { workers: 1 });
  const found = foundIn({ trials: study.trials(), ...bestOf(study.best()) });
  study.close();
  return found;
}

function bestOf<T>(best: T | undefined): { best: T } | Record<never, never> {
  return best === undefined ? {} : { best };
}
