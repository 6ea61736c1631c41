/**
 * The program of the thread that does jobs. The module that starts the thread imports this one for its address, so
 * that it is part of every package; there it does nothing.
 */
import {
  isMainThread,
  type MessagePort,
  parentPort,
  workerData,
} from "node:worker_threads";
import { chooseDriver, SQLFinder } from "../../../tracker/mod.ts";
import { jsonText } from "../../../internal/json_text.ts";
import { messageOf } from "../../../internal/errors.ts";
import { AnswerError, kindOf } from "../reply.ts";
import { interruptible } from "./interruptible.ts";
import { type JobInput, type JobName, JOBS } from "./jobs.ts";
import type { ErrorKind } from "../../api_types.ts";

/** The address of this module. It is `undefined` in a bundle that is not a module. */
export const THREAD: string | undefined = import.meta.url;

/** What the thread is started with. */
export interface ThreadStart {
  readonly kind: "ato-dashboard";
  readonly dbPath: string;
  readonly limit: number;
  /** Shared: the number of the job that must stop. */
  readonly stop: Int32Array;
}

/** A job for the thread. */
export interface ThreadJob {
  readonly number: number;
  readonly name: JobName;
  readonly input: JobInput;
}

/** What the thread says. */
export type FromThread =
  | { readonly is: "ready" }
  | { readonly is: "warning"; readonly line: string }
  | { readonly is: "done"; readonly number: number; readonly text: string }
  | {
    readonly is: "failed";
    readonly number: number;
    readonly kind: ErrorKind;
    readonly message: string;
  };

async function serve(
  port: MessagePort,
  { dbPath, limit, stop }: ThreadStart,
): Promise<void> {
  const say = (message: FromThread) => port.postMessage(message);
  let current = 0;
  const check = () => {
    if (current !== 0 && Atomics.load(stop, 0) === current) throw interrupted();
  };
  const finder = new SQLFinder(dbPath, {
    driver: interruptible(await chooseDriver(), check),
    onWarning: (line) => say({ is: "warning", line }),
  });
  port.on("message", async ({ number, name, input }: ThreadJob) => {
    current = number;
    try {
      const reply = await JOBS[name](input, { finder, limit });
      say({ is: "done", number, text: jsonText(reply) });
    } catch (error) {
      const [kind, message] = [kindOf(error), messageOf(error)];
      say({ is: "failed", number, kind, message });
    }
  });
  say({ is: "ready" });
}

function interrupted(): AnswerError {
  return new AnswerError("busy", "Cannot answer: the work was interrupted");
}

const start = isMainThread ? undefined : workerData as ThreadStart | null;
if (start?.kind === "ato-dashboard" && parentPort !== null) {
  // What it throws ends the thread, and whoever started it hears of it.
  void serve(parentPort, start);
}
