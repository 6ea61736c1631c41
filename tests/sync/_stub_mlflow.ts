/**
 * A small MLflow server in this process. It is stricter than the real one: like MLflow's file store it keeps a point
 * as often as it gets it, so that nothing can be sent twice unnoticed; and it can fail at any request.
 */
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";

/** What a test makes of a request: nothing, no answer, or another answer. */
export type Fault =
  | "none"
  /** The connection is cut before anything is done. */
  | "cut before"
  /** All is done, and the connection is cut before the answer. */
  | "cut after"
  /** The answer ends in its middle. */
  | "cut answer"
  /** All is done, and the server says that it is busy. */
  | "busy"
  | {
    readonly status: number;
    readonly type?: string;
    readonly body?: string;
    readonly headers?: Record<string, string>;
  };

/** A run of the server. */
export interface StubRun {
  readonly id: string;
  readonly experiment: string;
  stage: string;
  status: string;
  name: string;
  readonly start: number;
  end: number | undefined;
  readonly params: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly points: {
    key: string;
    value: number | string;
    timestamp: number;
    step: number;
  }[];
  readonly datasets: Record<string, string>[];
  readonly files: Map<string, string>;
}

interface StubExperiment {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly tags: Map<string, string>;
}

type Body = Record<string, unknown>;

class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The server. */
export class StubMlflow {
  readonly runs: StubRun[] = [];
  readonly experiments: StubExperiment[] = [];
  /** Names the requests so far: method and path. */
  readonly requests: string[] = [];
  /** The header `Authorization` of the last request. */
  authorization: string | undefined;
  /** Decides about the next request; it gets its number, from 1. */
  fault: (n: number, request: string) => Fault = () => "none";
  /** What a request waits for before it is handled. */
  gate: (n: number, request: string) => Promise<void> = () => Promise.resolve();
  /** Is called after a request was handled. */
  onHandled: (n: number) => void = () => {};
  url = "";
  #epoch = 1_000_000;
  #close: () => Promise<void> = () => Promise.resolve();

  static async start(): Promise<StubMlflow> {
    const stub = new StubMlflow();
    const server = createServer((request, response) =>
      void stub.#answer(request, response)
    );
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    stub.url = `http://127.0.0.1:${
      (server.address() as { port: number }).port
    }`;
    stub.#close = async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    };
    return stub;
  }

  async end(): Promise<void> {
    await this.#close();
  }

  /** Makes it a new server under the same address: without data, and with ids that begin anew. */
  wipe(): void {
    this.runs.length = this.experiments.length = 0;
    this.#epoch += 1_000_000;
  }

