/** SIGTERM: the searches of this process end, which gives their jobs to others, and then the process as usual. */
import { setTimeout } from "node:timers";
import {
  hasUserHandler,
  markOwnHandler,
} from "../../internal/own_signal_handlers.ts";
import type { Interruptible } from "../workers/_interrupts.ts";

/** The exit code of a process that SIGTERM ends. */
const EXIT_CODE = 143;
/** Milliseconds after which the process ends itself if another handler took the signal. */
const PATIENCE = 1_000;

const searches = new Set<Interruptible>();

markOwnHandler(onTermination);

function onTermination(): void {
  if (hasUserHandler("SIGTERM")) return;
  process.removeListener("SIGTERM", onTermination);
  void end([...searches]);
}

async function end(all: readonly Interruptible[]): Promise<void> {
  await Promise.all(all.map((search) => search.interrupt()));
  for (const search of all) search.close();
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(EXIT_CODE), PATIENCE);
}

/** Ends a search by SIGTERM; returns a function that stops that. */
export function watchTerminations(search: Interruptible): () => void {
  if (process.platform === "win32") return () => {};
  if (searches.size === 0) process.on("SIGTERM", onTermination);
  searches.add(search);
  return () => {
    if (searches.delete(search) && searches.size === 0) {
      process.removeListener("SIGTERM", onTermination);
    }
  };
}
