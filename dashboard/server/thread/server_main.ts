/**
 * The program of the thread that serves. The module that starts the thread imports this one for its address, so that
 * it is part of every package; there it does nothing, and loads nothing of the server.
 */
import {
  isMainThread,
  type MessagePort,
  parentPort,
  workerData,
} from "node:worker_threads";
import { DashboardError } from "../dashboard.ts";
import type { DashboardOptions } from "../options.ts";

/** The address of this module. It is `undefined` in a bundle that is not a module. */
export const SERVER_THREAD: string | undefined = import.meta.url;

/** What the thread is started with. */
export interface ServerStart {
  readonly kind: "ato-dashboard-server";
  readonly options: Omit<DashboardOptions, "onWarning">;
}

/** What the thread is told: there is one order, which ends it. */
export type ToServer = "close";

/** What the thread says. */
export type FromServer =
  | { readonly is: "serving"; readonly url: string; readonly port: number }
  | {
    readonly is: "refused";
    readonly message: string;
    readonly code: string | undefined;
  }
  | { readonly is: "warning"; readonly line: string }
  | { readonly is: "closed" };

async function serve(
  port: MessagePort,
  { options }: ServerStart,
): Promise<void> {
  const say = (message: FromServer) => port.postMessage(message);
  const { serveDashboard } = await import("../serve_dashboard.ts");
  try {
    const dashboard = await serveDashboard({
      ...options,
      onWarning: (line) => say({ is: "warning", line }),
    });
    port.on("message", async (_: ToServer) => {
      await dashboard.close();
      say({ is: "closed" });
    });
    say({ is: "serving", url: dashboard.url, port: dashboard.port });
  } catch (error) {
    if (!(error instanceof DashboardError)) throw error;
    say({ is: "refused", message: error.message, code: error.code });
  }
}

const start = isMainThread ? undefined : workerData as ServerStart | null;
if (start?.kind === "ato-dashboard-server" && parentPort !== null) {
  // What it throws ends the thread, and whoever started it hears of it.
  void serve(parentPort, start);
}