  /** What is on the server, in a form that can be compared: without ids. */
  content(): unknown {
    return this.runs.filter(({ stage }) => stage === "active").map((run) => ({
      experiment: this.experiments.find(({ id }) => id === run.experiment)
        ?.name,
      ...{ status: run.status, name: run.name, start: run.start, end: run.end },
      params: [...run.params].sort(),
      tags: [...run.tags].sort(),
      points: run.points.map((point) => JSON.stringify(point)).sort(),
      datasets: run.datasets.map(({ name, digest }) => [name, digest]).sort(),
      files: [...run.files].sort(),
    }));
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part);
    const text = new TextDecoder().decode(
      await new Blob(parts as BlobPart[]).arrayBuffer(),
    );
    const url = new URL(request.url ?? "/", this.url);
    const name = `${request.method} ${url.pathname}`;
    this.authorization = request.headers.authorization;
    this.requests.push(name);
    const n = this.requests.length;
    await this.gate(n, name);
    const fault = this.fault(n, name);
    if (fault === "cut before") return void request.socket.destroy();
    if (typeof fault === "object") {
      response.writeHead(fault.status, {
        "content-type": fault.type ?? "application/json",
        ...fault.headers,
      });
      return void response.end(fault.body ?? "{}");
    }
    let [status, body] = [200, "{}"];
    try {
      body = this.#handle(request.method ?? "GET", url, text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      status = error.code === "RESOURCE_DOES_NOT_EXIST" ? 404 : 400;
      body = JSON.stringify({ error_code: error.code, message: error.message });
    }
    this.onHandled(n);
    if (fault === "cut after") return void request.socket.destroy();
    if (fault === "busy") {
      response.writeHead(503, {
        "content-type": "text/plain",
        "retry-after": "0",
      });
      return void response.end("busy");
    }
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": new TextEncoder().encode(body).length,
    });
    if (fault === "cut answer") {
      response.write(body.slice(0, body.length >> 1));
      return void setTimeout(() => request.socket.destroy(), 1);
    }
    response.end(body);
  }

  #handle(method: string, url: URL, text: string): string {
    const files =
      /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/\d+\/(\w+)\/artifacts\/(.+)$/
        .exec(url.pathname);
    if (files !== null && method === "PUT") {
      this.#run(files[1]!).files.set(decodeURIComponent(files[2]!), text);
      return "{}";
    }
    const name = url.pathname.replace("/api/2.0/mlflow/", "");
    if (name === "/get-artifact") {
      return this.#run(url.searchParams.get("run_id")!).files.get(
        url.searchParams.get("path")!,
      ) ?? "";
    }
    const body: Body = method === "POST"
      ? JSON.parse(text)
      : Object.fromEntries(url.searchParams);
    const handler = this.#handlers[name];
    if (handler === undefined) throw new Refusal("ENDPOINT_NOT_FOUND", name);
    return JSON.stringify(handler(body));
  }

  readonly #handlers: Record<string, (body: Body) => unknown> = {
    "experiments/search": ({ filter }) => {
      const hash = /= '(\w+)'/.exec(String(filter ?? ""))?.[1];
      return {
        experiments: this.experiments.filter(({ tags }) =>
          hash === undefined || [...tags.values()].includes(hash)
        ).map(shownExperiment),
      };
    },
    "experiments/get": ({ experiment_id: id }) =>
      this.#experiment((one) => one.id === id),
    "experiments/get-by-name": ({ experiment_name: name }) =>
      this.#experiment((one) => one.name === name),
    "experiments/create": ({ name, tags }) => {
      if (this.experiments.some((one) => one.name === name)) {
        throw new Refusal("RESOURCE_ALREADY_EXISTS", "it is there");
      }
      const id = String(this.experiments.length + 1);
      this.experiments.push({
        ...{
          id,
          name: String(name),
          created: this.#epoch + this.experiments.length,
        },
        tags: mapOf(tags),
      });
      return { experiment_id: id };
    },
    "runs/search": ({ filter, experiment_ids: ids, run_view_type: view }) => {
      const uuid = /= '([\w-]+)'/.exec(String(filter ?? ""))?.[1];
      return {
        runs: this.runs.filter((run) =>
          (ids as string[]).includes(run.experiment) &&
          (view === "ALL" || run.stage === "active") &&
          (uuid === undefined || run.tags.get("ato.run_uuid") === uuid)
        ).map((run) => this.#shown(run)),
      };
    },
    "runs/create": ({ experiment_id, start_time, run_name, tags }) => {
      const run: StubRun = {
        id: crypto.randomUUID().replaceAll("-", ""),
        experiment: String(experiment_id),
        ...{ stage: "active", status: "RUNNING", name: String(run_name) },
        ...{ start: Number(start_time), end: undefined },
        ...{
          params: new Map(),
          tags: mapOf(tags),
          points: [],
          datasets: [],
          files: new Map(),
        },
      };
      this.runs.push(run);
      return { run: this.#shown(run) };
    },
    "runs/get": ({ run_id: id }) => ({ run: this.#shown(this.#run(id)) }),
    "runs/update": ({ run_id: id, status, end_time, run_name }) => {
      Object.assign(this.#run(id), { status, end: end_time, name: run_name });
      return {};
    },
    "runs/delete": ({ run_id: id }) => {
      this.#run(id).stage = "deleted";
      return {};
    },
    "runs/delete-tag": ({ run_id: id, key }) => {
      this.#run(id).tags.delete(String(key));
      return {};
    },
    "runs/log-batch": (
      { run_id: id, metrics = [], params = [], tags = [] },
    ) => {
      const run = this.#run(id);
      const [m, p, t] = [
        metrics as StubRun["points"],
        params as [],
        tags as [],
      ];
      if (
        m.length > 1000 || p.length > 100 || t.length > 100 ||
        m.length + p.length + t.length > 1000
      ) {
        throw new Refusal("INVALID_PARAMETER_VALUE", "the batch is too long");
      }
      for (const [key, value] of mapOf(params)) {
        if ((run.params.get(key) ?? value) !== value) {
          throw new Refusal(
            "INVALID_PARAMETER_VALUE",
            "a parameter never changes",
          );
        }
        run.params.set(key, value);
      }
      for (const [key, value] of mapOf(tags)) run.tags.set(key, value);
      run.points.push(...m);
      return {};
    },
    "runs/log-inputs": ({ run_id: id, datasets }) => {
      const all = datasets as { dataset: Record<string, string> }[];
      this.#run(id).datasets.push(...all.map(({ dataset }) => dataset));
      return {};
    },
    "metrics/get-history": (
      { run_id: id, metric_key: key, page_token: token },
    ) => {
      const points = this.#run(id).points.filter((one) => one.key === key);
      const from = Number(token ?? 0);
      const next = from + 100 < points.length
        ? { next_page_token: String(from + 100) }
        : {};
      return { metrics: points.slice(from, from + 100), ...next };
    },
    "artifacts/list": ({ run_id: id, path = "" }) => {
      const start = path === "" ? "" : `${path}/`;
      const names = new Map<string, object>();
      for (const [name, text] of this.#run(id).files) {
        if (!name.startsWith(String(start))) continue;
        const [first = "", ...rest] = name.slice(String(start).length).split(
          "/",
        );
        names.set(
          first,
          rest.length > 0
            ? { path: start + first, is_dir: true }
            : { path: name, is_dir: false, file_size: text.length },
        );
      }
      return { files: [...names.values()] };
    },
  };

  #experiment(is: (one: StubExperiment) => boolean): unknown {
    const found = this.experiments.find(is);
    if (found === undefined) {
      throw new Refusal("RESOURCE_DOES_NOT_EXIST", "no such experiment");
    }
    return { experiment: shownExperiment(found) };
  }

  #run(id: unknown): StubRun {
    const found = this.runs.find((run) => run.id === id);
    if (found === undefined) {
      throw new Refusal("RESOURCE_DOES_NOT_EXIST", "no such run");
    }
    return found;
  }

  #shown(run: StubRun): object {
    return {
      info: {
        ...{
          run_id: run.id,
          experiment_id: run.experiment,
          lifecycle_stage: run.stage,
        },
        ...{ status: run.status, run_name: run.name, start_time: run.start },
        ...(run.end !== undefined && { end_time: run.end }),
        artifact_uri: `mlflow-artifacts:/${run.experiment}/${run.id}/artifacts`,
      },
      data: {
        params: pairsOf(run.params),
        tags: pairsOf(run.tags),
        metrics: [
          ...new Map(run.points.map((point) => [point.key, point])).values(),
        ],
      },
      inputs: { dataset_inputs: run.datasets.map((dataset) => ({ dataset })) },
    };
  }
}

function shownExperiment({ id, name, created, tags }: StubExperiment): object {
  return {
    ...{
      experiment_id: id,
      name,
      creation_time: created,
      lifecycle_stage: "active",
    },
    tags: pairsOf(tags),
  };
}

function mapOf(pairs: unknown): Map<string, string> {
  return new Map(
    (pairs as { key: string; value: string }[] ?? []).map((
      { key, value },
    ) => [key, value]),
  );
}

function pairsOf(map: ReadonlyMap<string, string>): object[] {
  return [...map].map(([key, value]) => ({ key, value }));
}
