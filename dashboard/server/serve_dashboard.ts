/** Starts and stops a dashboard in this thread. */
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { createApp } from "./app.ts";
import { ArtifactFolders } from "./artifact_folders.ts";
import { type Dashboard, DashboardError } from "./dashboard.ts";
import { JobDesk } from "./jobs/job_desk.ts";
import { LiveChanges } from "./live.ts";
import type { DashboardOptions } from "./options.ts";
import { type Access, isLoopback, urlHost } from "./security.ts";
import { listen } from "./serve.ts";
import { Source } from "./source.ts";
import { Studies } from "./studies.ts";

/**
 * Serves the dashboard of a file in this thread.
 *
 * @param options The file, and where to listen.
 * @returns the dashboard, when it accepts requests.
 * @throws {DashboardError} If it cannot listen at the address, e.g. because the port is taken.
 *
 * @example
 * ```ts
 * import { serveDashboard } from "./serve_dashboard.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const dashboard = await serveDashboard({ dbPath: "runs.db" });
 * const { status } = await fetch(dashboard.url);
 * assertEquals(status, 200);
 * await dashboard.close();
 * ```
 */
export async function serveDashboard(
  options: DashboardOptions,
): Promise<Dashboard> {
  const {
    dbPath,
    host = "127.0.0.1",
    port = 0,
    pollInterval = 500,
    patience = 10_000,
    artifactFolders = [],
  } = options;
  const onWarning = options.onWarning ??
    ((line: string) => console.error(`ato: ${line}`));
  const access: Access = isLoopback(host)
    ? { host }
    : { host, token: randomBytes(24).toString("base64url") };
  const source = new Source(dbPath, onWarning);
  const live = new LiveChanges(source, pollInterval);
  const artifacts = new ArtifactFolders([dirname(dbPath), ...artifactFolders]);
  const desk = new JobDesk({ source, dbPath, onWarning });
  const studies = new Studies(source);
  const app = createApp({
    source,
    live,
    artifacts,
    desk,
    studies,
    access,
    onWarning,
  });
  try {
    const server = await listen((request) => app.fetch(request), {
      host,
      port,
      patience,
    });
    return {
      url: urlOf(access, server.port),
      port: server.port,
      async close() {
        live.close();
        await desk.close();
        await server.close();
        await source.close();
      },
    };
  } catch (error) {
    const code = codeOf(error);
    throw new DashboardError(sentenceOf(error, { host, port, code }), {
      cause: error,
      code,
    });
  }
}

/** The address to open. Every address of the machine is reached by that of the loopback, too. */
function urlOf({ host, token }: Access, port: number): string {
  const shown = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  const query = token === undefined ? "" : `?token=${token}`;
  return `http://${urlHost(shown)}:${port}/${query}`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error
    ? String(error.code)
    : undefined;
}

function sentenceOf(
  error: unknown,
  { host, port, code }: {
    readonly host: string;
    readonly port: number;
    readonly code: string | undefined;
  },
): string {
  switch (code) {
    case "EADDRINUSE":
      return `Cannot serve the dashboard: port ${port} of ${host} is in use; choose another with --port N, or 0 for a free one`;
    case "EACCES":
      return `Cannot serve the dashboard: port ${port} needs more rights; choose one above 1023 with --port N`;
    case "EADDRNOTAVAIL":
    case "EINVAL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `Cannot serve the dashboard: ${host} is no address of this machine; choose another with --host ADDRESS`;
    default:
      return `Cannot serve the dashboard at ${host}, port ${port}: ${
        error instanceof Error ? error.message : error
      }`;
  }
}
