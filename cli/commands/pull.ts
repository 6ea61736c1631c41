import { untilTold } from "../until_told.ts";
import { type Command, EXIT, NotFoundError } from "../command.ts";
import { CHOICE, CHOICE_HELP, readChoice } from "../choose_runs.ts";
import {
  noProjectIn,
  progressLine,
  readAddress,
  searchesText,
} from "../hub/words.ts";
import { sizeText } from "../../internal/size_text.ts";
import { visible } from "../../internal/visible_text.ts";
import type { PullResult } from "../../sync/mod.ts";

/** The command `ato pull`. */
export const pull: Command = {
  name: "pull",
  summary: "Bring runs from a hub into the file; points never become fewer",
  usage: "ato pull URL [PROJECT…] [CONDITION…] [options]",
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
    const { url, rest } = readAddress(words, "pull");
    const { names: projects, meets } = await readChoice(rest, options);
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
        ...(projects.length > 0 &&
          { chooses: ({ project }) => projects.includes(project) }),
        ...(meets !== undefined && { filter: meets }),
        onNotice: (line) => terminal.notice(line),
        onWarning: (line) => terminal.notice(line),
        onProgress: ({ done, written }) => tell(done, written),
        onRound: (round) => {
          if (!json) terminal.line(summaryOf(round, "came"));
        },
      })
    );
    const project = projects.find((name) => !result.projects.includes(name));
    if (project !== undefined) {
      throw new NotFoundError(
        noProjectIn(project, result.projects, shownUrl(url)),
      );
    }
    if (json) terminal.json({ ...result, dryRun });
    else {
      terminal.line(summaryOf(result, dryRun ? "would come" : "came"));
      const { missing } = result.searches;
      if (missing.length > 0) {
        terminal.line(
          `The hub has trials of ${
            missing.map(visible).join(", ")
          }, but not the journal of the search; push from its file with this version of Ato.`,
        );
      }
    }
    return terminal.hasNotices ? EXIT.differs : EXIT.ok;
  },
};

function summaryOf(result: PullResult, verb: string): string {
  const { added, updated, same, bytes, searches } = result;
  return `${verb}: ${added.length} new, ${updated.length} updated, ${same} known already${
    searchesText(searches)
  }; ${sizeText(bytes)}`;
}
