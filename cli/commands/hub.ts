import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { runsText } from "../hub/words.ts";
import { sizeText } from "../../internal/size_text.ts";
import { nearestName } from "../../internal/names.ts";
import { numberOf } from "../option_values.ts";
import { visible } from "../../internal/visible_text.ts";

const ACTIONS = ["init", "status", "gc"] as const;

/** What each does, for messages. */
const VERBS = {
  init: "make a hub",
  status: "look at a hub",
  gc: "clean up a hub",
} as const;

/** The command `ato hub`. */
export const hub: Command = {
  name: "hub",
  summary: "Make a hub for the runs of a team, look at it, clean it up",
  usage: "ato hub init|status|gc URL [options]",
  most: 2,
  options: {
    hours: { type: "string" },
    "dry-run": { type: "boolean", default: false },
  },
  optionHelp: {
    "--hours N":
      "gc: remove what nothing has referred to for N hours (24); a push must not take longer",
    "--dry-run": "gc: only say what would be removed",
  },
  examples: [
    ["ato hub init /mnt/team/hub", "in a folder of a network share"],
    ["ato hub init postgres://ana@db/team", "in a Postgres database"],
    ["ato hub init s3://bucket/team", "in a bucket of S3"],
    ["ato hub status /mnt/team/hub", "what is in it"],
    ["ato hub gc /mnt/team/hub", "remove what nothing refers to"],
  ],
  async run(invocation) {
    const [action, url] = invocation.words;
    const wrong = wrongAction(action);
    if (wrong !== undefined) throw new UsageError(wrong);
    if (url === undefined) {
      throw new UsageError(
        `Cannot ${
          VERBS[action as keyof typeof VERBS]
        }: no hub is named; write ato hub ${action} FOLDER, ato hub ${action} postgres://user@host/database ` +
          `or ato hub ${action} s3://bucket/folder`,
      );
    }
    for (const name of ["hours", "dry-run"]) {
      const given = invocation.options[name];
      if (action !== "gc" && given !== undefined && given !== false) {
        throw new UsageError(`Cannot use --${name} with ato hub ${action}`);
      }
    }
    if (action === "init") return await init(url, invocation);
    return await (action === "gc" ? gc : status)(url, invocation);
  },
};

function wrongAction(action: string | undefined): string | undefined {
  if (action === undefined) {
    return "Cannot tell what to do: write ato hub init URL, ato hub status URL or ato hub gc URL";
  }
  if ((ACTIONS as readonly string[]).includes(action)) return undefined;
  const guess = nearestName(action, ACTIONS);
  return `Cannot ${visible(action)} a hub: there are ${ACTIONS.join(", ")}` +
    (guess === undefined ? "" : `; did you mean ${guess}?`);
}

async function init(
  url: string,
  { terminal, json }: Invocation,
): Promise<ExitCode> {
  const { initHub, shownUrl } = await import("../../sync/mod.ts");
  const result = await initHub(url);
  if (json) terminal.json(result);
  else {
    terminal.line(
      result.isNew
        ? `made a hub in ${shownUrl(url)}; ato push ${shownUrl(url)} sends runs`
        : `there is a hub in ${shownUrl(url)} already; nothing was changed`,
    );
  }
  return EXIT.ok;
}

async function status(
  url: string,
  { terminal, json }: Invocation,
): Promise<ExitCode> {
  const { hubStatus } = await import("../../sync/mod.ts");
  const found = await hubStatus(url);
  for (const line of found.damage) terminal.notice(line);
  if (json) terminal.json(found);
  else {
    const { runs, running, deleted, rows, searches, objects, bytes } = found;
    terminal.line(
      `${
        runsText(runs)
      }, ${running} running, ${deleted} in the trash; ${rows} rows; ` +
        `${searches} ${searches === 1 ? "search" : "searches"}; ` +
        `${objects} objects, ${sizeText(bytes)}`,
    );
    for (const [name, count] of Object.entries(found.projects)) {
      terminal.line(`  project ${name}: ${runsText(count)}`);
    }
    for (const [name, at] of Object.entries(found.hosts)) {
      terminal.line(
        `  host ${name}: last push ${
          new Date(at).toISOString().slice(0, 16).replace("T", " ")
        }`,
      );
    }
    for (const { uuid, field, kept, lost } of found.conflicts) {
      terminal.line(
        `  conflict: ${field} of run ${uuid}: ${
          JSON.stringify(kept ?? "")
        } stayed, ${JSON.stringify(lost ?? "")} did not`,
      );
    }
  }
  return terminal.hasNotices ? EXIT.differs : EXIT.ok;
}

async function gc(
  url: string,
  { terminal, json, options }: Invocation,
): Promise<ExitCode> {
  const { gcHub } = await import("../../sync/mod.ts");
  const graceHours = numberOf(options.hours ?? "24", "--hours", {
    min: 0,
    max: 1_000_000,
  });
  const dryRun = options["dry-run"] === true;
  const result = await gcHub(url, { graceHours, dryRun });
  if (json) terminal.json({ ...result, dryRun });
  else {
    terminal.line(
      `${dryRun ? "would remove" : "removed"} ${result.removed} objects, ${
        sizeText(result.bytes)
      }; ${result.kept} are left`,
    );
  }
  return EXIT.ok;
}
