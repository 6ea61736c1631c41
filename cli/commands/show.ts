import { type Command, EXIT, UsageError } from "../command.ts";
import { UserError } from "../../internal/errors.ts";
import { environmentFacts } from "../../internal/environment_facts.ts";
import { flatten } from "../../internal/leaves.ts";
import { runNamed, trashText } from "../runs_by_name.ts";
import { historyOf, setterText } from "../../internal/set_by.ts";
import { sparkline } from "../../plot/mod.ts";
import { orNotice } from "../sound.ts";
import type { Terminal } from "../terminal.ts";
import { brief, short } from "../../internal/text.ts";
import { fit, pad, widthOf, wrap } from "../../internal/text_width.ts";
import { visible } from "../../internal/visible_text.ts";
import { valueText } from "../../internal/value_text.ts";
import type {
  ChartBin,
  MetricSummary,
  RecordedFactors,
  RecordedInputs,
  Run,
} from "../../tracker/mod.ts";
import { inOrder, inputDigits, inputKindText } from "../input_text.ts";
import type { SentTo } from "../../sync/sent_to.ts";
import { sizeText } from "../../internal/size_text.ts";
import { sentenceOf } from "../user_error.ts";
import { coverageText } from "../coverage_text.ts";
import { countModules, DIMENSIONS } from "../../internal/run_factors.ts";
import type { HistoryEntry } from "../../internal/run_source.ts";
import { writeTable } from "../output/table.ts";

/** The command `ato show`. */
export const show: Command = {
  name: "show",
  summary: "Show everything about a run",
  usage: "ato show RUN",
  examples: [
    ["ato show 41", "config, metrics, artifacts, fingerprints, environment"],
    ["ato show latest --json", "the newest run, for a script"],
  ],
  async run({ words, terminal, json, finder, dbPath }) {
    const [name, ...others] = words;
    if (name === undefined || others.length > 0) {
      throw new UsageError(
        `Cannot show ${words.length} runs; name one: ato show RUN`,
      );
    }
    const file = await finder();
    const run = await runNamed(file, name);
    const metrics = await metricsOf(run, json ? 0 : 30, terminal);
    const recorded = await orNotice(terminal, () => file.factorsOf(run));
    const read = await orNotice(terminal, () => file.inputsOf(run));
    const sent = await placesOf(run, await dbPath(), terminal);
    if (json) {
      const parts = await toJson(run, metrics, terminal);
      terminal.json({
        ...parts,
        sent,
        inputs: read?.inputs,
        coverage: recorded?.coverage,
      });
    } else await print(run, metrics, { recorded, read, sent, terminal });
    return terminal.hasNotices ? EXIT.usage : EXIT.ok;
  },
};

interface Curve {
  readonly summary: MetricSummary;
  readonly bins: readonly ChartBin[];
}

/** Leaves out a damaged metric with a notice. */
async function metricsOf(
  run: Run,
  maxPoints: number,
  terminal: Terminal,
): Promise<Curve[]> {
  const curves: Curve[] = [];
  const keys = await orNotice(terminal, () => run.metrics.names()) ?? [];
  for (const key of keys) {
    const curve = await orNotice(terminal, async () => {
      const summary = await run.metrics.summary(key);
      const bins = maxPoints === 0
        ? []
        : await run.metrics.chart(key, { maxPoints });
      return summary && { summary, bins };
    });
    if (curve !== undefined) curves.push(curve);
  }
  return curves;
}

/** The parts of a run that are read on access; each can be damaged on its own. */
const PARTS = [
  "status",
  "dropped",
  "config",
  "history",
  "artifacts",
  "fingerprints",
  "fingerprintGaps",
  "attempts",
] as const;

async function toJson(
  run: Run,
  metrics: readonly Curve[],
  terminal: Terminal,
): Promise<Record<string, unknown>> {
  const parts: Partial<Record<typeof PARTS[number], unknown>> = {};
  for (const name of PARTS) {
    parts[name] = await orNotice(terminal, () => Promise.resolve(run[name]));
  }
  const { id, uuid, name, notes, parentId, tags, seed, error } = run;
  const { startTime, endTime, duration, deletedAt, structuralHash } = run;
  return {
    id,
    uuid,
    name,
    notes,
    parentId,
    tags,
    seed,
    status: parts.status,
    startTime,
    endTime,
    duration,
    error,
    dropped: parts.dropped,
    deletedAt,
    structuralHash,
    config: parts.config,
    history: parts.history,
    metrics: Object.fromEntries(
      metrics.map(({ summary }) => [summary.metric, summary]),
    ),
    artifacts: parts.artifacts,
    fingerprints: parts.fingerprints,
    fingerprintGaps: parts.fingerprintGaps,
    attempts: parts.attempts,
  };
}

