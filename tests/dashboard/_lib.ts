/** Helpers of the tests of the dashboard: a file of runs, a served dashboard, requests to it. */
import { request } from "node:http";
import { join } from "node:path";
import type { Dashboard, DashboardOptions } from "../../dashboard/mod.ts";
import { serveDashboard } from "../../dashboard/server/serve_dashboard.ts";
import { SQLLogger } from "../../tracker/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** A run to record. */
export interface MadeRun {
  readonly project?: string;
  readonly name?: string;
  readonly config?: Record<string, unknown>;
  readonly tags?: string[];
  /** The values of each metric. */
  readonly metrics?: Readonly<Record<string, readonly number[]>>;
}

/** Records a run and returns its id. */
export async function makeRun(
  dbPath: string,
  made: MadeRun = {},
): Promise<number> {
  const logger = await startRun(dbPath, made);
  await logger.logger.finish();
  return logger.id;
}

/** Starts a run that the caller finishes. */
export async function startRun(
  dbPath: string,
  { project = "demo", name, config = { lr: 0.1 }, tags = [], metrics = {} }:
    MadeRun,
): Promise<{ readonly id: number; readonly logger: SQLLogger }> {
  const logger = new SQLLogger({
    ...config,
    experiment: { projectName: project, sql: { dbPath } },
  });
  const id = await logger.run({ tags, ...(name !== undefined && { name }) });
  for (const [metric, values] of Object.entries(metrics)) {
    values.forEach((value, step) => logger.logMetric(metric, value, step));
  }
  return { id, logger };
}

/** A dashboard over the file of a temporary folder. */
export interface Served {
  readonly dbPath: string;
  readonly dashboard: Dashboard;
  /** What was warned of. */
  readonly warnings: readonly string[];
  /** Reads an address and returns the status and the parsed answer. */
  // deno-lint-ignore no-explicit-any -- the tests look into answers of every shape
  get(path: string): Promise<{ readonly status: number; readonly body: any }>;
}

/** Fills a file, serves it, and ends both when the work is done. */
export async function withDashboard(
  fill: (dbPath: string) => Promise<unknown>,
  work: (served: Served) => Promise<void>,
  options: Partial<DashboardOptions> = {},
): Promise<void> {
  await withTempFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    await fill(dbPath);
    const warnings: string[] = [];
    const dashboard = await serveDashboard({
      dbPath,
      onWarning: (line) => warnings.push(line),
      pollInterval: 20,
      ...options,
    });
    const { port } = dashboard;
    try {
      await work({
        dbPath,
        dashboard,
        warnings,
        async get(path) {
          const { status, text } = await ask(port, { path });
          return { status, body: JSON.parse(text) };
        },
      });
    } finally {
      await dashboard.close();
    }
  }, "dashboard");
}

/** A request, with headers that `fetch` would not let through. */
export interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a request over HTTP, exactly as it is given. */
export function ask(
  port: number,
  { path = "/", method = "GET", headers = {} }: Asked,
): Promise<Answered> {
  return new Promise((done, fail) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      path,
      method,
      headers,
      agent: false,
    }, (response) => {
      const parts: Uint8Array[] = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", fail);
      response.on("end", () =>
        done({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: new TextDecoder().decode(concat(parts)),
        }));
    });
    sent.on("error", fail);
    sent.end();
  });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
