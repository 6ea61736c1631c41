import { controlSharedStudy, SharedStudyReader } from "../../hyperopt/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import type { VerbRun } from "../verbs.ts";
import { engineSearch, noSearch } from "./shared_engine.ts";

/** What each verb says when it is done. */
const SAID = {
  paused: "is paused: running trials go on, and no further one starts",
  running: "goes on",
  stopped:
    "stops: running trials are given back, and its processes end; to let it go on, run ato search resume and start them again",
} as const;

/**
 * Pauses a search on an engine.
 *
 * @param words The id of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export const pauseSearch: VerbRun = (words, invocation) =>
  control(words, invocation, "paused");

/**
 * Stops a search on an engine.
 *
 * @param words The id of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export const stopSearch: VerbRun = (words, invocation) =>
  control(words, invocation, "stopped");

/**
 * Lets a search on an engine go on that was paused or stopped.
 *
 * @param words The id of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export const resumeShared: VerbRun = (words, invocation) =>
  control(words, invocation, "running");

async function control(
  [word]: readonly string[],
  { terminal, json, options }: Invocation,
  state: keyof typeof SAID,
): Promise<ExitCode> {
  const verb = { paused: "pause", running: "resume", stopped: "stop" }[state];
  const { id, backend } = await engineSearch(
    `${verb} a search`,
    word,
    options.workers,
  );
  try {
    const status = await new SharedStudyReader(backend).read();
    if (status.state === "none") throw noSearch(id);
    if (status.kind === "halving") {
      throw new UsageError(
        `Cannot ${verb} ${
          visible(id)
        }: it is a search by DistributedHyperBand, in which all processes decide; end its processes, and start them again to let it go on`,
      );
    }
    if (status.state === "done") {
      throw new UsageError(`Cannot ${verb} ${visible(id)}: it is done`);
    }
    await controlSharedStudy(backend, state);
    if (json) terminal.json({ id, state });
    else terminal.line(`Search ${visible(id)} ${SAID[state]}`);
    return EXIT.ok;
  } finally {
    await backend.close();
  }
}
