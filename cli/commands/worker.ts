import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import {
  connectSearch,
  type SearchBackend,
  SharedStudyReader,
} from "../../hyperopt/mod.ts";
import { isBinary } from "../../internal/ato_command.ts";
import { isDeno } from "../../internal/runtime.ts";
import { visible } from "../../internal/visible_text.ts";
import { type Command, EXIT, UsageError } from "../command.ts";
import { numberOf } from "../option_values.ts";
import { progressText } from "../search/shared_engine.ts";
import { sendSignal } from "../send_signal.ts";
import type { Terminal } from "../terminal.ts";

/** The milliseconds before a process that crashed is started again: first, and at most. */
const FIRST = 1_000;
const LAST = 60_000;
/** A process that lived so long was started well. */
const WELL = 30_000;
/** After so many crashes without a good start, it is given up. */
const MOST = 5;
/** The milliseconds between two looks at the search. */
const TICK = 2_000;
/** The milliseconds after a signal before the processes are killed. */
const GRACE = 30_000;

const SCRIPT = /\.[cm]?[jt]sx?$/;

/** The command `ato worker`. */
export const worker: Command = {
  name: "worker",
  summary: "Start processes that take part in a shared search",
  usage: "ato worker --search ID [URL] SCRIPT [WORDS]… [-n K]",
  options: {
    search: { type: "string" },
    processes: { type: "string", default: "1" },
  },
  optionHelp: {
    "--search ID": "The id of the search, the same on all machines",
    "--processes K, -n K":
      "The number of processes (1); one that crashes is started again",
  },
  examples: [
    [
      "ato worker --search team redis://host:6379 search.ts -n 4",
      "four processes that run trials, and decide if no other one does",
    ],
    [
      "ATO_WORKERS=redis://user:password@host ato worker --search team search.ts",
      "without a password on the command line",
    ],
    [
      "ato worker --search team nats://host:4222 search.ts",
      "over NATS JetStream; also over Postgres, with postgres://host/database",
    ],
    [
      "ato worker --search team redis://host deno run --allow-net search.ts",
      "a command with permissions of its own",
    ],
  ],
  rewrite: splitWords,
  async run({ words, options, terminal }) {
    const { search } = options;
    if (typeof search !== "string" || search === "") {
      throw new UsageError(
        "Cannot start workers: name the search, as in `ato worker --search team redis://host:6379 search.ts`",
      );
    }
    const [first, ...rest] = words;
    const hasUrl = first !== undefined && first.includes("://");
    const url = hasUrl ? first : process.env.ATO_WORKERS;
    if (url === undefined || url === "") {
      throw new UsageError(
        "Cannot start workers: there is no address of an engine; give one, such as redis://host:6379, or set ATO_WORKERS",
      );
    }
    const command = commandOf(hasUrl ? rest : words);
    const count = numberOf(options.processes, "--processes", {
      min: 1,
      max: 1_000,
      whole: true,
    });
    const backend = await connectSearch(url, { searchId: search });
    const crew = new Crew(command, { search, url, terminal });
    const shown = new AbortController();
    const showing = show(backend, terminal, shown.signal);
    try {
      return await crew.run(count);
    } finally {
      shown.abort();
      await showing;
      await backend.close();
    }
  },
};

/** The options that have a value. */
const VALUED = ["--search", "--processes", "-n", "--db"];

/**
 * `-n K` is short for `--processes K`, also after the script. What follows a command such as `deno` is all its own.
 */
function splitWords(words: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const [, count] = /^-n(\d*)$/.exec(word) ?? [];
    if (count !== undefined) {
      out.push("--processes");
      if (count !== "") out.push(count);
    } else if (
      !word.startsWith("-") && !word.includes("://") && !SCRIPT.test(word) &&
      !out.some((one) => SCRIPT.test(one)) &&
      !VALUED.includes(words[i - 1] ?? "")
    ) return [...out, "--", ...words.slice(i)];
    else out.push(word);
    if (word === "--") return [...out, ...words.slice(i + 1)];
  }
  return out;
}

/** Returns the command of a script: that of this runtime, unless the words are a command. */
function commandOf(words: readonly string[]): readonly string[] {
  const [script] = words;
  if (script === undefined) {
    throw new UsageError(
      "Cannot start workers without a script: write ato worker --search ID URL SCRIPT",
    );
  }
  if (!SCRIPT.test(script)) return words;
  if (!existsSync(script)) {
    throw new UsageError(
      `Cannot start workers: there is no file ${visible(script)}`,
    );
  }
  // The binary of `ato` is made from a runtime, but is none.
  if (isDeno()) {
    return [isBinary() ? "deno" : process.execPath, "run", "-A", ...words];
  }
  return isBinary()
    ? ["node", ...words]
    : [process.execPath, ...process.execArgv, ...words];
}

