/**
 * Ctrl-C: the first SIGINT ends the searches of this process, which takes some time, and then the process as usual.
 * A second one ends the process at once. If the user has a handler of SIGINT, that decides, and nothing is done here.
 */
import { clearInterval, setInterval, setTimeout } from "node:timers";
import {
  hasUserHandler,
  markOwnHandler,
  setSearchInterrupt,
} from "../../internal/own_signal_handlers.ts";

/** A search that runs. */
export interface Interruptible {
  /** Ends the search; it resolves when all of its trials have ended or were given up. */
  interrupt(): Promise<void>;
  /** Closes its study, after all searches were ended. */
  close(): void;
}

const TICK = 100;
/** Milliseconds without a turn of the event loop after which SIGINT is not listened for. */
const STARVED = 1_000;
/** The exit code of a process that SIGINT ends. */
const EXIT_CODE = 130;

const searches = new Set<Interruptible>();
let timer: ReturnType<typeof setInterval> | undefined;
let listening = false;
let ending = false;

markOwnHandler(onInterrupt);

function onInterrupt(): void {
  if (hasUserHandler("SIGINT")) return;
  ending = true;
  // From now on SIGINT has the same effect as without Ato.
  stop();
  // The tracker's handler may be called for the same signal, right after this one, and for no later one: all
  // handlers of a signal are called in one go.
  setSearchInterrupt(() => {});
  queueMicrotask(() => setSearchInterrupt(undefined));
  void end([...searches]);
}

async function end(all: readonly Interruptible[]): Promise<void> {
  await Promise.all(all.map((search) => search.interrupt()));
  for (const search of all) search.close();
  process.kill(process.pid, "SIGINT");
  // The handler of the tracker may take it first, and then ends the process.
  setTimeout(() => process.exit(EXIT_CODE), TICK * 10);
}

function listen(): void {
  if (listening) return;
  listening = true;
  process.on("SIGINT", onInterrupt);
}

function unlisten(): void {
  if (!listening) return;
  listening = false;
  process.removeListener("SIGINT", onInterrupt);
}

function stop(): void {
  unlisten();
  setSearchInterrupt(undefined);
  clearInterval(timer);
  timer = undefined;
}

/** Ends a search by SIGINT; returns a function that stops that. */
export function watchInterrupts(search: Interruptible): () => void {
  if (ending) return () => {};
  if (searches.size === 0) {
    // Listening begins again whenever the event loop turns.
    timer = setInterval(listen, TICK);
    timer.unref();
    listen();
    setSearchInterrupt(onInterrupt);
  }
  searches.add(search);
  return () => {
    if (searches.delete(search) && searches.size === 0) stop();
  };
}

/**
 * Stops listening for SIGINT until the event loop has turned: an objective in this thread that computes without a
 * pause would keep the handler from being called, and Ctrl-C would do nothing.
 *
 * @param starved The milliseconds for which the loop did not turn, if they are known.
 */
export function suspendInterrupts(starved: number = Infinity): void {
  if (starved > STARVED) unlisten();
}
