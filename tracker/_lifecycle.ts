/**
 * How a process that ends takes its runs along: signals, uncaught errors, a script that ends without
 * `finish`. The user's own handlers keep their say.
 */
import { setInterval } from "node:timers";

/** A run that must learn how its process ends. All calls are synchronous. */
export interface Watched {
  /** The process was told to stop, and nobody else will see to it. */
  interrupted(signal: string): void;
  /** A signal came, and a handler of the user decides what becomes of it. */
  noticed(signal: string): void;
  /** An error that nobody caught ends the process. */
  crashed(error: unknown): void;
  /** The process ends with this exit code. */
  exiting(code: number): void;
}

const SIGNALS = process.platform === "win32"
  ? ["SIGINT"] as const
  : ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const TICK = 100;
/** Milliseconds without a turn of the event loop after which a signal handler would do harm. */
const STARVED = 1_000;

const runs = new Set<Watched>();
let timer: ReturnType<typeof setInterval> | undefined;
let listening = false;
let lastTick = 0;

function onSignal(signal: (typeof SIGNALS)[number]): void {
  // Not a count: the user's handler may have ended the run, and with it taken ours off the list.
  const own = handlers.find(([name]) => name === signal)?.[1];
  if (process.listeners(signal).some((listener) => listener !== own)) {
    for (const run of runs) run.noticed(signal);
    return;
  }
  for (const run of [...runs]) run.interrupted(signal);
  stop();
  // With our handler gone, the signal does what it would have done without us.
  process.kill(process.pid, signal);
}

const handlers = SIGNALS.map((signal) =>
  [signal, () => onSignal(signal)] as const
);

function onCrash(error: unknown): void {
  if (process.listenerCount("uncaughtException") > 0) return;
  for (const run of [...runs]) run.crashed(error);
}

function onExit(code: number): void {
  for (const run of [...runs]) run.exiting(code);
}

function listen(): void {
  lastTick = performance.now();
  if (listening) return;
  listening = true;
  for (const [signal, handler] of handlers) process.on(signal, handler);
}

function unlisten(): void {
  if (!listening) return;
  listening = false;
  for (const [signal, handler] of handlers) {
    process.removeListener(signal, handler);
  }
}

function start(): void {
  process.on("exit", onExit);
  process.on("uncaughtExceptionMonitor", onCrash);
  // Signals are listened for only while the event loop turns: a handler in a script that computes
  // without a pause would make Ctrl-C do nothing at all.
  timer = setInterval(listen, TICK);
  timer.unref();
}

function stop(): void {
  unlisten();
  clearInterval(timer);
  timer = undefined;
  process.removeListener("exit", onExit);
  process.removeListener("uncaughtExceptionMonitor", onCrash);
}

/** Tells a run how its process ends. Gives a function that ends the watch. */
export function watch(run: Watched): () => void {
  if (runs.size === 0) start();
  runs.add(run);
  return () => {
    if (runs.delete(run) && runs.size === 0) stop();
  };
}

/** To be called now and then from code that may never let the event loop turn. */
export function yieldSignals(now: number): void {
  if (listening && now - lastTick > STARVED) unlisten();
}
