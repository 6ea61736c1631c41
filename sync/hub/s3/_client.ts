/** Signed requests to a service that speaks S3: sent again while that can help, refused with a sentence. */
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers";
import { getProcess } from "../../../internal/runtime.ts";
import { pause } from "../../../internal/pause.ts";
import { visible } from "../../../internal/visible_text.ts";
import { HubError, type HubProblem, shownUrl } from "../errors.ts";
import { loadClient } from "../_load_client.ts";
import { baseOf, encodeKey, encodeText, type S3Address } from "./_address.ts";
import {
  connectionProblem,
  isPassing,
  problemOf,
  type Refusal,
} from "./_problems.ts";
import {
  type Environment,
  readSettings,
  type S3Settings,
} from "./_settings.ts";
import { type KeyPage, readFault, readPage } from "./_xml.ts";

/** What is used of `aws4fetch`. */
interface Signer {
  sign(url: string, request: object): Promise<Request>;
}

/** How patient a client is. */
export interface S3Patience {
  /**
   * Milliseconds without a byte after which a service counts as not answering.
   *
   * @default {30000}
   */
  readonly silence?: number;
  /**
   * The first pause before a request is sent again, in milliseconds; each later one is about twice as long.
   *
   * @default {250}
   */
  readonly pause?: number;
  /**
   * How often a request is sent.
   *
   * @default {6}
   */
  readonly tries?: number;
}

/** Options for {@linkcode S3Client}. */
export interface S3ClientOptions extends S3Patience {
  /**
   * The variables that name keys, region and service.
   *
   * @default {those of the process}
   */
  readonly environment?: Environment;
}

/** A request. */
export interface S3Request {
  readonly method: "GET" | "PUT" | "DELETE";
  /** The key; absent for one about the bucket. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** An answer. */
export interface S3Answer {
  /** 200, 204, 304, 404 for a key that is not there, or 412 for a condition that does not hold. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What a request is signed with. */
interface Signed {
  readonly settings: S3Settings;
  readonly region: string;
}

/** The longest pause before a request is sent again, in milliseconds. */
const LONGEST = 8_000;
/** The longest pause that a service can ask for, in milliseconds. */
const LONGEST_ASKED = 30_000;
/** The bytes a second that a connection has at least. */
const SLOWEST = 20_000;
/** The longest answer in bytes: more than any object of a hub. */
const LARGEST = 80 * 1024 * 1024;

/** A client for one bucket. */
export class S3Client {
  readonly #address: S3Address;
  readonly #shown: string;
  readonly #environment: Environment;
  readonly #patience: Required<S3Patience>;
  #settings: S3Settings | undefined;
  #signer: Promise<Signer> | undefined;
  /** The region that the service named. */
  #region: string | undefined;
  /** How much the clock of the service is ahead, in milliseconds, if it refused that of this machine. */
  #ahead = 0;

  /**
   * @param address The address of the hub.
   * @param shown The same for messages.
   * @param options Variables, and how patient it is.
   */
  constructor(
    address: S3Address,
    shown: string,
    { environment, silence = 30_000, pause = 250, tries = 6 }: S3ClientOptions,
  ) {
    this.#address = address;
    this.#shown = shown;
    this.#environment = environment ?? getProcess().env;
    this.#patience = { silence, pause, tries };
  }

  /**
   * Sends a request, again and again while that can help: so it must be one that can be done twice.
   *
   * @throws {HubError} If it is refused, or the service does not answer.
   */
  async send(request: S3Request): Promise<S3Answer> {
    const mended = new Set<string>();
    for (let tries = 1;; tries++) {
      const { settings, region } = this.#signed();
      const { answer, error } = await this.#attempt(request);
      const isLast = tries >= this.#patience.tries;
      if (answer === undefined) {
        const [problem, reason] = connectionProblem(error);
        if (isLast || problem !== "unreachable") {
          throw this.#problem(problem, reason);
        }
        await this.#pause(tries);
        continue;
      }
      const refusal = refusalOf(answer, request);
      if (refusal === undefined) return answer;
      if (isPassing(refusal) && !isLast) {
        await this.#pause(tries, answer.headers.get("retry-after"));
      } else if (
        !this.#mend(refusal, answer, { mended, settings, region })
      ) {
        throw this.#problem(
          ...problemOf(refusal, this.#address.bucket),
        );
      }
    }
  }

