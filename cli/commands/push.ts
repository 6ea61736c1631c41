import { untilTold } from "../until_told.ts";
import { CHOICE, CHOICE_HELP, choiceIn } from "../choose_runs.ts";
import { type Command, EXIT } from "../command.ts";
import {
  progressLine,
  readAddress,
  runsText,
  searchesText,
} from "../hub/words.ts";
import { sizeText } from "../../internal/size_text.ts";
import type { PushResult } from "../../sync/mod.ts";

/** The command `ato push`. */
export const push: Command = {
  name: "push",
  summary: "Send runs to a hub, where a team meets; what it has is not sent",
  usage: "ato push URL [RUN|PROJECT…] [CONDITION…] [options]",
  options: {
    run: { type: "string", multiple: true },
    ...CHOICE,
    live: { type: "boolean", default: false },
    "with-sources": { type: "boolean", default: false },
    "with-artifacts": { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
  },
  optionHelp: {
    "--run RUN": "Only this run; can be repeated",
    ...CHOICE_HELP,
    "--live": "Go on and send what is new every few seconds, until Ctrl-C",
    "--with-sources":
      "Also send sources, inputs' texts, uncommitted changes, console output",
    "--with-artifacts": "Also send the contents of artifacts",
    "--dry-run": "Only say what would be sent",
  },
  examples: [
    ["ato push /mnt/team/hub", "all runs, to a shared folder"],
    [
      "ato push postgres://ana@db/team iris 'accuracy>0.9'",
      "some runs of a project, to Postgres",
    ],
    ["ato push /mnt/team/hub --live", "while runs go on"],
  ],
  async run({ words, options, terminal, json, dbPath, finder }) {
    const { url, rest } = readAddress(words, "push");
    const filter = await choiceIn({
      words: rest,
      options,
      terminal,
      file: await finder(),
      isFollowed: options.live === true,
    });
    const { pushRuns } = await import("../../sync/mod.ts");
    const [dryRun, live, sources] = ["dry-run", "live", "with-sources"]
      .map((name) => options[name] === true);
    const path = await dbPath();
    const tell = progressLine(
      terminal,
      (done, total) => `${done} of ${total} runs`,
    );
    const result = await untilTold((signal) =>
      pushRuns(path, url, {
        signal,
        dryRun: dryRun!,
        live: live!,
        sources: sources!,
        artifacts: options["with-artifacts"] === true,
        ...(filter !== undefined && { filter }),
        onNotice: (line) => terminal.notice(line),
        onWarning: (line) => terminal.notice(line),
        onProgress: ({ done, total }) => tell(done, total),
        onRound: (round) => {
          if (!json) terminal.line(summaryOf(round, "sent"));
        },
      })
    );
    if (json) terminal.json({ ...result, dryRun });
    else {
      terminal.line(summaryOf(result, dryRun ? "would be sent" : "sent"));
      terminal.line(
        sources
          ? "Sources, inputs' texts, the command line, uncommitted changes and console output went along."
          : "Sources, inputs' texts, the command line, uncommitted changes and console output stayed here; --with-sources sends them.",
      );
      if (result.behind > 0) {
        terminal.line(
          `The hub knows more of ${
            runsText(result.behind)
          }; ato pull brings that.`,
        );
      }
      if (result.searches.behind > 0) {
        terminal.line(
          `The hub knows more of ${result.searches.behind} ${
            result.searches.behind === 1 ? "search" : "searches"
          }; ato pull brings that.`,
        );
      }
    }
    return terminal.hasNotices ? EXIT.differs : EXIT.ok;
  },
};

function summaryOf(result: PushResult, verb: string): string {
  const { added, updated, same, bytes, searches } = result;
  return `${verb}: ${added.length} new, ${updated.length} updated, ${same} known already${
    searchesText(searches)
  }; ${sizeText(bytes)}`;
}
