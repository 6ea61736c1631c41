import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { allRuns, runNamed, runsBeside } from "../runs_by_name.ts";
import { soundRuns } from "../sound.ts";
import { commandText } from "../../internal/shell_words.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Run, SQLFinder } from "../../tracker/mod.ts";

/** The command `ato repeat`. */
export const repeat: Command = {
  name: "repeat",
  summary: "Repeat a run, and say whether the result is the same",
  usage: "ato repeat RUN [WORD…] [--metric M] [--print] [--yes]",
  options: {
    metric: { type: "string" },
    print: { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
  },
  optionHelp: {
    "--metric M": "The metric to explain (default: one is chosen)",
    "--print": "Only print the command and its folder",
    "--yes":
      "Do not ask before running the command of a run that is not known to be yours",
  },
  examples: [
    ["ato repeat 41", "the same command, folder and config: is it repeatable?"],
    ["ato repeat 41 lr=0.01", "with one value changed"],
    ["ato repeat 41 --print", "the command that would be run"],
  ],
  async run(invocation) {
    const { words: [name, ...words], options, terminal, json } = invocation;
    if (name === undefined) {
      throw new UsageError("Cannot repeat: name a run, as in `ato repeat 41`");
    }
    const file = await invocation.finder();
    const run = await runNamed(file, name);
    const { recordedCommand } = await import("../run/recorded_command.ts");
    const recorded = recordedCommand(run, words);
    if (options.print === true) {
      const { command, cwd } = recorded;
      if (json) terminal.json({ command, cwd });
      else terminal.line(`cd ${commandText([cwd])} && ${commandText(command)}`);
      return EXIT.ok;
    }
    const line = `cd ${commandText([recorded.cwd])} && ${
      commandText(recorded.command)
    }`;
    terminal.warn(`ato: ${line}`);
    const { mayRepeat } = await import("../run/consent.ts");
    if (!await mayRepeat(run, { yes: options.yes === true, terminal })) {
      terminal.warn("ato: nothing was run");
      return EXIT.usage;
    }
    const { runChild } = await import("../run/child.ts");
    const before = new Set((await allRuns(file)).map(({ id }) => id));
    // An open reader would keep the writer from checkpointing its log into the file at the end.
    await file.close();
    const ended = await runChild(recorded.command, {
      ...recorded,
      // `ato run` without --db would search its own folder.
      env: { ...recorded.env, ATO_DB: await invocation.dbPath() },
      quiet: json,
    });
    const original = await runNamed(file, String(run.id));
    const again = await newRun(file, original, before);
    if (again === undefined) {
      throw new UsageError(
        `Cannot compare: the command ended with exit code ${ended.code} and recorded no run here`,
      );
    }
    return await report(original, again, invocation);
  },
};

/** Finds the run that the command recorded: one that names the repeated run, or the first of the project. */
async function newRun(
  file: SQLFinder,
  run: Run,
  before: ReadonlySet<number>,
): Promise<Run | undefined> {
  const fresh = (await allRuns(file)).filter(({ id }) => !before.has(id));
  return fresh.find(({ parentId }) => parentId === run.id) ??
    fresh.find(({ projectId }) => projectId === run.projectId);
}

async function report(
  run: Run,
  again: Run,
  { options, terminal, json, finder }: Invocation,
): Promise<ExitCode> {
  const [{ explain }, { renderExplanation }] = await Promise.all([
    import("../../why/mod.ts"),
    import("../why_text.ts"),
  ]);
  const runs = await soundRuns(
    await runsBeside(await finder(), run),
    terminal,
  );
  const metric = typeof options.metric === "string"
    ? options.metric
    : undefined;
  const found = await explain(run, again, runs, metric);
  const { outputs, metrics, config, code } = found.differences;
  const isSame = outputs.length === 0 && metrics.length === 0 &&
    config.length === 0 && code.every(({ status }) => status === "same") &&
    again.status === run.status;
  if (json) terminal.json({ ...found, repeatable: isSame });
  else {
    terminal.line();
    renderExplanation(found, terminal);
    terminal.line(
      isSame
        ? `run ${run.id} is repeatable: run ${again.id} gave the same result`
        : `run ${again.id} (${
          visible(again.status)
        }) gave another result than run ${run.id} (${visible(run.status)})`,
    );
  }
  return isSame ? EXIT.ok : EXIT.differs;
}