  /** Reads a page of the keys that begin with a text. */
  async list(
    prefix: string,
    { after, most }: { readonly after?: string; readonly most?: number } = {},
  ): Promise<KeyPage> {
    for (let tries = 1;; tries++) {
      const { body } = await this.send({
        method: "GET",
        query: {
          "list-type": "2",
          prefix,
          ...(after !== undefined && { "continuation-token": after }),
          ...(most !== undefined && { "max-keys": String(most) }),
        },
      });
      const page = readPage(new TextDecoder().decode(body));
      if (page !== undefined) return page;
      if (tries >= this.#patience.tries) {
        throw this.#problem(
          "other",
          "its list of objects is not one of S3; check the address of the service",
        );
      }
      await this.#pause(tries);
    }
  }

  /** The place of an object, as a copy names it. */
  sourceOf(key: string): string {
    return `/${this.#address.bucket}/${encodeKey(key)}`;
  }

  /** Waits before something is tried again. */
  async #pause(tries: number, asked: string | null = null): Promise<void> {
    const own = Math.min(this.#patience.pause * 2 ** (tries - 1), LONGEST);
    const seconds = Number(asked ?? 0) * 1_000;
    await pause(
      Math.max(
        own * (0.5 + Math.random()),
        Number.isFinite(seconds) ? Math.min(seconds, LONGEST_ASKED) : 0,
      ),
    );
  }

  #problem(problem: HubProblem, reason: string): HubError {
    const { endpoint } = this.#address.endpoint === undefined
      ? this.#settings ?? {}
      : { endpoint: undefined };
    const at = endpoint === undefined ? "" : ` at ${shownUrl(endpoint)}`;
    return new HubError(
      `Cannot use ${this.#shown}${at}: ${visible(this.#hidden(reason))}`,
      { problem },
    );
  }

