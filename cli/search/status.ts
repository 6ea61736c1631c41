import { setTimeout as pause } from "node:timers/promises";
import {
  SharedStudyReader,
  type SharedStudyStatus,
} from "../../hyperopt/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import { EXIT, type ExitCode, type Invocation } from "../command.ts";
import { writeTable } from "../output/table.ts";
import type { Terminal } from "../terminal.ts";
import { short } from "../../internal/text.ts";
import {
  bestText,
  engineSearch,
  jobsText,
  noSearch,
  plannedTrials,
  progressText,
} from "./shared_engine.ts";

/** Milliseconds between two looks. */
const TICK = 2_000;
/** The most refused results that are shown. */
const MOST = 10;

/**
 * Shows the state of a search on an engine: who decides, the processes, the jobs, and the best result.
 *
 * @param words The id of the search.
 * @param invocation The command.
 * @returns the exit code.
 */
export async function statusOfSearch(
  [word]: readonly string[],
  { terminal, json, options }: Invocation,
): Promise<ExitCode> {
  const { id, backend } = await engineSearch(
    "show the status of a search",
    word,
    options.workers,
  );
  try {
    const reader = new SharedStudyReader(backend);
    let status = await reader.read();
    if (status.state === "none") throw noSearch(id);
    if (options.watch !== true) {
      if (json) terminal.json(dataOf(status));
      else writeStatus(status, terminal);
      return EXIT.ok;
    }
    for (let last = "";; status = await reader.read()) {
      const text = progressText(status);
      if (json) terminal.json(dataOf(status));
      else if (text !== last) terminal.line(text);
      last = text;
      if (status.state === "done" || status.state === "stopped") {
        return EXIT.ok;
      }
      await pause(TICK);
    }
  } finally {
    await backend.close();
  }
}

/** Returns what `--json` has: the state without the trials, which can be many. */
function dataOf(
  { study, halving, halvingBest, ...status }: SharedStudyStatus,
): Record<string, unknown> {
  return {
    ...status,
    trials: study?.trials.length ?? halving?.length ?? 0,
    best: study?.best ?? halvingBest ?? null,
    ...(halving !== undefined && { results: halving.length }),
  };
}

function writeStatus(status: SharedStudyStatus, terminal: Terminal): void {
  const { id, state, kind, at, members, owner, rate, refused } = status;
  const line = (name: string, text: string) =>
    terminal.line(`${name.padEnd(12)}${text}`);
  terminal.line(`${terminal.style("bold", id)}  ${state}`);
  if (kind === "halving") {
    line(
      "kind",
      "HyperBand, in which all processes decide; who they are is not recorded",
    );
  } else {
    line(
      "owner",
      owner === undefined
        ? "none; a process that may decide takes over"
        : `${owner.name}, last heard of ${ago(at - owner.seen)} ago`,
    );
    line("settings", settingsText(status));
  }
  const planned = plannedTrials(status);
  const started = status.study?.trials.length ?? status.halving?.length ?? 0;
  line("trials", `${started}${planned === undefined ? "" : ` of ${planned}`}`);
  line("jobs", jobsText(status));
  if (rate !== undefined) {
    line("rate", `${short(Math.round(rate))} results/min`);
  }
  const best = bestText(status);
  if (best !== undefined) line("best", best);
  for (const { trial, reason } of refused.slice(-MOST)) {
    line("refused", `a result of trial ${trial}: ${reason}`);
  }
  if (refused.length > MOST) {
    line("refused", `${refused.length - MOST} more results`);
  }
  if (members.length === 0) return;
  terminal.line();
  writeTable(
    terminal,
    ["process", "host", "workers", "state", "last beat", "trials"],
    members.map((member) => [
      member.name,
      member.host,
      String(member.workers),
      member.name === owner?.name ? `${member.state}, decides` : member.state,
      `${ago(at - member.seen)} ago`,
      member.trials.join(" "),
    ]),
    [2],
  );
}

function settingsText({ agreement }: SharedStudyStatus): string {
  const { metric, mode, objectives, sampler, scheduler, order, ato } =
    agreement;
  const goal = objectives === undefined ? `${metric}, ${mode}` : objectives;
  return visible(
    `${goal}; ${sampler}, ${scheduler}, ${order} order; Ato ${ato}`,
  );
}

/** Writes a time span. */
function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200
    ? `${Math.round(seconds / 60)} min`
    : `${Math.round(seconds / 3_600)} h`;
}
