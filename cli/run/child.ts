import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { UsageError } from "../command.ts";
import { sendSignal } from "../send_signal.ts";
import { visible } from "../../internal/visible_text.ts";
import { signalOf, terminalCommand } from "./child_terminal.ts";

/** How a program ended. */
export interface Ended {
  /** Its exit code; 128 plus the number of the signal that ended it, as in shells. */
  readonly code: number;
  /** The signal that ended it, if one did. */
  readonly signal?: string;
  /** Whether it was asked to stop, by Ctrl-C or by a signal to this process. */
  readonly interrupted: boolean;
}

/** Options for {@linkcode runChild}. */
export interface ChildOptions {
  /** Its working directory. */
  readonly cwd?: string;
  /** Environment variables in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Gets what the program prints; without it, the program prints to the streams of this process. The program
   * waits until a promise that it returns is settled.
   */
  readonly onOutput?: (
    stream: "stdout" | "stderr",
    chunk: Uint8Array,
  ) => Promise<void> | void;
  /** Gets the id of the process. */
  readonly onStart?: (pid: number | undefined) => void;
  /** Called once if the program has ended but a process that it started still prints. */
  readonly onLeftBehind?: () => void;
  /** Whether what it prints goes to stderr. */
  readonly quiet?: boolean;
  /** Whether it gets a terminal of its own; see {@linkcode terminalCommand}. Its two streams are then one. */
  readonly inTerminal?: boolean;
}

/** Milliseconds after its end before {@linkcode ChildOptions.onLeftBehind} is called. */
const PATIENCE = 2_000;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a program until it ends. Signals are passed to it; this process continues until it has ended.
 *
 * @param command The program and its words.
 * @param options Its folder, environment and output.
 * @returns how it ended.
 * @throws {UsageError} If it cannot be started.
 */
export function runChild(
  command: readonly string[],
  options: ChildOptions = {},
): Promise<Ended> {
  const { cwd, env, onOutput, quiet = false, inTerminal = false } = options;
  const variables: Record<string, string | undefined> = {
    ...process.env,
    ...env,
  };
  const [program = "", ...words] = inTerminal
    ? terminalCommand(command, variables)
    : command;
  const out = onOutput ? "pipe" : quiet ? process.stderr : "inherit";
  const child = spawn(program, words, {
    ...(cwd !== undefined && { cwd }),
    env: inTerminal ? { ...variables, SHELL: "/bin/sh" } : variables,
    stdio: ["inherit", out, onOutput ? "pipe" : "inherit"],
  });
  options.onStart?.(child.pid);
  if (onOutput) passOutput(child, onOutput);
  const signals = passSignals(child, inTerminal);
  return endOf(child, program, options.onLeftBehind)
    .then(({ code, signal: own }) => {
      const signal = own ?? (inTerminal ? signalOf(code) : undefined);
      return {
        code: code ?? 128 + (constants.signals[signal!] ?? 0),
        ...(signal && { signal }),
        interrupted: signals.interrupted() || signal === "SIGINT" ||
          signal === "SIGTERM",
      };
    })
    .finally(signals.stop);
}

/** Passes on what the program prints; a stream is paused until what it gave is taken. */
function passOutput(
  child: ChildProcess,
  onOutput: NonNullable<ChildOptions["onOutput"]>,
): void {
  for (const name of ["stdout", "stderr"] as const) {
    const stream = child[name];
    stream?.on("data", (chunk: Uint8Array) => {
      const taken = onOutput(name, chunk);
      if (taken === undefined) return;
      stream.pause();
      void taken.finally(() => stream.resume());
    });
  }
}

/** Passes the signals that this process gets to the program, until `stop` is called. */
function passSignals(
  child: ChildProcess,
  inTerminal: boolean,
): { interrupted: () => boolean; stop: () => void } {
  let [interrupted, hasEnded] = [false, false];
  child.once("exit", () => void (hasEnded = true));
  const pass = (signal: typeof SIGNALS[number]) => {
    if (hasEnded) {
      // The program has ended: processes that it left behind are no longer waited for.
      child.stdout?.destroy();
      child.stderr?.destroy();
      return;
    }
    interrupted = true;
    // The terminal sends Ctrl-C to every process: passing it on would send it twice.
    if (signal === "SIGINT" && !inTerminal && onTerminal()) return;
    if (child.pid !== undefined && child.exitCode === null) {
      sendSignal(child.pid, signal);
    }
  };
  const handlers = SIGNALS.map((signal) =>
    [signal, () => pass(signal)] as const
  );
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    interrupted: () => interrupted,
    stop: () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}

/** Waits until the program has ended and its streams are closed. */
function endOf(
  child: ChildProcess,
  program: string,
  onLeftBehind: (() => void) | undefined,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((done, fail) => {
    child.on("error", (error) => fail(cannotStart(program, error)));
    let patience: ReturnType<typeof setTimeout> | undefined;
    child.on("exit", () => {
      if (onLeftBehind) patience = setTimeout(onLeftBehind, PATIENCE);
    });
    child.on("close", (code, signal) => {
      clearTimeout(patience);
      done({ code, signal });
    });
  });
}

function onTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some((stream) =>
    stream.isTTY === true
  );
}

function cannotStart(program: string, error: Error): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === "ENOENT"
    ? "there is no such program; check its name and PATH"
    : code === "EACCES"
    ? "it is not an executable file; make it one by chmod +x, or put its interpreter before it"
    : visible(error.message);
  return new UsageError(`Cannot run ${visible(program)}: ${reason}`);
}
