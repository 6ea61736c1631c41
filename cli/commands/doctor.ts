import { type Command, EXIT, type Invocation, UsageError } from "../command.ts";
import { allRuns } from "../runs_by_name.ts";
import { soundRuns } from "../sound.ts";
import { messageOf } from "../../internal/errors.ts";
import { pad } from "../../internal/text_width.ts";
import type { Check } from "../doctor/checks.ts";

const MARKS = { ok: "ok  ", note: "note", bad: "BAD " } as const;
const STYLES = { ok: "green", note: "yellow", bad: "red" } as const;

/** The command `ato doctor`. */
export const doctor: Command = {
  name: "doctor",
  summary: "Check the file, the disk, the drivers and the versions",
  usage: "ato doctor [--full]",
  most: 0,
  options: { full: { type: "boolean", default: false } },
  optionHelp: {
    "--full": "Also compare every index with its table; slow for a large file",
  },
  examples: [
    ["ato doctor", "is everything in order?"],
    ["ato doctor --db runs.db --full", "down to the last row"],
  ],
  async run(invocation) {
    const { terminal, json } = invocation;
    const checks = await lookAt(invocation);
    const isBad = checks.some(({ level }) => level === "bad");
    if (json) terminal.json({ healthy: !isBad, checks });
    else {
      for (const { name, level, found, advice } of checks) {
        const mark = terminal.style(STYLES[level], MARKS[level]);
        terminal.line(`${mark}  ${pad(name, 12)}  ${found}`);
        if (advice !== undefined) terminal.line(`${" ".repeat(20)}${advice}`);
      }
    }
    return isBad ? EXIT.differs : EXIT.ok;
  },
};

async function lookAt(invocation: Invocation): Promise<Check[]> {
  const { checkContent, checkPlace, checkRuntime } = await import(
    "../doctor/checks.ts"
  );
  const checks = await checkRuntime();
  let path: string;
  try {
    path = await invocation.dbPath();
  } catch (error) {
    // Without a file the versions are still useful, unless a file was named.
    if (!(error instanceof UsageError) || invocation.options.db !== undefined) {
      throw error;
    }
    return [...checks, { name: "file", level: "note", found: error.message }];
  }
  checks.push(...checkPlace(path));
  try {
    checks.push(...await checkContent(path, invocation.options.full === true));
    checks.push(...await checkRuns(invocation));
  } catch (error) {
    const found = messageOf(error);
    checks.push({ name: "reading", level: "bad", found });
  }
  return checks;
}

async function checkRuns({ finder, terminal }: Invocation): Promise<Check[]> {
  const runs = await soundRuns(await allRuns(await finder()), terminal);
  const crashed = runs.filter(({ status }) => status === "crashed");
  const lost = runs.filter(({ dropped }) => dropped > 0);
  return [
    { name: "runs", level: "ok", found: String(runs.length) },
    terminal.hasNotices
      ? {
        name: "broken runs",
        level: "bad",
        found: "some runs cannot be read, see above",
        advice:
          "`ato delete ID` and `ato gc` remove a run; a copy of the file may still have it",
      }
      : { name: "broken runs", level: "ok", found: "none" },
    crashed.length === 0
      ? { name: "crashed runs", level: "ok", found: "none" }
      : {
        name: "crashed runs",
        level: "note",
        found: crashed.slice(-5).map(({ id }) => id).join(", "),
        advice: "their process died; `ato show RUN` shows what they logged",
      },
    lost.length === 0 ? { name: "lost points", level: "ok", found: "none" } : {
      name: "lost points",
      level: "note",
      found: `in run ${lost.slice(-5).map(({ id }) => id).join(", ")}`,
      advice: "the file was not writable for too long",
    },
  ];
}