/** Prints each part on its own: a damaged part does not hide the others. */
async function print(
  run: Run,
  metrics: readonly Curve[],
  { recorded, read, sent, terminal }: {
    readonly recorded: RecordedFactors | undefined;
    readonly read: RecordedInputs | undefined;
    readonly sent: readonly SentTo[];
    readonly terminal: Terminal;
  },
): Promise<void> {
  const sections = [
    () => printHead(run, sent, terminal),
    () => printError(run, terminal),
    () => printConfig(run, terminal),
    () => printMetrics(metrics, terminal),
    () => printInputs(read, terminal),
    () => printArtifacts(run, terminal),
    () => printFingerprints(run, terminal),
    () => printEnvironment(run, terminal),
    () => printRecorded(recorded, terminal),
  ];
  for (const section of sections) {
    await orNotice(terminal, async () => await section());
  }
}

/** Says how completely the run was recorded, and what is missing. */
function printRecorded(
  recorded: RecordedFactors | undefined,
  terminal: Terminal,
): void {
  if (recorded === undefined) return;
  const { coverage, factors } = recorded;
  heading("recorded", terminal);
  const phrases = DIMENSIONS.flatMap((dimension) =>
    coverage[dimension].missing.slice(0, MOST_MISSING)
      .map((phrase) => `${dimension}: ${visible(phrase)}`)
  );
  const lines = [
    coverageText(coverage, countModules(factors.keys())),
    ...phrases,
  ];
  for (const line of lines.flatMap((text) => wrap(text, terminal.width - 2))) {
    terminal.line(`  ${line}`);
  }
}

/** The most phrases of a dimension that are shown. */
const MOST_MISSING = 8;

function heading(text: string, terminal: Terminal): void {
  terminal.line();
  terminal.line(terminal.style("bold", text));
}

/** Prints names and texts in two columns. */
function pairs(
  entries: readonly (readonly [string, string])[],
  terminal: Terminal,
): void {
  const width = Math.max(...entries.map(([name]) => widthOf(name)));
  for (const [name, text] of entries) {
    const room = Math.max(4, terminal.width - width - 4);
    terminal.line(`  ${pad(name, width)}  ${fit(text, room)}`);
  }
}

function printHead(
  run: Run,
  sent: readonly SentTo[],
  terminal: Terminal,
): void {
  const color = run.status === "completed"
    ? "green"
    : run.status === "running"
    ? "cyan"
    : "red";
  const name = run.name === undefined ? "" : `  ${visible(run.name)}`;
  const status = terminal.style(color, visible(run.status));
  terminal.line(`${terminal.style("bold", `run ${run.id}`)}  ${status}${name}`);
  const deleted = run.deletedAt !== undefined ? trashText(run) : undefined;
  const facts: [string, string | undefined][] = [
    ["uuid", run.uuid],
    ["started", run.startTime && moment(run.startTime)],
    ["ended", run.endTime && moment(run.endTime)],
    ["took", run.duration === undefined ? undefined : span(run.duration)],
    ["seed", run.seed],
    ["tags", run.tags.join(", ") || undefined],
    ["notes", run.notes || undefined],
    ["parent", run.parentId === undefined ? undefined : `run ${run.parentId}`],
    ["error", run.error && `${run.error.name}: ${run.error.message}`],
    ["in the trash", deleted],
    ...sent.map((one): [string, string] => ["sent", sentText(one)]),
    [
      "dropped",
      run.dropped > 0 ? `${run.dropped} points were lost` : undefined,
    ],
    [
      "attempts",
      run.attempts.length > 1 ? `${run.attempts.length}` : undefined,
    ],
  ];
  pairs(
    facts.flatMap(([key, text]) =>
      text === undefined ? [] : [[key, visible(text)] as const]
    ),
    terminal,
  );
}

/** Reads where a run was sent; what remembers it can be damaged, or of a newer version. */
async function placesOf(
  { uuid }: Run,
  dbPath: string,
  terminal: Terminal,
): Promise<readonly SentTo[]> {
  if (uuid === undefined) return [];
  const { sentTo } = await import("../../sync/sent_to.ts");
  try {
    return await sentTo(dbPath, uuid);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    terminal.notice(sentenceOf(error));
    return [];
  }
}

/** Where a run was sent, and when. */
function sentText({ kind, address, at, problem }: SentTo): string {
  const place = address === undefined ? `a ${kind}` : `${kind} ${address}`;
  const rest = problem === undefined ? "" : `; not all of it: ${problem}`;
  return `to ${place}, last ${moment(at)}${rest}`;
}

/** Prints where a run failed: the stack, or the last lines of a program. */
function printError({ error }: Run, terminal: Terminal): void {
  const lines = error?.stack?.split("\n").filter((line) => line.trim() !== "");
  if (lines === undefined || lines.length < 2) return;
  heading("error", terminal);
  for (const line of lines.slice(0, 20)) {
    terminal.line(`  ${fit(visible(line), Math.max(4, terminal.width - 2))}`);
  }
}

function moment(date: Date): string {
  return date.toISOString().slice(0, 19).replace("T", " ");
}

