import { isError, messageOf } from "../../internal/errors.ts";
import type { EngineAddress } from "./_address.ts";
import { EngineError, type EngineProblem } from "./errors.ts";
import type { Judged } from "./_engine.ts";
import { NoAnswerError } from "./_persist.ts";

/** What the codes of the network mean. */
const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
  ECONNABORTED: "it closed the connection",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the host",
  ENOTFOUND: "there is no host of this name",
  EAI_AGAIN: "the name of the host cannot be looked up now",
  ENOENT: "there is no socket of this name",
};

/** How drivers and runtimes word a lost connection. */
const LOST =
  /connection is closed|connection terminated|connection ended|isn't writeable|not queryable|max retries per request|timed? ?out|timeout|socket hang up|connection error|client was closed|reset by peer|broken pipe|connection refused|unexpected eof|epipe/i;

/** How runtimes word a certificate that they do not trust, or an answer that is no TLS. */
const TLS =
  /certificate|wrong version number|ssl routines|tls alert|handshake|invalidcontenttype|corrupt message|ERR_TLS|ERR_SSL|self.signed/i;

/** Makes errors about an engine whose messages never have its password. */
export class EngineWords {
  readonly #address: EngineAddress;

  constructor(address: EngineAddress) {
    this.#address = address;
  }

  /** Makes an error; `reason` ends the sentence. */
  error(problem: EngineProblem, reason: string): EngineError {
    const { shown } = this.#address;
    return new EngineError(
      problem,
      `Cannot use the engine ${shown}: ${reason}`,
    );
  }

  /** Makes the error of something that the engine or its driver says. */
  other(error: unknown): EngineError {
    const text = this.#address.hide(messageOf(error)).trim();
    return this.error("other", text || "it failed without a reason");
  }

  /**
   * Says what an error of the network means.
   *
   * @returns `undefined` if the error is none of the network.
   */
  network(error: unknown): Judged | undefined {
    if (error instanceof EngineError) return { again: false, error };
    const code = codeOf(error);
    const text = messageOf(error);
    if (error instanceof NoAnswerError) return this.lost(text);
    const words = code === undefined ? undefined : CODES[code];
    if (words !== undefined) return this.lost(words);
    if (TLS.test(`${code ?? ""} ${text}`)) {
      return { again: false, error: this.tls(text) };
    }
    if (/lookup|getaddrinfo|name or service not known/i.test(text)) {
      return this.lost(CODES["ENOTFOUND"]!);
    }
    return LOST.test(text) ? this.lost("the connection was lost") : undefined;
  }

  /** Says that the connection is lost. */
  lost(words: string): Judged {
    return { again: true, error: this.error("lost", words) };
  }

  /** Says that the engine is not ready yet. */
  starting(words: string): Judged {
    return { ...this.lost(words), starting: true };
  }

  /** Makes the error of an encrypted connection. */
  tls(text: string): EngineError {
    return this.error(
      "tls",
      `an encrypted connection cannot be made (${
        this.#address.hide(text).trim()
      }); give the authority's certificate with sslrootcert=FILE, or check whether the port is the one for TLS`,
    );
  }

  /** Makes the error of a first connection that failed: what may be wrong is then likely the URL. */
  first({ error, starting = false }: Judged): EngineError {
    if (error.problem !== "lost" || starting) return error;
    const reason = error.message.replace(/^.*?: /s, "");
    const { engine, tls } = this.#address;
    const other = engine === "redis"
      ? tls === undefined ? "with TLS: rediss://" : "without TLS: redis://"
      : tls === undefined
      ? "with TLS: sslmode=verify-full"
      : "without TLS: no sslmode";
    return this.error(
      "host",
      `${reason}; start it, or correct host and port of the URL (${other})`,
    );
  }
}

/** Returns the code of an error, or of its cause. */
export function codeOf(error: unknown): string | undefined {
  if (!isError(error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === "string") return code;
  // Several addresses of one host were tried.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}
