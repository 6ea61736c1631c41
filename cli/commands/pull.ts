import { untilTold } from "../until_told.ts";
import { type Command, EXIT, NotFoundError } from "../command.ts";
import {
  bytesText,
  CHOICE,
  CHOICE_HELP,
  noProjectIn,
  progressLine,
  readWords,
} from "../hub/words.ts";
import type { PullResult } from "../../sync/mod.ts";

/** The command `ato pull`. */
export const pull: Command = {
  name: "pull",
  summary: "Bring runs from a hub into the file; points never become fewer",
  usage: "ato pull URL [PROJECT] [CONDITION…] [options]",
  options: {
    ...CHOICE,
    live: { type: "boolean", default: false },
    again: { type: "boolean", default: false },
    "with-artifacts": { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
  },
  optionHelp: {
    ...CHOICE_HELP,
    "--live": "Go on and take what is new as it comes, until Ctrl-C",
    "--again": "Also bring runs that were erased from this file",
    "--with-artifacts":
      "Also bring the contents of artifacts, into FILE.artifacts",
    "--dry-run": "Only say what would come",
  },
  examples: [
    ["ato pull /mnt/team/hub --db team.db", "all runs of the team"],
    [
      "ato pull postgres://ana@db/team iris --since 2026-01-01",
      "some runs of a project, from Postgres",
    ],
    ["ato pull /mnt/team/hub --live", "while runs go on elsewhere"],
  ],
  async run({ words, options, terminal, json, dbPathToWrite }) {
    const { url, project, keeps } = await readWords({ words, options }, "pull");
    const { pullRuns, shownUrl } = await import("../../sync/mod.ts");
    const [dryRun, live, again] = ["dry-run", "live", "again"]
      .map((name) => options[name] === true);
    const path = await dbPathToWrite();
    const tell = progressLine(
      terminal,
      (done, written) => `${done} runs looked at, ${written} written`,
    );
    const result = await untilTold((signal) =>
      pullRuns(path, url, {
        signal,
        dryRun: dryRun!,
        live: live!,
        again: again!,
        artifacts: options["with-artifacts"] === true,
        chooses: (of) => project === undefined || of.project === project,
        ...(keeps !== undefined && { filter: keeps }),
        onNotice: (line) => terminal.notice(line),
        onWarning: (line) => terminal.notice(line),
        onProgress: ({ done, written }) => tell(done, written),
        onRound: (round) => {
          if (!json) terminal.line(summaryOf(round, "came"));
        },
      })
    );
    if (project !== undefined && !result.projects.includes(project)) {
      throw new NotFoundError(
        noProjectIn(project, result.projects, shownUrl(url)),
      );
    }
    if (json) terminal.json({ ...result, dryRun });
    else terminal.line(summaryOf(result, dryRun ? "would come" : "came"));
    return terminal.hasNotices ? EXIT.differs : EXIT.ok;
  },
};

function summaryOf(result: PullResult, verb: string): string {
  const { added, updated, same, bytes } = result;
  return `${verb}: ${added.length} new, ${updated.length} updated, ${same} known already; ${
    bytesText(bytes)
  }`;
}