/** Writes a duration in convenient units. */
function span(seconds: number): string {
  if (seconds < 60) return `${short(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function printConfig(run: Run, terminal: Terminal): void {
  const { history } = run;
  const leaves = [...flatten(run.config)];
  heading(
    `config  ${(run.structuralHash ?? "").slice(0, 24)}`.trim(),
    terminal,
  );
  if (leaves.length === 0) return terminal.line("  (empty)");
  const most = terminal.width === Infinity
    ? 60
    : Math.floor(terminal.width / 3);
  const rows = leaves.map(([path, value]) => [
    "  " + fit(visible(path), most),
    fit(valueText(value), most),
    historyOf(history, path).map(assignment).reverse().join("  <-  "),
  ]);
  writeTable(terminal, ["  key", "value", "set by"], rows);
}

/** Writes who set a value, and the value if it was set again later. */
function assignment(
  entry: HistoryEntry,
  index: number,
  all: readonly HistoryEntry[],
): string {
  const by = visible(setterText(entry));
  if (index === all.length - 1) return by;
  return `${entry.deleted ? "deleted" : valueText(entry.value)} (${by})`;
}

function printMetrics(metrics: readonly Curve[], terminal: Terminal): void {
  heading("metrics", terminal);
  if (metrics.length === 0) return terminal.line("  (none)");
  const optional = (value?: number) => value === undefined ? "" : short(value);
  const rows = metrics.map(({ summary, bins }) => [
    "  " + visible(summary.metric),
    short(summary.last),
    optional(summary.min),
    optional(summary.max),
    String(summary.count),
    sparkline(bins) +
    (summary.divergedAt === undefined
      ? ""
      : `  diverged at step ${summary.divergedAt}`),
  ]);
  writeTable(
    terminal,
    ["  metric", "last", "min", "max", "points", "curve"],
    rows,
    [1, 2, 3, 4],
  );
}

/** The most inputs that are shown; `ato inputs` has all. */
const MOST_INPUTS = 20;

function printInputs(
  read: RecordedInputs | undefined,
  terminal: Terminal,
): void {
  const inputs = read?.inputs ?? [];
  if (inputs.length === 0) return;
  heading("inputs", terminal);
  writeTable(
    terminal,
    ["  size", "hash", "kind", "name"],
    inOrder(inputs).slice(0, MOST_INPUTS).map((input) => [
      "  " + (input.bytes === undefined ? "" : sizeText(input.bytes)),
      inputDigits(input),
      inputKindText(input),
      visible(input.name),
    ]),
  );
  if (inputs.length > MOST_INPUTS) {
    terminal.line(`  … ${inputs.length - MOST_INPUTS} more: ato inputs RUN`);
  }
}

function printArtifacts(run: Run, terminal: Terminal): void {
  const { artifacts } = run;
  if (artifacts.length === 0) return;
  heading("artifacts", terminal);
  writeTable(
    terminal,
    ["  type", "bytes", "sha256", "path"],
    artifacts.map((one) => [
      "  " + visible(one.type ?? ""),
      one.size === undefined ? "missing" : String(one.size),
      one.sha256?.slice(0, 12) ?? "",
      visible(one.path),
    ]),
    [1],
  );
}

function printFingerprints(run: Run, terminal: Terminal): void {
  const { fingerprints, fingerprintGaps } = run;
  if (fingerprints.length + fingerprintGaps.length === 0) return;
  heading("fingerprints", terminal);
  writeTable(
    terminal,
    ["  trace", "code", "with uses", "outputs", "notes"],
    [
      ...new Set([...fingerprints, ...fingerprintGaps].map((f) => f.traceId)),
    ].sort().map((id) => fingerprintRow(run, id)),
  );
  for (const { traceId, deep } of fingerprints) {
    for (const { kind, what } of deep?.blindSpots ?? []) {
      const text = `  blind spot of ${traceId}: ${kind}, ${what}`;
      terminal.line(
        terminal.style("yellow", fit(visible(text), terminal.width)),
      );
    }
  }
}

function fingerprintRow(run: Run, traceId: string): string[] {
  const own = run.fingerprints.filter((one) => one.traceId === traceId);
  const code = own.find(({ type }) => type === "static");
  const output = own.find(({ type }) => type === "runtime");
  const gap = run.fingerprintGaps.find((one) => one.traceId === traceId);
  const count = code?.deep?.dependencies.length ?? 0;
  const notes = [
    gap && `no fingerprint: ${gap.reason}`,
    code?.deep?.reason && `no deep fingerprint: ${code.deep.reason}`,
    count > 0 && `uses ${count} pieces`,
    output?.calls !== undefined && `${output.calls} calls`,
  ];
  return [
    "  " + visible(traceId),
    code ? brief(code.hash, 12) : "",
    code?.deep?.hash === undefined ? "" : brief(code.deep.hash, 12),
    output ? brief(output.hash, 12) : "",
    visible(notes.filter(Boolean).join("; ")),
  ];
}

function printEnvironment(run: Run, terminal: Terminal): void {
  const known = environmentFacts(run.environment).map((
    [name, text],
  ) => [name, visible(text)] as const);
  heading("environment", terminal);
  if (known.length === 0) terminal.line("  (not recorded)");
  else pairs(known, terminal);
}
