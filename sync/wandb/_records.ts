/** The records of W&B's log, apart from the history: `wandb_internal.proto`, unchanged in 0.23 to 0.31. */
import { bytesField, integerField, join } from "../../internal/protobuf.ts";
import { VERSION } from "../../internal/version.ts";
import type { RunEnvironment } from "../../tracker/mod.ts";

/** The oldest server that reads the log: what the oldest wandb that was tried writes. */
const MIN_CONSUMER = "0.40.0";

/** The fields of `Record`, by the type of the record. */
export const RECORD = {
  history: 2,
  summary: 3,
  config: 5,
  files: 6,
  metric: 12,
  output: 4,
  outputRaw: 13,
  run: 17,
  exit: 18,
  final: 20,
  header: 21,
  environment: 26,
} as const;

/** A string field, unless it is empty or not known: the wire format leaves those out. */
function text(field: number, value: string | undefined): Uint8Array {
  return value === undefined || value === ""
    ? new Uint8Array()
    : bytesField(field, value);
}

function integer(field: number, value: number | undefined): Uint8Array {
  return value === undefined || value === 0
    ? new Uint8Array()
    : integerField(field, value);
}

/** `google.protobuf.Timestamp`. */
function timestamp(field: number, milliseconds: number): Uint8Array {
  const at = Number.isFinite(milliseconds) ? milliseconds : 0;
  const seconds = Math.floor(at / 1000);
  const nanos = Math.round((at - seconds * 1000) * 1e6);
  return bytesField(
    field,
    join(integer(1, seconds), integer(2, nanos)),
  );
}

/** Wraps a record: its number, and its content in the field of its type. */
export function record(
  num: number,
  type: keyof typeof RECORD,
  content: Uint8Array,
): Uint8Array {
  return join(integerField(1, num), bytesField(RECORD[type], content));
}

/** `HeaderRecord`. */
export function header(): Uint8Array {
  return bytesField(
    1,
    join(text(1, `ato ${VERSION}`), text(2, MIN_CONSUMER)),
  );
}

/** Keys of W&B's config or summary, each with its value as JSON; in a summary also `NaN` and `Infinity`. */
export type WandbItems = readonly (readonly [key: string, json: string])[];

/** `ConfigRecord` and `SummaryRecord` have the same form. */
export function updates(items: WandbItems): Uint8Array {
  return join(
    ...items.map(([key, json]) =>
      bytesField(1, join(bytesField(1, key), bytesField(16, json)))
    ),
  );
}

/** What `RunRecord` says. */
export interface RunContent {
  readonly id: string;
  readonly entity: string | undefined;
  readonly project: string;
  readonly config: WandbItems;
  readonly group: string | undefined;
  readonly jobType: string | undefined;
  readonly name: string | undefined;
  readonly notes: string | undefined;
  readonly tags: readonly string[];
  readonly host: string | undefined;
  readonly startTime: number;
  readonly commit: string | undefined;
}

/** `RunRecord`. */
export function run(content: RunContent): Uint8Array {
  return join(
    text(1, content.id),
    text(2, content.entity),
    text(3, content.project),
    bytesField(4, updates(content.config)),
    text(6, content.group),
    text(7, content.jobType),
    text(8, content.name),
    text(9, content.notes),
    ...content.tags.map((tag) => bytesField(10, tag)),
    text(13, content.host),
    timestamp(17, content.startTime),
    content.commit === undefined
      ? new Uint8Array()
      : bytesField(21, text(2, content.commit)),
  );
}

/** What is said of the program, apart from what every run records. */
export interface ProgramContent {
  readonly startTime: number;
  /** Who wrote it: parts of one run can come from several machines. */
  readonly id: string;
  readonly program?: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly python?: string;
}

/** `EnvironmentRecord`. */
export function environment(
  about: RunEnvironment,
  { startTime, id, args = [], cwd, python, program }: ProgramContent,
): Uint8Array {
  const { os, cpu, memory, script, git, host } = about;
  const parts = [os?.platform, os?.release, os?.arch];
  return join(
    text(1, parts.filter((part) => part !== undefined).join("-")),
    text(2, python && `CPython ${python}`),
    timestamp(3, startTime),
    ...args.map((word) => bytesField(5, word)),
    text(6, program ?? script?.replace(/^.*[\\/]/, "")),
    git?.commit === undefined
      ? new Uint8Array()
      : bytesField(9, text(2, git.commit)),
    text(11, cwd),
    text(12, host),
    integer(16, cpu?.count),
    integer(17, cpu?.count),
    memory === undefined
      ? new Uint8Array()
      : bytesField(21, integer(1, memory)),
    text(199, id),
  );
}

/** `MetricRecord`: all metrics are drawn over the step of this column. */
export function stepMetric(column: string): Uint8Array {
  const options = join(integerField(1, 1), integerField(3, 1));
  return join(
    bytesField(2, "*"),
    bytesField(4, column),
    bytesField(6, options),
  );
}

/** `MetricRecord` of the column itself. */
export function ownMetric(column: string): Uint8Array {
  return join(
    bytesField(1, column),
    bytesField(6, integerField(3, 1)),
  );
}

/** `FilesRecord`: files to send at the end, by their paths in the folder `files`. */
export function files(paths: readonly string[]): Uint8Array {
  const END = 1;
  return join(
    ...paths.map((path) =>
      bytesField(1, join(bytesField(1, globSafe(path)), integerField(2, END)))
    ),
  );
}

/** W&B takes a path for a glob. */
function globSafe(path: string): string {
  return path.replace(/[*?[\]]/g, (char) => `[${char}]`);
}

/** `OutputRawRecord`: a piece of what the program printed. */
export function outputRaw(
  stream: "stdout" | "stderr",
  milliseconds: number,
  line: string,
): Uint8Array {
  return join(
    integer(1, stream === "stdout" ? 1 : 0),
    timestamp(2, milliseconds),
    bytesField(3, line),
  );
}

/** `RunExitRecord`: without a code, the run goes on. */
export function exit(
  code: number | undefined,
  runtime: number,
): Uint8Array {
  return join(
    integer(1, code),
    integer(2, Math.max(0, Math.floor(runtime))),
    code === undefined ? integerField(3, 1) : new Uint8Array(),
  );
}
