/**
 * A stand-in for the service of W&B on this machine: it keeps what `wandb sync` sends, each line of a file by its
 * offset, as the service that W&B's own tests spy on does.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { Buffer } from "node:buffer";
import { decodeJson } from "../../internal/json.ts";

/** What the service got of a run. */
export interface Received {
  /** The lines of each file by their offset: `wandb-history.jsonl`, `output.log`, … */
  readonly files: Map<string, Map<number, string>>;
  /** The last config that was sent, by key. */
  config: Record<string, unknown>;
  /** The variables of `UpsertBucket`, each time. */
  readonly upserts: Record<string, unknown>[];
  /** The exit codes that were sent. */
  readonly exits: number[];
}

/** A running service. */
export class WandbService {
  /** The runs by id. */
  readonly runs: Map<string, Received> = new Map();
  /** The files that were uploaded, by `run/path`. */
  readonly uploads: Map<string, string> = new Map();
  /** The status with which it refuses rows; 0 if it takes them. */
  refuses = 0;
  readonly #server = createServer((request, response) => {
    bodyOf(request).then((body) => {
      const isRefused = this.refuses > 0 &&
        request.url?.endsWith("file_stream");
      const text = isRefused
        ? "{}"
        : JSON.stringify(this.#answer(request, body));
      response.writeHead(isRefused ? this.refuses : 200, {
        "content-type": "application/json",
      }).end(text);
    }, (error) => response.writeHead(500).end(String(error)));
  });

  /** The address. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The variables that make wandb use it; the key is made up. */
  get env(): Record<string, string> {
    return {
      WANDB_BASE_URL: this.url,
      WANDB_API_KEY: "0123456789".repeat(4),
      WANDB_ERROR_REPORTING: "false",
    };
  }

  /** Starts a service, and stops it after the work. */
  static async during<T>(
    work: (service: WandbService) => Promise<T>,
  ): Promise<T> {
    const service = new WandbService();
    await new Promise<void>((resolve) =>
      service.#server.listen(0, "127.0.0.1", resolve)
    );
    try {
      return await work(service);
    } finally {
      service.#server.closeAllConnections();
      await new Promise((resolve) => service.#server.close(resolve));
    }
  }

  /** The rows of the history of a run, by offset. */
  history(id: string): Record<string, unknown>[] {
    const lines = this.runs.get(id)?.files.get("wandb-history.jsonl") ??
      new Map();
    return [...lines].sort(([a], [b]) => a - b)
      .map(([, line]) => decodeJson(line) as Record<string, unknown>);
  }

  /** The last summary of a run. */
  summary(id: string): Record<string, unknown> {
    const lines = [
      ...this.runs.get(id)?.files.get("wandb-summary.json")?.values() ?? [],
    ];
    return decodeJson(lines.at(-1) ?? "{}") as Record<string, unknown>;
  }

  #received(id: string): Received {
    let run = this.runs.get(id);
    if (run === undefined) {
      run = { files: new Map(), config: {}, upserts: [], exits: [] };
      this.runs.set(id, run);
    }
    return run;
  }

  #answer(request: IncomingMessage, body: string): unknown {
    const url = request.url ?? "";
    const upload = /^\/upload\/(.+)$/.exec(url)?.[1];
    if (upload !== undefined) {
      this.uploads.set(decodeURIComponent(upload), body);
      return {};
    }
    const id = /\/([^/]+)\/file_stream$/.exec(url)?.[1];
    if (id !== undefined) return this.#stream(this.#received(id), body);
    if (!url.endsWith("/graphql")) return {};
    const { query, variables = {} } = JSON.parse(body);
    return { data: this.#query(query, variables) };
  }

  #stream(run: Received, body: string): unknown {
    const { files = {}, complete, exitcode } = JSON.parse(body);
    for (const [name, part] of Object.entries(files)) {
      const { offset, content } = part as { offset: number; content: string[] };
      const lines = run.files.get(name) ?? new Map();
      run.files.set(name, lines);
      content.forEach((line, i) => lines.set(offset + i, line));
    }
    if (complete === true) run.exits.push(exitcode);
    return {};
  }

  #query(query: string, given: Record<string, unknown>): unknown {
    if (query.includes("upsertBucket")) {
      const run = this.#received(String(given["name"]));
      run.upserts.push(given);
      if (typeof given["config"] === "string") {
        run.config = Object.fromEntries(
          Object.entries(JSON.parse(given["config"])).map(([key, one]) => [
            key,
            (one as { value: unknown }).value,
          ]),
        );
      }
      return { upsertBucket: { bucket: bucketOf(given), inserted: true } };
    }
    if (query.includes("createRunFiles")) {
      return { createRunFiles: this.#places(given) };
    }
    if (query.includes("uploadHeaders")) return this.#model(given);
    return {
      viewer: { id: "u", entity: "me", username: "me", flags: "{}" },
      serverInfo: { features: [], cliVersionInfo: {} },
    };
  }

  /** Where to upload files: what wandb asks today. */
  #places(given: Record<string, unknown>): unknown {
    const run = String(given["run"]);
    return {
      runID: run,
      uploadHeaders: [],
      files: (given["files"] as string[]).map((name) => ({
        name,
        uploadUrl: `${this.url}/upload/${encodeURIComponent(`${run}/${name}`)}`,
      })),
    };
  }

  /** Where to upload files: what wandb asked before. */
  #model(given: Record<string, unknown>): unknown {
    const run = String(given["run"]);
    const names = given["files"] as string[];
    return {
      model: {
        bucket: {
          id: run,
          files: {
            uploadHeaders: [],
            edges: names.map((name) => ({
              node: {
                name,
                url: `${this.url}/upload/${
                  encodeURIComponent(`${run}/${name}`)
                }`,
                updatedAt: null,
              },
            })),
          },
        },
      },
    };
  }
}

function bucketOf(given: Record<string, unknown>): unknown {
  const project = given["project"] ?? "uncategorized";
  return {
    id: "b",
    name: given["name"],
    displayName: given["displayName"],
    config: "{}",
    sweepName: null,
    historyLineCount: null,
    project: { id: "p", name: project, entity: { id: "e", name: "me" } },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  const isZipped = request.headers["content-encoding"] === "gzip";
  return (isZipped ? gunzipSync(body) : body).toString("utf8");
}
