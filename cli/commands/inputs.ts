import { type Command, EXIT, UsageError } from "../command.ts";
import { inOrder, inputDigits, inputKindText } from "../input_text.ts";
import { sizeText } from "../../internal/size_text.ts";
import { writeTable } from "../output/table.ts";
import { runNamed } from "../runs_by_name.ts";
import { rootOfRun } from "../run/root_of_run.ts";
import type { Terminal } from "../terminal.ts";
import type { CheckedInput } from "../../inputs/mod.ts";
import type { RecordedInputs } from "../../tracker/mod.ts";
import { wrap } from "../../internal/text_width.ts";
import { visible } from "../../internal/visible_text.ts";

/** The command `ato inputs`. */
export const inputs: Command = {
  name: "inputs",
  summary: "List what a run read: files, folders, URLs, variables",
  usage: "ato inputs RUN [--check]",
  options: { check: { type: "boolean", default: false } },
  optionHelp: {
    "--check": "Compare them with what is there now",
  },
  examples: [
    ["ato inputs 41", "names, sizes, hashes"],
    ["ato inputs 41 --check", "which of them have changed since"],
  ],
  async run({ words, options, terminal, json, finder }) {
    const [name, ...others] = words;
    if (name === undefined || others.length > 0) {
      throw new UsageError(
        `Cannot list the inputs of ${words.length} runs; name one: ato inputs RUN`,
      );
    }
    const file = await finder();
    const run = await runNamed(file, name, terminal);
    const recorded = await file.inputsOf(run) ?? NOTHING;
    const checked = options.check === true
      ? await check(recorded, await rootOfRun(file, run))
      : undefined;
    if (json) {
      terminal.json({ id: run.id, ...recorded, ...(checked && { checked }) });
    } else print(recorded, checked, terminal);
    if (checked === undefined) return EXIT.ok;
    if (checked.some(({ state }) => state !== "same" && state !== "unknown")) {
      return EXIT.differs;
    }
    return checked.some(({ state }) => state === "unknown")
      ? EXIT.usage
      : EXIT.ok;
  },
};

const NOTHING: RecordedInputs = {
  inputs: [],
  coverage: { level: "none", missing: [] },
};

async function check(
  { inputs }: RecordedInputs,
  root: string | undefined,
): Promise<CheckedInput[]> {
  const { checkInputs } = await import("../../inputs/mod.ts");
  return await checkInputs(inputs, { root });
}

const LEVELS = { full: "all", partial: "in part", none: "none" } as const;

function print(
  { inputs, coverage }: RecordedInputs,
  checked: readonly CheckedInput[] | undefined,
  terminal: Terminal,
): void {
  if (inputs.length > 0) {
    const states = new Map(checked?.map(({ id, state }) => [id, state]));
    const rows = inOrder(inputs).map((input) => [
      visible(input.name),
      input.bytes === undefined ? "" : sizeText(input.bytes),
      inputDigits(input),
      inputKindText(input),
      ...(checked === undefined ? [] : [`${states.get(input.id)}`]),
    ]);
    const head = ["name", "size", "hash", "kind"];
    writeTable(
      terminal,
      checked === undefined ? head : [...head, "now"],
      rows,
      [1],
    );
    terminal.line();
  }
  const lines = [
    `recorded: ${LEVELS[coverage.level]}`,
    ...coverage.missing.map(visible),
    ...(checked ?? []).filter(({ state }) => state !== "same")
      .map(({ id, reason }) =>
        visible(`${id.slice(id.indexOf(":") + 1)} ${reason}`)
      ),
  ];
  for (const line of lines.flatMap((text) => wrap(text, terminal.width))) {
    terminal.line(line);
  }
}
