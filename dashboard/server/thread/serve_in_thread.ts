/**
 * Serves in a thread of its own, because only a thread can be given little space for new objects: the main one takes
 * 64 MB for them and more, and keeps them.
 */
import { clearTimeout, setTimeout } from "node:timers";
import { isMainThread, Worker } from "node:worker_threads";
import { type Dashboard, DashboardError } from "../dashboard.ts";
import type { DashboardOptions } from "../options.ts";
import {
  LOADING_PATIENCE,
  NoThreadError,
  startOf,
  THREAD_LIMITS,
} from "../threads.ts";
import {
  type FromServer,
  SERVER_THREAD,
  type ServerStart,
  type ToServer,
} from "./server_main.ts";

/** A dashboard that a thread may serve. */
export interface ServedDashboard extends Dashboard {
  /** Resolves if the server ends although nobody closed it, with the reason. */
  readonly failure: Promise<DashboardError>;
}

/** The program of a thread. */
export interface ThreadProgram {
  /** The address of its module; `undefined` if there is none, so that no thread can start. */
  readonly address: string | undefined;
}

/**
 * Serves the dashboard of a file in a thread, or here if this program can start none.
 *
 * @param options The file, and where to listen.
 * @param program The program of the thread.
 * @returns the dashboard, when it accepts requests.
 * @throws {DashboardError} If it cannot listen at the address, e.g. because the port is taken.
 *
 * @example
 * ```ts
 * import { serveInThread } from "../../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const dashboard = await serveInThread({ dbPath: "runs.db" });
 * const { status } = await fetch(dashboard.url);
 * assertEquals(status, 200);
 * await dashboard.close();
 * ```
 */
export async function serveInThread(
  options: DashboardOptions,
  { address }: ThreadProgram = { address: SERVER_THREAD },
): Promise<ServedDashboard> {
  try {
    return await startThread(options, address);
  } catch (error) {
    if (!(error instanceof NoThreadError)) throw error;
    const { serveDashboard } = await import("../serve_dashboard.ts");
    const dashboard = await serveDashboard(options);
    return { ...dashboard, failure: new Promise(() => {}) };
  }
}

async function startThread(
  { onWarning = (line) => console.error(`ato: ${line}`), ...options }:
    DashboardOptions,
  address: string | undefined,
): Promise<ServedDashboard> {
  // The program of a bundle is all of the bundle: its thread must not start others.
  if (!isMainThread) throw new NoThreadError("this is a thread");
  const workerData: ServerStart = { kind: "ato-dashboard-server", options };
  const thread = new Worker(startOf(address), {
    workerData,
    resourceLimits: THREAD_LIMITS,
  });
  const ended = new Promise<unknown>((done) => {
    thread.once("error", done);
    thread.once("exit", (code) => done(new Error(`exit status ${code}`)));
  });
  thread.on("message", (message: FromServer) => {
    if (message.is === "warning") onWarning(message.line);
  });
  let isClosed = false;
  try {
    const { url, port } = await serving(thread, ended);
    return {
      url,
      port,
      failure: new Promise((done) =>
        void ended.then((cause) => {
          if (!isClosed) done(failureOf(cause));
        })
      ),
      async close() {
        isClosed = true;
        await close(thread, ended);
      },
    };
  } catch (error) {
    await thread.terminate();
    throw error;
  }
}

/** Waits until it accepts requests. */
function serving(
  thread: Worker,
  ended: Promise<unknown>,
): Promise<Extract<FromServer, { readonly is: "serving" }>> {
  return new Promise((done, fail) => {
    const late = setTimeout(
      () => fail(new NoThreadError("it is not loaded")),
      LOADING_PATIENCE,
    );
    thread.on("message", (message: FromServer) => {
      if (message.is === "refused") {
        const { code } = message;
        fail(new DashboardError(message.message, { code }));
      } else if (message.is === "serving") done(message);
      else return;
      clearTimeout(late);
    });
    void ended.then((cause) => {
      clearTimeout(late);
      fail(new NoThreadError("it has ended", { cause }));
    });
  });
}

function failureOf(cause: unknown): DashboardError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DashboardError(
    `Cannot go on serving the dashboard: its thread has ended (${reason}); start it again`,
    { cause },
  );
}

async function close(thread: Worker, ended: Promise<unknown>): Promise<void> {
  const closed = new Promise<void>((done) =>
    thread.on("message", ({ is }: FromServer) => {
      if (is === "closed") done();
    })
  );
  const order: ToServer = "close";
  thread.postMessage(order);
  await Promise.race([closed, ended]);
  await thread.terminate();
}
