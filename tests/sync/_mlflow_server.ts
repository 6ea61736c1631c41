/** A real MLflow server for tests, started once for a test file, and its own Python client. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../_shared/free_port.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** The Python that has MLflow; `.ci/run` installs one. */
const PYTHON = process.env["ATO_MLFLOW_PYTHON"] ?? "";

/** Why tests with a real server are skipped; `false` if there is one. */
export const NO_MLFLOW: string | false = PYTHON !== "" && existsSync(PYTHON)
  ? false
  : "there is no MLflow: set ATO_MLFLOW_PYTHON to a Python that has it (pip install mlflow)";

/** A server that runs. */
export interface MlflowServer {
  readonly url: string;
  /** Stops it and removes its data. */
  end(): Promise<void>;
}

/** Starts a server on a free port. */
export async function startMlflow(): Promise<MlflowServer> {
  const folder = makeTempFolder("mlflow");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let output = "";
  const start = async (): Promise<void> => {
    const started = child = spawn(PYTHON, [
      ...["-m", "mlflow", "server", "--workers", "1"],
      ...["--backend-store-uri", `sqlite:///${join(folder, "m.db")}`],
      ...["--artifacts-destination", join(folder, "artifacts")],
      ...["--host", "127.0.0.1", "--port", String(port)],
    ], {
      cwd: folder,
      // The server starts workers: they end with its group.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        MLFLOW_DISABLE_TELEMETRY: "true",
        DO_NOT_TRACK: "1",
      },
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on("data", (part) => output += part);
    }
    while (!await answers(url)) {
      if (started.exitCode !== null) throw new Error(`mlflow ended: ${output}`);
      await delay(200);
    }
  };
  const stop = async (): Promise<void> => {
    const running = child;
    if (running?.pid === undefined) return;
    child = undefined;
    const ended = new Promise((done) => running.once("close", done));
    process.kill(-running.pid, "SIGKILL");
    await ended;
  };
  await start();
  return {
    url,
    async end() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    // It is not up yet.
    return false;
  }
}

const CLIENT = `
import json, sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
def plain(value):
    return repr(value) if value != value or abs(value) > 1e308 else value
def read(all):
    found = []
    for experiment in client.search_experiments():
        for run in client.search_runs([experiment.experiment_id], run_view_type=3 if all else 1):
            id = run.info.run_id
            found.append({
                "experiment": experiment.name, "experimentId": experiment.experiment_id, "id": id, "name": run.info.run_name,
                "status": run.info.status, "start": run.info.start_time, "end": run.info.end_time,
                "stage": run.info.lifecycle_stage,
                "params": run.data.params, "tags": run.data.tags,
                "metrics": {key: [[m.step, plain(m.value), m.timestamp] for m in client.get_metric_history(id, key)]
                    for key in run.data.metrics},
                "inputs": [[i.dataset.name, i.dataset.digest, i.dataset.source] for i in run.inputs.dataset_inputs],
                "artifacts": [item.path for item in client.list_artifacts(id)],
            })
    return found
print("ready", flush=True)
for line in sys.stdin:
    name, words = json.loads(line)
    answer = read(*words) if name == "read" else getattr(client, name)(*words)
    print("=" + json.dumps(answer if name == "read" else None), flush=True)
`;

/** A run as MLflow's own client reads it. */
export interface ClientRun {
  readonly experiment: string;
  readonly experimentId: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly start: number;
  readonly end: number | null;
  readonly stage: string;
  readonly params: Record<string, string>;
  readonly tags: Record<string, string>;
  readonly metrics: Record<string, [number, number | string, number][]>;
  readonly inputs: [string, string, string][];
  readonly artifacts: string[];
}

/** MLflow's own client, in a process that is started once: to import it takes seconds. */
export interface MlflowClient {
  /** Reads all runs, those that were deleted too if `all` says so. */
  read(all?: boolean): Promise<ClientRun[]>;
  /** Calls a method of the client. */
  call(method: string, ...words: readonly unknown[]): Promise<unknown>;
  end(): Promise<void>;
}

/** Starts MLflow's client. */
export async function startClient(url: string): Promise<MlflowClient> {
  const child = spawn(PYTHON, ["-c", CLIENT, url], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      MLFLOW_DISABLE_TELEMETRY: "true",
      DO_NOT_TRACK: "1",
    },
  });
  const lines = createInterface({ input: child.stdout })
    [Symbol.asyncIterator]();
  const next = async (start: string): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error("MLflow's client has ended");
      if (value.startsWith(start)) return value.slice(start.length);
    }
  };
  await next("ready");
  const call = async (method: string, ...words: readonly unknown[]) => {
    child.stdin.write(`${JSON.stringify([method, words])}\n`);
    return JSON.parse(await next("="));
  };
  return {
    call,
    read: (all = false) => call("read", all),
    async end() {
      const ended = new Promise((done) => child.once("close", done));
      child.stdin.end();
      await ended;
    },
  };
}

/** A door to a server, which can be closed and opened again: to start a server takes long. */
export interface Door {
  readonly url: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a door, which is closed. */
export async function doorTo(url: string): Promise<Door> {
  const [port, to] = [await freePort(), Number(new URL(url).port)];
  let server: Server | undefined;
  const open = new Set<Socket>();
  return {
    url: `http://127.0.0.1:${port}`,
    async open() {
      const opened = server = createServer((client) => {
        const through = connect(to, "127.0.0.1");
        for (const socket of [client, through]) {
          open.add(socket);
          socket.once("close", () => open.delete(socket));
        }
        client.on("error", () => through.destroy());
        through.on("error", () => client.destroy());
        client.pipe(through).pipe(client);
      });
      await new Promise<void>((done) => opened.listen(port, "127.0.0.1", done));
    },
    async close() {
      const closed = new Promise((done) => server?.close(done));
      // A client may keep its connection for the next request.
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
