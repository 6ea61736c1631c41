/**
 * Tells runs that their process ends: by a signal, by an uncaught error, or because the script is over.
 * If the user has a handler of their own, that decides.
 */
import { setInterval } from "node:timers";
import {
  interruptSearch,
  leavesSignals,
  markOwnHandler,
} from "../internal/own_signal_handlers.ts";

/** A run that is told how its process ends. All calls are synchronous. */
export interface Watched {
  /** A signal ends the process, because no handler of the user takes it. */
  interrupted(signal: string): void;
  /** A signal came, and a handler of the user decides whether the process ends. */
  noticed(signal: string): void;
  /** An error that nothing caught ends the process. */
  crashed(error: unknown): void;
  /** The process ends with this exit code. */
  exiting(code: number): void;
}

const SIGNALS = process.platform === "win32"
  ? ["SIGINT"] as const
  : ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const TICK = 100;
/** Milliseconds without a turn of the event loop after which signals are not listened for. */
const STARVED = 1_000;

const runs = new Set<Watched>();
let timer: ReturnType<typeof setInterval> | undefined;
let listening = false;
let lastTick = 0;

function onSignal(signal: (typeof SIGNALS)[number]): void {
  // Not a count: the user's handler may have ended the run, which removes our handler.
  const own = handlers.find(([name]) => name === signal)?.[1];
  if (process.listeners(signal).some((listener) => listener !== own)) {
    for (const run of runs) run.noticed(signal);
    return;
  }
  if (signal === "SIGINT" && interruptSearch()) {
    for (const run of runs) run.noticed(signal);
    return;
  }
  for (const run of [...runs]) run.interrupted(signal);
  stop();
  // Without our handler, the signal has the same effect as without Ato.
  process.kill(process.pid, signal);
}

const handlers = SIGNALS.map((signal) =>
  [signal, () => onSignal(signal)] as const
);

for (const [, handler] of handlers) markOwnHandler(handler);

function onCrash(error: unknown): void {
  if (process.listenerCount("uncaughtException") > 0) return;
  for (const run of [...runs]) run.crashed(error);
}

function onExit(code: number): void {
  for (const run of [...runs]) run.exiting(code);
}

function listen(): void {
  lastTick = performance.now();
  if (listening || leavesSignals()) return;
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
  // Signals are listened for only while the event loop turns: in a script that computes without a pause,
  // a handler would never run, and Ctrl-C would do nothing.
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

/** Tells a run how its process ends, and returns a function that stops that. */
export function watch(run: Watched): () => void {
  if (runs.size === 0) start();
  runs.add(run);
  return () => {
    if (runs.delete(run) && runs.size === 0) stop();
  };
}

/**
 * Stops listening for signals until the event loop has turned: what comes after a start that waited may compute
 * without a pause.
 */
export function resetSignals(): void {
  unlisten();
}

/** Stops listening for signals if the event loop has not turned for long; call it from time to time. */
export function yieldSignals(now: number): void {
  if (listening && now - lastTick > STARVED) unlisten();
}
