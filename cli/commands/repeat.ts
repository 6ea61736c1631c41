import { resolve } from "node:path";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { numberOf } from "../option_values.ts";
import { allRuns, runNamed } from "../runs_by_name.ts";
import type { RecordedCommand } from "../run/recorded_command.ts";
import type { RecordedProgram } from "../run/recorded_program.ts";
import { commandText } from "../../internal/shell_words.ts";
import type { Terminal } from "../terminal.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Run, SQLFinder } from "../../tracker/mod.ts";
import type { Explanation } from "../../why/mod.ts";

/** The command `ato repeat`. */
export const repeat: Command = {
  name: "repeat",
  summary: "Run a run again as it was, and say whether the result is the same",
  usage:
    "ato repeat RUN [WORD…] [--here] [--runs N] [--env NAME=VALUE] [--secret NAME=VALUE] [--metric M] [--print] [--yes]",
  options: {
    here: { type: "boolean", default: false },
    runs: { type: "string" },
    env: { type: "string", multiple: true },
    secret: { type: "string", multiple: true },
    metric: { type: "string" },
    print: { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
  },
  optionHelp: {
    "--here": "Run today's code in the folder of the run, not its own code",
    "--runs N": "How often to run it (default: 1)",
    "--env NAME=VALUE":
      "Set an environment variable of the program; can be repeated",
    "--secret NAME=VALUE":
      "Give a secret of the command, which is not stored; can be repeated",
    "--metric M": "The metric to explain (default: one that differs)",
    "--print": "Only print the command and its folder",
    "--yes":
      "Do not ask before running the command of a run that is not known to be yours",
  },
  examples: [
    ["ato repeat 41", "the same code, command and config: is it repeatable?"],
    ["ato repeat 41 lr=0.01", "with one value changed"],
    ["ato repeat 41 --runs 4", "four repeats: how much is chance?"],
    ["ato repeat 41 --here", "the same command with today's code"],
    ["ato repeat 41 --print", "the command that would be run"],
  ],
  async run(invocation) {
    const { words: [name, ...words], options, terminal, json } = invocation;
    if (name === undefined) {
      throw new UsageError("Cannot repeat: name a run, as in `ato repeat 41`");
    }
    const times = options.runs === undefined
      ? 1
      : numberOf(options.runs, "--runs", { min: 1, max: 10_000, whole: true });
    const variables = readPairs("--env", options.env);
    const secrets = readPairs("--secret", options.secret);
    const file = await invocation.finder();
    const run = await runNamed(file, name, terminal);
    const { recordedCommand, withSecrets } = await import(
      "../run/recorded_command.ts"
    );
    const recorded = recordedCommand(run, words);
    if (options.print === true) {
      const { command, cwd } = recorded;
      if (json) terminal.json({ command, cwd });
      else terminal.line(lineOf(recorded));
      return EXIT.ok;
    }
    terminal.warn(`ato: ${lineOf(recorded)}`);
    const isHere = options.here === true;
    const [{ mayRepeat }, { recordedProgram }] = await Promise.all([
      import("../run/consent.ts"),
      import("../run/recorded_program.ts"),
    ]);
    const program = isHere ? undefined : await recordedProgram(file, run);
    await tellChangedInputs(file, run, { terminal, variables });
    const isOwnCode = program === undefined || await file.isOwnProgram(run);
    const asked = { yes: options.yes === true, terminal, isOwnCode };
    if (!await mayRepeat(run, asked)) {
      terminal.warn("ato: nothing was run");
      return EXIT.usage;
    }
    const whole = withSecrets(run, recorded, secrets);
    const placed = isHere
      ? whole
      : await asItWas(run, { recorded: whole, program }, invocation);
    // Read while the file is open.
    const { config } = run;
    // An open reader would keep the writer from checkpointing its log into the file at the end.
    await file.close();
    const runs: Run[] = [];
    for (let i = 0; i < times; i++) {
      runs.push(
        await once(file, run, { placed, variables, config, invocation }),
      );
    }
    return await report(file, run, runs, invocation);
  },
};

function lineOf({ command, cwd }: RecordedCommand): string {
  return `cd ${commandText([cwd])} && ${commandText(command)}`;
}

function readPairs(option: string, given: unknown): Record<string, string> {
  const words = Array.isArray(given) ? given.map(String) : [];
  return Object.fromEntries(words.map((word) => {
    const at = word.indexOf("=");
    if (at > 0) return [word.slice(0, at), word.slice(at + 1)];
    throw new UsageError(
      `Cannot use ${option} ${visible(word)}: write ${option} NAME=VALUE`,
    );
  }));
}

/** The most inputs that are named. */
const MOST_NAMED = 10;

/** Names the inputs that are not as they were, before anything is run. */
async function tellChangedInputs(
  file: SQLFinder,
  run: Run,
  { terminal, variables }: {
    readonly terminal: Terminal;
    readonly variables: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const recorded = await file.inputsOf(run);
  if (recorded === undefined || recorded.inputs.length === 0) return;
  const [{ checkInputs }, { rootOfRun }] = await Promise.all([
    import("../../inputs/mod.ts"),
    import("../run/root_of_run.ts"),
  ]);
  const checked = await checkInputs(recorded.inputs, {
    root: await rootOfRun(file, run),
    env: { ...process.env, ...variables },
  });
  const others = checked.filter(({ state }) => state !== "same");
  for (const { id, reason } of others.slice(0, MOST_NAMED)) {
    const name = id.slice(id.indexOf(":") + 1);
    const fix = id.startsWith("env:") ? `; set it by --env ${name}=VALUE` : "";
    terminal.warn(
      `ato: not as it was: ${id.startsWith("env:") ? "variable" : "input"} ${
        visible(`${name} ${reason}${fix}`)
      }`,
    );
  }
  if (others.length > MOST_NAMED) {
    terminal.warn(
      `ato: not as it was: ${
        others.length - MOST_NAMED
      } more inputs; ato inputs ${run.id} --check has all`,
    );
  }
}

/** Moves the command to a mirror of the project with the code of the run. */
async function asItWas(
  run: Run,
  { recorded, program }: {
    readonly recorded: RecordedCommand;
    readonly program: RecordedProgram | undefined;
  },
  { terminal, dbPath }: Invocation,
): Promise<RecordedCommand> {
  if (program === undefined) {
    terminal.warn(
      `ato: run ${run.id} did not record its code; today's code is run`,
    );
    return recorded;
  }
  for (const phrase of program.missing.slice(0, 5)) {
    terminal.warn(`ato: not as it was: ${visible(phrase)}`);
  }
  const [{ makeMirror }, { inMirror }] = await Promise.all([
    import("../run/mirror.ts"),
    import("../run/recorded_command.ts"),
  ]);
  const path = resolve(await dbPath());
  const mirror = makeMirror({
    root: program.root,
    files: program.files,
    since: run.startTime?.getTime() ?? 0,
    without: ["", "-wal", "-shm", "-journal"].map((end) => path + end),
  });
  terminal.warn(`ato: the project as it was is in ${visible(mirror.folder)}`);
  return inMirror(recorded, mirror, path);
}

/** Runs the command, and finds the run that it recorded. */
async function once(
  file: SQLFinder,
  run: Run,
  { placed, variables, config, invocation }: {
    readonly placed: RecordedCommand;
    readonly variables: Readonly<Record<string, string>>;
    readonly config: Run["config"];
    readonly invocation: Invocation;
  },
): Promise<Run> {
  const { runChild } = await import("../run/child.ts");
  const before = new Set((await allRuns(file)).map(({ id }) => id));
  await file.close();
  const ended = await runChild(placed.command, {
    ...placed,
    // `ato run` without --db would search its own folder.
    env: {
      ...placed.env,
      ATO_DB: resolve(await invocation.dbPath()),
      ...variables,
    },
    quiet: invocation.json,
  });
  const again = await newRun(file, { run, config, before });
  if (again !== undefined) return again;
  throw new UsageError(
    `Cannot compare: the command ended with exit code ${ended.code} and recorded no run here`,
  );
}

/**
 * Finds the run that the command recorded: one that names the repeated run, or else one of the project. Of several, as a
 * search makes them, it is the one with the same name, seed and config.
 */
async function newRun(
  file: SQLFinder,
  { run, config, before }: {
    readonly run: Run;
    readonly config: Run["config"];
    readonly before: ReadonlySet<number>;
  },
): Promise<Run | undefined> {
  const fresh = (await allRuns(file)).filter(({ id }) => !before.has(id));
  const named = fresh.filter(({ parentId }) => parentId === run.id);
  const near = named.length > 0
    ? named
    : fresh.filter(({ projectId }) => projectId === run.projectId);
  const alike = near.find(({ name, seed, config: own }) =>
    name === run.name && seed === run.seed && isDeepStrictEqual(own, config)
  );
  return alike ?? near[0];
}

async function report(
  file: SQLFinder,
  run: Run,
  repeats: readonly Run[],
  { options, terminal, json }: Invocation,
): Promise<ExitCode> {
  const [{ compareConfig, explain }, { renderExplanation }] = await Promise.all(
    [import("../../why/mod.ts"), import("../why_text.ts")],
  );
  const original = await runNamed(file, String(run.id));
  const metric = typeof options.metric === "string"
    ? { metric: options.metric }
    : {};
  const answers: Explanation[] = [];
  for (const { id } of repeats) {
    const again = await runNamed(file, String(id));
    answers.push(
      await explain(original, again, { ...metric, finder: file }),
    );
  }
  const isSame = answers.every(isRepeat);
  const other = answers.find((one) => !isRepeat(one)) ?? answers.at(-1)!;
  const again = await runNamed(file, String(other.b));
  if (json) {
    terminal.json({
      ...other,
      repeatable: isSame,
      runs: repeats.map(({ id }) => id),
    });
  } else {
    terminal.line();
    renderExplanation(other, terminal, compareConfig(original, again));
    terminal.line(summary(original, again, repeats, isSame));
  }
  return isSame ? EXIT.ok : EXIT.differs;
}

/** Whether everything that the two runs recorded is the same. */
function isRepeat({ outcome, differing, divergence }: Explanation): boolean {
  return outcome === "identical" && differing.length === 0 &&
    divergence.outputs.length === 0 && divergence.metrics.length === 0;
}

function summary(
  run: Run,
  again: Run,
  repeats: readonly Run[],
  isSame: boolean,
): string {
  const ids = repeats.map(({ id }) => id).join(", ");
  if (isSame) {
    return repeats.length === 1
      ? `run ${run.id} is repeatable: run ${ids} gave the same result`
      : `run ${run.id} is repeatable: runs ${ids} gave the same result`;
  }
  return `run ${again.id} (${
    visible(again.status)
  }) gave another result than run ${run.id} (${visible(run.status)})`;
}
