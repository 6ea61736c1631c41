/** The requests of MLflow's REST API that runs need. */
import { setTimeout as delay } from "node:timers/promises";
import { TargetError, UnreachableError } from "../targets/errors.ts";
import { Answer } from "./_answer.ts";
import type { Server } from "./_address.ts";
import { type HttpRequest, request, saidBy } from "./_http.ts";

/** The server says that something is wrong with a request. */
export class MlflowError extends TargetError {
  /** MLflow's own word, e.g. `RESOURCE_DOES_NOT_EXIST`. */
  readonly code: string;

  /** Makes the error. */
  constructor(message: string, code: string) {
    super(message);
    this.name = "MlflowError";
    this.code = code;
  }
}

/** How often a request that changes nothing is sent. */
const TRIES = 3;
/** A list with more pages than this has no end. */
const MOST_PAGES = 10_000;

/** A server that is talked to. */
export class MlflowApi {
  readonly #server: Server;
  readonly #timeout: number;
  readonly #signal: AbortSignal | undefined;

  /** Takes the server, the milliseconds for a request, and what ends requests. */
  constructor(
    server: Server,
    options: { readonly timeout: number; readonly signal?: AbortSignal },
  ) {
    this.#server = server;
    this.#timeout = options.timeout;
    this.#signal = options.signal;
  }

  /** The address, without a login. */
  get address(): string {
    return this.#server.address;
  }

  /** Asks for something; it is tried again, because asking changes nothing. */
  async get(
    name: string,
    query: Readonly<Record<string, string>>,
    options: { readonly most?: number } = {},
  ): Promise<Answer> {
    const path = `${pathOf(name)}?${new URLSearchParams(query)}`;
    return await this.#again(() => this.#json(name, { path, ...options }));
  }

  /** Searches; it is a POST that changes nothing. */
  async find(name: string, body: object): Promise<Answer> {
    return await this.#again(() => this.post(name, body));
  }

  /** Asks for something to be changed, once. */
  async post(name: string, body: object | string): Promise<Answer> {
    return await this.#json(name, {
      path: pathOf(name),
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  /** Reads all pages of a list. */
  async *pages(
    ask: (token: string) => Promise<Answer>,
  ): AsyncGenerator<Answer> {
    const seen = new Set<string>();
    let token = "";
    do {
      const page = await ask(token);
      yield page;
      token = page.text("next_page_token");
      if (seen.has(token) || seen.size >= MOST_PAGES) {
        throw new TargetError(
          `Cannot use the answer of ${this.address}: its list has no end`,
        );
      }
      seen.add(token);
    } while (token !== "");
  }

  /** Sends any request. */
  async send(
    options: HttpRequest,
  ): Promise<{ status: number; bytes: Uint8Array }> {
    const signal = this.#signal;
    return await request(this.#server, { signal, ...options }, this.#timeout);
  }

  async #json(name: string, options: HttpRequest): Promise<Answer> {
    const answer = await request(
      this.#server,
      { signal: this.#signal, ...options },
      this.#timeout,
    );
    const text = new TextDecoder().decode(answer.bytes);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      // A proxy can cut an answer without saying so.
      throw new UnreachableError(
        `Cannot use the answer of ${this.address}: it is not JSON, or was cut`,
        { cause },
      );
    }
    if (answer.status < 300) return new Answer(value, name);
    const code = new Answer(value, name).text("error_code");
    throw new MlflowError(
      `Cannot do ${name} at ${this.address}: the server answers ${answer.status} (${
        saidBy(answer) ?? code
      })`,
      code,
    );
  }

  async #again<T>(work: () => Promise<T>): Promise<T> {
    for (let n = 1;; n++) {
      try {
        return await work();
      } catch (error) {
        // A server that names a time to wait is not asked before.
        if (
          !(error instanceof UnreachableError) || n === TRIES ||
          error.wait !== undefined
        ) throw error;
      }
      await delay(100 * n * (0.5 + Math.random()), undefined, {
        ...(this.#signal !== undefined && { signal: this.#signal }),
      });
    }
  }
}

function pathOf(name: string): string {
  return `/api/2.0/mlflow/${name}`;
}