/** Shows the progress of all workers of the search, a line at each change. */
async function show(
  backend: SearchBackend,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const reader = new SharedStudyReader(backend);
  let last = "";
  const look = async () => {
    const status = await reader.read();
    const text = progressText(status);
    if (status.state === "none" || text === last) return;
    last = text;
    terminal.line(text);
  };
  try {
    while (!signal.aborted) {
      await look();
      await pause(TICK, undefined, { signal }).catch(() => {});
    }
    await look();
  } catch (error) {
    // The processes say themselves what is wrong, and go on.
    terminal.notice(`the progress is not shown: ${(error as Error).message}`);
  }
}

/** The processes of one command. */
class Crew {
  readonly #command: readonly string[];
  readonly #terminal: Terminal;
  readonly #env: NodeJS.ProcessEnv;
  readonly #children = new Set<number>();
  readonly #end = new AbortController();
  #signal: "SIGINT" | "SIGTERM" | undefined;

  constructor(
    command: readonly string[],
    { search, url, terminal }: {
      readonly search: string;
      readonly url: string;
      readonly terminal: Terminal;
    },
  ) {
    this.#command = command;
    this.#terminal = terminal;
    this.#env = { ...process.env, ATO_SEARCH: search, ATO_WORKERS: url };
  }

  /** Runs the processes until all have ended; returns the exit code. */
  async run(count: number): Promise<number> {
    const handlers = (["SIGINT", "SIGTERM"] as const).map((name) =>
      [name, () => this.#leave(name)] as const
    );
    for (const [name, handler] of handlers) process.on(name, handler);
    try {
      const codes = await Promise.all(
        Array.from({ length: count }, (_, i) => this.#keep(i + 1)),
      );
      if (this.#signal !== undefined) {
        return this.#signal === "SIGINT" ? 130 : 143;
      }
      return codes.every((code) => code === 0) ? EXIT.ok : EXIT.differs;
    } finally {
      for (const [name, handler] of handlers) process.off(name, handler);
    }
  }

  /** Passes a signal on; the processes give their trials back. */
  #leave(name: "SIGINT" | "SIGTERM"): void {
    this.#signal ??= name;
    this.#end.abort();
    for (const pid of this.#children) sendSignal(pid, "SIGTERM");
    const late = setTimeout(() => {
      for (const pid of this.#children) sendSignal(pid, "SIGKILL");
    }, GRACE);
    late.unref();
  }

  /** Keeps one process running until it ends well; returns its exit code. */
  async #keep(number: number): Promise<number> {
    let wait = FIRST;
    for (let crashes = 0;;) {
      const begun = performance.now();
      const { code, text } = await this.#start(number);
      if (code === 0 || this.#end.signal.aborted) return code;
      if (performance.now() - begun > WELL) [crashes, wait] = [0, FIRST];
      crashes++;
      if (crashes >= MOST) {
        this.#terminal.warn(
          `ato: process ${number} ${text}, ${crashes} times in a row; it is not started again`,
        );
        return code;
      }
      this.#terminal.warn(
        `ato: process ${number} ${text}; it is started again in ${
          wait / 1_000
        } s`,
      );
      await pause(wait, undefined, { signal: this.#end.signal })
        .catch(() => {});
      if (this.#end.signal.aborted) return code;
      wait = Math.min(2 * wait, LAST);
    }
  }

  #start(number: number): Promise<{ code: number; text: string }> {
    const [program = "", ...words] = this.#command;
    return new Promise((done, fail) => {
      const child = spawn(program, words, {
        env: { ...this.#env, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
        // Ctrl-C reaches only this process, which passes it on once.
        detached: process.platform !== "win32",
      });
      const { pid } = child;
      if (pid !== undefined) this.#children.add(pid);
      for (const stream of [child.stdout, child.stderr]) {
        let rest = "";
        stream.setEncoding("utf8");
        stream.on("data", (text: string) => {
          const lines = (rest + text).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) this.#terminal.warn(`[${number}] ${line}`);
        });
        stream.on("end", () => {
          if (rest !== "") this.#terminal.warn(`[${number}] ${rest}`);
        });
      }
      child.on("error", (error) => {
        fail(
          new UsageError(
            `Cannot start ${visible(program)}: ${visible(error.message)}`,
          ),
        );
      });
      child.on("close", (code, signal) => {
        if (pid !== undefined) this.#children.delete(pid);
        const text = signal === null
          ? `ended with exit code ${code}`
          : `was ended by ${signal}`;
        done({ code: code ?? 1, text });
      });
    });
  }
}
