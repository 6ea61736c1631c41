import { jsonText } from "../../internal/json_text.ts";
import { visible } from "../../internal/visible_text.ts";
import {
  planSync,
  type SyncEvent,
  type SyncOptions,
  type SyncReport,
  syncRuns,
  type SyncTarget,
} from "../../sync/mod.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { runNamed } from "../runs_by_name.ts";
import type { Terminal } from "../terminal.ts";
import { choiceOf } from "./choose.ts";
import { untilTold } from "../until_told.ts";

/** Milliseconds between two lines that say how far it is. */
const SAY_EACH = 2_000;

/**
 * Sends runs to a target, as the words and options of the command say.
 *
 * @param target The target.
 * @param words The words after its address.
 * @param invocation How the command was called.
 * @returns 0 if all is there, 1 if some runs are not, 2 if the work ended early.
 */
export async function sendTo(
  target: SyncTarget,
  words: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  const { options, terminal, json, dbPath } = invocation;
  const settings = {
    dbPath: await dbPath(),
    choose: await choiceOf(words, invocation),
    onWarning: (line: string) => terminal.notice(line),
  };
  if (options["dry-run"] === true) {
    return await sayPlan(target, settings, invocation);
  }
  const follow = options.follow === true;
  const until = await untilOf(invocation);
  const isLive = follow || Object.keys(until).length > 0;
  let wasTold = false;
  const report = await untilTold((signal) => {
    signal.addEventListener("abort", () => wasTold = true);
    return syncRuns(target, {
      ...settings,
      ...{ follow, signal },
      ...until,
      onEvent: json
        ? isLive ? (event) => terminal.data(jsonText(event)) : () => {}
        : eventWriter(terminal),
    });
  });
  const { address, kind } = target;
  if (!json) sayReport(report, { terminal, wasTold, isLive });
  else if (isLive) terminal.data(jsonText({ type: "report", ...report }));
  else terminal.json({ target: kind, address, ...report });
  if (report.problem !== undefined) return EXIT.usage;
  if (wasTold && !isLive) return EXIT.differs;
  return report.left.length > 0 || terminal.hasNotices ? EXIT.differs : EXIT.ok;
}

/** The options that name a run whose end, or whose process's end, ends the work. */
const UNTIL = {
  "until-ended": "untilEnded",
  "until-process-ended": "untilProcessEnded",
} as const;

async function untilOf(
  { options, finder }: Invocation,
): Promise<Pick<SyncOptions, "untilEnded" | "untilProcessEnded">> {
  const given = Object.entries(UNTIL).flatMap(([option, name]) => {
    const word = options[option];
    return typeof word === "string" ? [{ option, name, word }] : [];
  });
  const [first, second] = given;
  if (first === undefined) return {};
  const other = options.follow === true ? "follow" : second?.option;
  if (other !== undefined) {
    throw new UsageError(
      `Cannot use --${other} and --${first.option} at once: they end at different times; give one of them`,
    );
  }
  return { [first.name]: (await runNamed(await finder(), first.word)).uuid };
}

/** Writes what happens; how far a run is, now and then. */
function eventWriter(terminal: Terminal): (event: SyncEvent) => void {
  let said = performance.now();
  return (event) => {
    switch (event.type) {
      case "progress": {
        if (performance.now() - said < SAY_EACH) return;
        said = performance.now();
        return terminal.line(
          `run ${event.run}: ${amountOf(event)} sent so far`,
        );
      }
      case "sent":
        if (event.changed) {
          terminal.line(`run ${event.run}: sent, ${amountOf(event)}`);
        }
        return;
      case "left":
        return terminal.warn(
          `ato: run ${event.run} is not there as it is here: ${event.reason}`,
        );
      case "notice":
        return terminal.warn(`ato: run ${event.run}: ${event.line}`);
      case "waiting":
        return terminal.warn(
          `ato: ${event.reason}; next try in ${
            Math.max(1, Math.round(event.wait / 1000))
          } s`,
        );
    }
  };
}

function amountOf(
  { points, bytes = 0 }: { readonly points: number; readonly bytes?: number },
): string {
  const files = bytes === 0 ? "" : `, ${bytes} bytes of files`;
  return `${points} point${points === 1 ? "" : "s"}${files}`;
}

function sayReport(
  { sent, same, left, problem }: SyncReport,
  { terminal, wasTold, isLive }: {
    readonly terminal: Terminal;
    readonly wasTold: boolean;
    readonly isLive: boolean;
  },
): void {
  const rest = "what is missing is sent by the next `ato sync`";
  if (problem !== undefined) terminal.warn(`ato: ${problem}; ${rest}`);
  else if (wasTold && !isLive) terminal.warn(`ato: interrupted; ${rest}`);
  terminal.line(
    `${countOf(sent.length)} sent, ${same} already there${
      left.length === 0 ? "" : `, ${left.length} left`
    }`,
  );
}

function countOf(runs: number): string {
  return `${runs} run${runs === 1 ? "" : "s"}`;
}

async function sayPlan(
  target: SyncTarget,
  settings: Pick<SyncOptions, "dbPath" | "choose" | "onWarning">,
  { terminal, json }: Invocation,
): Promise<ExitCode> {
  const planned = await planSync(target, settings);
  if (json) {
    terminal.json({ target: target.kind, address: target.address, planned });
    return EXIT.ok;
  }
  for (const { run, project, state, points } of planned) {
    if (state === "same") continue;
    terminal.line(
      `run ${run} of ${visible(project)}: ${state}${
        points === undefined ? "" : `, ${amountOf({ points })}`
      }`,
    );
  }
  const same = planned.filter(({ state }) => state === "same").length;
  terminal.line(
    `${countOf(planned.length - same)} would be sent to ${
      visible(target.address)
    }, ${same} already there`,
  );
  return EXIT.ok;
}