  /** A service can repeat what it was sent. */
  #hidden(text: string): string {
    const { accessKeyId, secretAccessKey, sessionToken } = this.#settings ??
      {};
    return [sessionToken, secretAccessKey, accessKeyId].reduce<string>(
      (shown, one) => one ? shown.replaceAll(one, "***") : shown,
      text,
    );
  }

  /** Changes what the service objects to, if that is known; each kind once a request. */
  #mend(
    { code, region }: Refusal,
    { headers }: S3Answer,
    { mended, settings, region: used }: Signed & { mended: Set<string> },
  ): boolean {
    const kind = code === "RequestTimeTooSkewed"
      ? "clock"
      : /Expired|InvalidToken|InvalidAccessKeyId|TokenRefresh/.test(code)
      ? "keys"
      : "region";
    if (mended.has(kind)) return false;
    mended.add(kind);
    if (kind === "clock") {
      const now = Date.parse(headers.get("date") ?? "");
      if (Number.isNaN(now)) return false;
      this.#ahead = now - Date.now();
      return true;
    }
    // Another request that was under way may have found it, too.
    if (kind === "keys") {
      return this.#current() !== settings || this.#readKeysAgain();
    }
    const found = headers.get("x-amz-bucket-region") ?? region;
    if (!found || !/^[a-z\d-]{1,40}$/.test(found)) return false;
    if (found === used) return false;
    this.#region = found;
    this.#signer = undefined;
    return true;
  }

  /** Another program may have written newer keys into the user's files. */
  #readKeysAgain(): boolean {
    const before = this.#settings;
    this.#settings = undefined;
    const now = this.#current();
    this.#signer = undefined;
    return now.accessKeyId !== before?.accessKeyId ||
      now.secretAccessKey !== before.secretAccessKey ||
      now.sessionToken !== before.sessionToken;
  }

  #current(): S3Settings {
    return this.#settings ??= readSettings(this.#address, {
      environment: this.#environment,
      shown: this.#shown,
    });
  }

  /** What the next request is signed with. */
  #signed(): Signed {
    return { settings: this.#current(), region: this.#signedRegion };
  }

  get #signedRegion(): string {
    return this.#region ?? this.#current().region;
  }

  /** Sends a request once; the error is that of a connection. */
  async #attempt(
    request: S3Request,
  ): Promise<{ readonly answer?: S3Answer; readonly error?: unknown }> {
    const signed = await this.#sign(request);
    const ending = new AbortController();
    const { silence } = this.#patience;
    const sending = (request.body?.length ?? 0) / SLOWEST * 1_000;
    const timer = setTimeout(() => ending.abort(), silence + sending);
    try {
      const response = await fetch(signed, { signal: ending.signal });
      const body = await bodyOf(response, () => {
        timer.refresh();
      });
      return {
        answer: { status: response.status, headers: response.headers, body },
      };
    } catch (error) {
      return { error };
    } finally {
      clearTimeout(timer);
    }
  }

  async #sign(
    { method, key, query = {}, headers, body }: S3Request,
  ): Promise<Request> {
    const { endpoint } = this.#current();
    const { bucket } = this.#address;
    const base = baseOf({ bucket, endpoint, region: this.#signedRegion });
    const path = key === undefined ? "" : `/${encodeKey(key)}`;
    const words = Object.entries(query).map((pair) =>
      pair.map(encodeText).join("=")
    ).join("&");
    const url = `${base}${path || "/"}${words && `?${words}`}`;
    this.#signer ??= this.#makeSigner();
    const signer = await this.#signer;
    const now = new Date(Date.now() + this.#ahead).toISOString();
    try {
      return await signer.sign(url, {
        method,
        headers: {
          ...headers,
          // The service compares it with what arrives.
          "x-amz-content-sha256": createHash("sha256").update(body ?? "")
            .digest("hex"),
        },
        ...(body !== undefined && { body }),
        redirect: "manual",
        aws: { datetime: now.replaceAll(/[:-]|\.\d{3}/g, "") },
      });
    } catch {
      // The error can have the keys in its text.
      throw this.#problem(
        "usage",
        "the keys, or the address of the service, have characters that no request can have",
      );
    }
  }

  async #makeSigner(): Promise<Signer> {
    const { accessKeyId, secretAccessKey, sessionToken } = this.#current();
    const make = await loadClient<Signer>(this.#shown, {
      name: "aws4fetch",
      exported: "AwsClient",
      major: 1,
    });
    return new make({
      accessKeyId,
      secretAccessKey,
      sessionToken,
      service: "s3",
      region: this.#signedRegion,
    });
  }
}

/** Why an answer is none of what was asked for; `undefined` if it is. */
function refusalOf(
  { status, headers, body }: S3Answer,
  { method, key, headers: sent = {} }: S3Request,
): Refusal | undefined {
  const isXml = body.length > 0 && (status >= 300 || method !== "GET");
  const fault = readFault(
    isXml ? new TextDecoder().decode(body.subarray(0, 65_536)) : "",
  );
  // A copy that fails while it is made was answered by 200 before.
  if (status === 200 || status === 204) {
    return fault.code === "" ? undefined : { status: 500, ...fault };
  }
  if (status === 412) return undefined;
  const isKeyMissing = key !== undefined && status === 404 &&
    ["", "NoSuchKey", "NoSuchVersion"].includes(fault.code);
  // An answer to a program of a web server, rather than to one of S3, is no word about a key.
  const isPage = headers.get("content-type")?.startsWith("text/html") === true;
  if (isKeyMissing && !(isPage && body.length > 0)) return undefined;
  // Two who write at once: one of them sees the other, and asks again.
  const isCondition = "if-match" in sent || "if-none-match" in sent;
  if (status === 409 && isCondition && fault.code === "") {
    return { status: 503, ...fault };
  }
  return { status, ...fault };
}

/** Reads a body, and calls a function for each piece of it. */
async function bodyOf(
  response: Response,
  onPiece: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    onPiece();
    length += piece.length;
    if (length > LARGEST) throw new Error("the answer does not end");
    pieces.push(piece);
  }
  const said = response.headers.get("content-length");
  const isPlain = !response.headers.has("content-encoding");
  if (isPlain && said !== null && Number(said) !== length) {
    throw new Error("the answer was cut off");
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}
