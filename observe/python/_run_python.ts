/** Starts the interpreter that parses modules. */
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import process from "node:process";
import { messageOf } from "../../internal/errors.ts";
import {
  type PythonFacts,
  type PythonFailure,
  readPythonFacts,
} from "./_python_facts.ts";
import { ASSETS } from "./assets.ts";

/** The facts of a module, or why there are none. */
export type Parsed = PythonFacts | PythonFailure;

/** Reads the program `pieces.py` from standard input, and runs it on what follows. */
const START =
  "import sys;n=int(sys.stdin.buffer.readline());exec(compile(sys.stdin.buffer.read(n),'pieces.py','exec'))";

/** Names of interpreters: a program that contains Python is started as itself, and takes no modules. */
const PYTHON = /^(?:python|pypy|graalpy)[\d.]*(?:t|w|d|-dbg)?(?:\.exe)?$/i;

/** The most that an interpreter may answer, in bytes: 64 MiB, and 64 times what it was given. */
const MOST_ANSWER = 64 * 1024 * 1024;

/** The most modules that may end the interpreter; then the others are not tried. */
const MOST_CRASHES = 8;

/** Where and how long modules are parsed. */
export interface RunOptions {
  /** The path of the interpreter. */
  readonly executable: string;
  /** The most time without an answer, in milliseconds. */
  readonly timeout: number;
}

/**
 * Parses modules.
 *
 * @param sources Their bytes.
 * @param options The interpreter.
 * @returns what is known of each, in their order.
 */
export async function parseModules(
  sources: readonly Uint8Array[],
  options: RunOptions,
): Promise<Parsed[]> {
  if (!PYTHON.test(basename(options.executable))) {
    const failure =
      "is not parsed: the program that ran it is no Python to start";
    return sources.map(() => ({ failure }));
  }
  const parsed: Parsed[] = [];
  for (let crashes = 0; parsed.length < sources.length; crashes++) {
    const rest = sources.slice(parsed.length);
    const { answers, failure } = await runOnce(rest, options);
    parsed.push(...answers);
    if (parsed.length === sources.length) break;
    // The next module is the one that the interpreter did not answer; without any answer the interpreter is at fault.
    const isLost = answers.length === 0 && crashes === 0 && rest.length > 1 &&
      !(await isAlive(options));
    parsed.push({ failure });
    if (!isLost && crashes < MOST_CRASHES) continue;
    while (parsed.length < sources.length) parsed.push({ failure });
  }
  return parsed;
}

/** Whether the interpreter answers at all. */
async function isAlive(options: RunOptions): Promise<boolean> {
  const { answers } = await runOnce([Buffer.from("")], options);
  return answers.length === 1;
}

interface Answers {
  readonly answers: readonly Parsed[];
  /** Why there are no more. */
  readonly failure: string;
}

async function runOnce(
  sources: readonly Uint8Array[],
  { executable, timeout }: RunOptions,
): Promise<Answers> {
  const given = Buffer.from(
    JSON.stringify(sources.map((one) => Buffer.from(one).toString("base64"))),
  );
  const program = Buffer.from(ASSETS["pieces.py"] ?? "");
  const child = spawn(executable, ["-I", "-S", "-c", START], {
    stdio: ["pipe", "pipe", "ignore"],
    env: environment(),
    windowsHide: true,
  });
  const lines = new Answer(sources.length, MOST_ANSWER + 64 * given.length);
  let failure = "is not parsed: the Python that ran it gave no answer";
  const stop = (reason: string) => {
    failure = reason;
    child.kill("SIGKILL");
  };
  const late = () =>
    stop(
      `is not parsed: Python gave no answer in ${
        Math.round(timeout / 1000)
      } seconds`,
    );
  let timer = setTimeout(late, timeout);
  child.stdout.on("data", (bytes: Buffer) => {
    clearTimeout(timer);
    timer = setTimeout(late, timeout);
    if (!lines.add(bytes)) {
      stop("is not parsed: the Python that ran it gave no answer that counts");
    }
  });
  // An interpreter that ends early does not read what it is given; its end says so.
  child.stdin.on("error", () => undefined);
  child.stdin.end(
    Buffer.concat([Buffer.from(`${program.length}\n`), program, given]),
  );
  try {
    const [code, signal] = await once(child, "close");
    if (signal !== null && !child.killed) {
      failure =
        `is not parsed: it ended the Python that ran it (signal ${signal})`;
    } else if (code !== 0 && code !== null) {
      failure = `is not parsed: the Python that ran it ended with code ${code}`;
    }
  } catch (error) {
    failure = `is not parsed: the Python that ran it cannot be started: ${
      messageOf(error)
    }`;
  } finally {
    clearTimeout(timer);
  }
  return { answers: lines.answers, failure };
}

/** What the interpreter writes: one line a module, in their order. */
class Answer {
  readonly answers: Parsed[] = [];
  readonly #count: number;
  readonly #parts: Buffer[] = [];
  #left: number;

  constructor(count: number, most: number) {
    this.#count = count;
    this.#left = most;
  }

  /** Takes bytes; says whether they are as they must be. */
  add(bytes: Buffer): boolean {
    this.#left -= bytes.length;
    if (this.#left < 0) return false;
    let from = 0;
    for (;;) {
      const end = bytes.indexOf("\n", from);
      if (end < 0) break;
      this.#parts.push(bytes.subarray(from, end));
      const line = Buffer.concat(this.#parts.splice(0)).toString();
      from = end + 1;
      const parsed = this.#read(line);
      if (parsed === undefined) return false;
      this.answers.push(parsed);
    }
    this.#parts.push(bytes.subarray(from));
    return true;
  }

  #read(line: string): Parsed | undefined {
    try {
      const value = JSON.parse(line);
      if (value?.at !== this.answers.length || value.at >= this.#count) {
        return undefined;
      }
      return readPythonFacts(value.facts ?? value);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return undefined;
    }
  }
}

/** What the interpreter is started with: nothing of Ato's own. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      !/^(?:ATO_|PYTHON|NODE_OPTIONS$)/i.test(name)
    ),
  );
}
