/** Reads what a request asks for. Every value is checked, because any program of the machine can send one. */
import type { Context } from "hono";
import { MissingError, RequestError } from "./reply.ts";

/** The longest text of a query. */
const LONGEST = 10_000;

/** The query and the path of a request. */
export class Query {
  readonly #context: Context;

  /** Makes a reader of a request. */
  constructor(context: Context) {
    this.#context = context;
  }

  /** Is aborted when the client is gone. */
  get signal(): AbortSignal {
    return this.#context.req.raw.signal;
  }

  /** Reads a text. */
  text(name: string): string {
    return this.optionalText(name) ?? this.#refuse(name, "is missing");
  }

  /** Reads a text that may be missing. */
  optionalText(name: string): string | undefined {
    return this.texts(name)[0];
  }

  /** Reads a text that may be given several times. */
  texts(name: string): string[] {
    const all = this.#context.req.queries(name) ?? [];
    if (all.some((text) => text.length > LONGEST) || all.length > 100) {
      this.#refuse(name, "is too long");
    }
    return all;
  }

  /** Reads an integer that may be missing. */
  optionalInteger(
    name: string,
    { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: {
      readonly min?: number;
      readonly max?: number;
    } = {},
  ): number | undefined {
    const text = this.optionalText(name);
    if (text === undefined) return undefined;
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(value) && value >= min && value <= max) {
      return value;
    }
    return this.#refuse(name, `is not a whole number from ${min} to ${max}`);
  }

  /** Reads an integer. */
  integer(
    name: string,
    bounds: { readonly min?: number; readonly max?: number } = {},
  ): number {
    return this.optionalInteger(name, bounds) ??
      this.#refuse(name, "is missing");
  }

  /** Reads the id of a run from the path: `:id`. */
  runId(): number {
    return this.#id("id", "run");
  }

  /** Reads the id of an artifact from the path: `:artifact`. */
  artifactId(): number {
    return this.#id("artifact", "artifact");
  }

  #id(name: string, what: string): number {
    const text = this.#context.req.param(name) ?? "";
    const id = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(id)) return id;
    throw new MissingError(`Cannot find the ${what}: its id is not a number`);
  }

  #refuse(name: string, what: string): never {
    throw new RequestError(`Cannot read the request: ${name} ${what}`);
  }
}
