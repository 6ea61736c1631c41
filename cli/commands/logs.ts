import { setTimeout as sleep } from "node:timers/promises";
import { type Command, EXIT, UsageError } from "../command.ts";
import {
  areSourcesElsewhere,
  PUSH_SOURCES,
} from "../../internal/sources_elsewhere.ts";
import { runNamed } from "../runs_by_name.ts";
import { numberOf, oneOf } from "../option_values.ts";
import type { Terminal } from "../terminal.ts";
import type {
  ConsolePart,
  ConsoleStream,
  Run,
  SQLFinder,
} from "../../tracker/mod.ts";

/** Milliseconds between looks for new output. */
const POLL = 500;
const STREAMS: readonly ConsoleStream[] = ["stdout", "stderr"];

/** The command `ato logs`. */
export const logs: Command = {
  name: "logs",
  summary: "Show what the program of a run printed under ato run",
  usage: "ato logs RUN [-f] [--stream stdout|stderr] [--tail N] [--attempt N]",
  options: {
    follow: { type: "boolean", short: "f", default: false },
    stream: { type: "string" },
    tail: { type: "string" },
    attempt: { type: "string" },
  },
  optionHelp: {
    "-f, --follow": "Go on until the run ends",
    "--stream S": "Only what was printed to stdout, or to stderr",
    "--tail N": "Only the last N lines",
    "--attempt N": "The attempt of a resumed run, from 1 (default: the newest)",
  },
  examples: [
    ["ato logs latest -f", "follow the run that started last"],
    ["ato logs 41 --stream stderr --tail 20", "the last lines before an error"],
  ],
  async run({ words, options, terminal, json, finder }) {
    const [name, more] = words;
    if (name === undefined || more !== undefined) {
      const what = name === undefined ? "no run is named" : "name one run";
      throw new UsageError(`Cannot show output: ${what}; write ato logs RUN`);
    }
    const [stream, tail, attempt] = [
      options.stream === undefined
        ? undefined
        : oneOf(options.stream, STREAMS, "--stream"),
      count(options.tail, "--tail", 1),
      count(options.attempt, "--attempt", 0),
    ];
    const source = await finder();
    const run = await runNamed(source, name, terminal);
    const { id, uuid } = run;
    const log = new Log({ finder: source, id, attempt, stream });
    const parts = await log.next();
    if (json) {
      terminal.json({ id, uuid, parts: parts.map(asJson) });
      return EXIT.ok;
    }
    show(tail === undefined ? parts : lastLines(parts, tail), terminal);
    if (options.follow === true) await follow(log, terminal);
    else if (parts.length === 0) {
      terminal.warn(`ato: ${await whyEmpty(source, run, { attempt, stream })}`);
    }
    return EXIT.ok;
  },
};

/** Says why there is nothing to show. */
async function whyEmpty(
  finder: SQLFinder,
  { id, attempts }: Run,
  { attempt, stream }: Pick<LogOptions, "attempt" | "stream">,
): Promise<string> {
  const of = attempt === undefined ? {} : { attempt };
  if (stream !== undefined && (await finder.consoleOf(id, of)).length > 0) {
    return `run ${id} printed nothing to ${stream}`;
  }
  const one = attempt === undefined
    ? attempts.at(-1)
    : attempts.find((each) => each.attempt === attempt);
  return areSourcesElsewhere(one?.environment ?? {})
    ? `no output of run ${id} is in this file: what it printed stayed where the run was pushed from; ${PUSH_SOURCES}`
    : `no output of run ${id} is recorded; ato run records what a program prints`;
}

/** A part of the output, and the bytes before it that were not kept. */
interface LogPart extends ConsolePart {
  readonly missing: number;
}

/** Which output is read. */
interface LogOptions {
  readonly finder: SQLFinder;
  readonly id: number;
  readonly attempt: number | undefined;
  readonly stream: ConsoleStream | undefined;
}

/** The output of a run, as it grows. */
class Log {
  readonly #options: LogOptions;
  #end = 0;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  /** Whether the run goes on. */
  async isRunning(): Promise<boolean> {
    const { finder, id } = this.#options;
    return (await finder.findRun(id))?.status === "running";
  }

  /** Reads what is new. */
  async next(): Promise<LogPart[]> {
    const { finder, id, attempt, stream } = this.#options;
    const parts = await finder.consoleOf(id, {
      after: this.#end,
      ...(attempt !== undefined && { attempt }),
    });
    const found: LogPart[] = [];
    let missing = 0;
    for (const part of parts) {
      missing += Math.max(0, part.start - this.#end);
      this.#end = part.start + part.bytes.length;
      if (stream !== undefined && part.stream !== stream) continue;
      found.push({ ...part, missing });
      missing = 0;
    }
    return found;
  }
}

/** Shows parts, and says where the middle of a long output is missing. */
function show(parts: readonly LogPart[], terminal: Terminal): void {
  for (const { missing, bytes, stream } of parts) {
    if (missing > 0) {
      terminal.warn(`ato: ${missing} bytes of the output were not kept`);
    }
    terminal.output(bytes, stream);
  }
}

async function follow(log: Log, terminal: Terminal): Promise<void> {
  for (let isRunning = true; isRunning;) {
    // First, so that what is printed before the end is read.
    isRunning = await log.isRunning();
    show(await log.next(), terminal);
    if (isRunning) await sleep(POLL);
  }
}

/** The end of the output, from the start of a line on. */
function lastLines(parts: readonly LogPart[], lines: number): LogPart[] {
  const NEWLINE = 10;
  let rest = lines;
  const found: LogPart[] = [];
  for (const part of parts.toReversed()) {
    const { bytes } = part;
    let from = bytes.length;
    // The last line break ends a line, and starts none.
    if (found.length === 0 && bytes.at(-1) === NEWLINE) from--;
    while (from > 0 && (bytes[from - 1] !== NEWLINE || --rest > 0)) from--;
    found.unshift({
      ...part,
      start: part.start + from,
      bytes: bytes.subarray(from),
      missing: from === 0 ? part.missing : 0,
    });
    if (rest === 0) break;
  }
  return found;
}

function asJson({ start, at, stream, bytes, missing }: LogPart): object {
  const text = new TextDecoder().decode(bytes);
  return { start, at: new Date(at).toISOString(), stream, text, missing };
}

function count(
  value: unknown,
  option: string,
  min: number,
): number | undefined {
  return value === undefined
    ? undefined
    : numberOf(value, option, { min, whole: true });
}
