/** Requests to a server: bounded in time and size, with errors of one sentence. */
import { TargetError, UnreachableError } from "../targets/errors.ts";
import { messageOf } from "../../internal/errors.ts";
import { isDeno } from "../../internal/runtime.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Server } from "./_address.ts";

/** What a request needs. */
export interface HttpRequest {
  /** The path behind the address, with its parameters. */
  readonly path: string;
  /** The method. @default {"GET"} */
  readonly method?: string;
  /** What is sent. */
  readonly body?: string | Blob;
  /** The kind of what is sent. @default {"application/json"} */
  readonly type?: string;
  /** The most bytes of the answer. @default {8 MiB} */
  readonly most?: number;
  /** Takes the parts of a good answer, which is then a file: of any type, and not kept in memory. */
  readonly sink?: (part: Uint8Array) => void;
  /** Milliseconds for the whole request. @default {that of the server} */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Uint8Array;
}

const MOST = 8 << 20;
/** Timers count 31 bits of milliseconds. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;
/** A server cannot make a program wait for longer. */
const LONGEST_WAIT = 10 * 60_000;

/**
 * Sends a request.
 *
 * @param server The server.
 * @param request The request.
 * @param timeout Milliseconds for a request that names none.
 * @returns the answer, if it says that the request was understood: a status of 2xx, or 4xx with JSON.
 * @throws {UnreachableError} If there is no whole answer, or the server is busy.
 * @throws {TargetError} If it is another server, or the login is refused.
 */
export async function request(
  server: Server,
  request: HttpRequest,
  timeout: number,
): Promise<HttpAnswer> {
  const { address } = server;
  const limit = AbortSignal.timeout(
    Math.min(Math.ceil(request.timeout ?? timeout), LONGEST_TIMEOUT),
  );
  const { signal } = request;
  try {
    const response = await fetch(`${address}${request.path}`, {
      method: request.method ?? "GET",
      redirect: "manual",
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      headers: {
        accept: "application/json",
        // Deno sends a request again, without a word, if the connection that it used before was closed meanwhile: points
        // would be there twice. A connection for each request has no such past.
        ...(isDeno() && { connection: "close" }),
        ...(server.authorization !== undefined &&
          { authorization: server.authorization }),
        ...(request.body !== undefined &&
          { "content-type": request.type ?? "application/json" }),
      },
      ...(request.body !== undefined && { body: request.body }),
    });
    const sink = response.ok ? request.sink : undefined;
    const most = request.most ?? MOST;
    const bytes = await readBody(response, { most, address, sink });
    const answer = {
      status: response.status,
      type: response.headers.get("content-type") ?? "",
      bytes,
    };
    if (sink === undefined) judge(answer, response.headers, address);
    return answer;
  } catch (error) {
    if (error instanceof TargetError || error instanceof UnreachableError) {
      throw error;
    }
    signal?.throwIfAborted();
    throw failure(error, { address, isSlow: limit.aborted });
  }
}

async function readBody(
  response: Response,
  { most, address, sink }: {
    readonly most: number;
    readonly address: string;
    readonly sink: ((part: Uint8Array) => void) | undefined;
  },
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > most) {
      throw new TargetError(
        `Cannot use the answer of ${address}: it is longer than ${
          most >> 20
        } MiB; is it an MLflow server?`,
      );
    }
    if (sink === undefined) parts.push(part);
    else sink(part);
  }
  if (sink !== undefined) return new Uint8Array();
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Throws for an answer that is not one of MLflow. */
function judge(answer: HttpAnswer, headers: Headers, address: string): void {
  const { status, type } = answer;
  if (status === 401 || status === 403) {
    throw forAll(
      `Cannot log in to ${address}: the server refuses (${status}); set MLFLOW_TRACKING_USERNAME and ` +
        "MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
    );
  }
  if (status === 407) {
    throw forAll(
      `Cannot reach ${address}: the proxy before it wants a login (407)`,
    );
  }
  if (status >= 300 && status < 400) {
    const to = headers.get("location") ?? "another place";
    throw forAll(
      `Cannot use ${address}: it sends to ${
        visible(to.replace(/[?#].*$/s, "").slice(0, 200))
      }; give the address of the MLflow server itself`,
    );
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const wait = waitOf(headers.get("retry-after"));
    const said = saidBy(answer);
    throw new UnreachableError(
      `Cannot reach ${address}: the server answers ${status}${
        said === undefined ? "" : ` (${said})`
      }; it is tried again`,
      wait === undefined ? {} : { wait },
    );
  }
  if (/\bhtml\b/i.test(type) || (status >= 400 && !/\bjson\b/i.test(type))) {
    throw forAll(
      `Cannot find MLflow at ${address}: it answers ${status} with ${
        /\bhtml\b/i.test(type) ? "a web page" : "no JSON"
      }; give the address that the page of MLflow has in a browser, up to the #`,
    );
  }
}

function forAll(message: string): TargetError {
  return new TargetError(message, { isForAll: true });
}

/** What the server says about an error, shortened. */
export function saidBy({ bytes, type }: HttpAnswer): string | undefined {
  if (!/\bjson\b/i.test(type)) return undefined;
  try {
    const { message } = JSON.parse(new TextDecoder().decode(bytes));
    return typeof message === "string"
      ? visible(message.split("\n", 1)[0]!.slice(0, 300))
      : undefined;
  } catch {
    // Not JSON after all: the status says enough.
    return undefined;
  }
}

/** `Retry-After`: seconds, or a date. */
function waitOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const wait = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.now();
  return Number.isNaN(wait)
    ? undefined
    : Math.min(Math.max(wait, 0), LONGEST_WAIT);
}

function failure(
  error: unknown,
  { address, isSlow }: { address: string; isSlow: boolean },
): Error {
  const reason = isSlow ? "it does not answer in time" : reasonOf(error);
  if (/wrong.version.number|InvalidContentType|packet length/i.test(reason)) {
    return new TargetError(
      `Cannot reach ${address}: it does not speak TLS; write http:// in place of https://`,
      { cause: error, isForAll: true },
    );
  }
  if (/certificate|TLS|SSL|self.signed|UnknownIssuer/i.test(reason)) {
    return new TargetError(
      `Cannot trust ${address}: ${reason}; give the certificate of its authority in DENO_CERT or NODE_EXTRA_CA_CERTS`,
      { cause: error, isForAll: true },
    );
  }
  return new UnreachableError(`Cannot reach ${address}: ${reason}`, {
    cause: error,
  });
}

/** The innermost cause says what happened; those around it say only that something did. */
function reasonOf(error: unknown): string {
  let [at, reason] = [error, messageOf(error)];
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    const { code } = at as { code?: unknown };
    reason = at.message || (typeof code === "string" ? code : reason);
    at = at.cause;
  }
  // Deno repeats the address and the layers of its client.
  const short = reason.replace(
    /^error sending request for url \([^)]*\): (?:client error \(\w+\): )?/,
    "",
  );
  return visible(short.split("\n", 1)[0]!.slice(0, 300));
}
