/// <reference lib="dom" />
/** Asks the server. */
import type { ErrorKind, ErrorReply } from "../api_types.ts";
import { noteGone } from "./live.ts";

/** The server has no answer. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** What went wrong; `offline` if the server does not answer. */
  readonly kind: ErrorKind | "offline";

  /** Makes the error. */
  constructor(kind: ErrorKind | "offline", message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The query of a request; values that are `undefined` are left out. */
export type RequestQuery = Readonly<
  Record<string, string | number | readonly string[] | undefined>
>;

/**
 * Reads an address of the server.
 *
 * @throws {ApiError} If there is no answer.
 */
export async function read<Reply>(
  path: string,
  query: RequestQuery = {},
  signal?: AbortSignal,
): Promise<Reply> {
  const response = await ask(`${path}${search(query)}`, signal);
  const reply: unknown = await response.json().catch(() => undefined);
  if (!response.ok || reply === undefined) throw problemOf(reply);
  noteGone(undefined);
  return reply as Reply;
}

/**
 * Reads an address of the server that answers text.
 *
 * @throws {ApiError} If there is no answer.
 */
export async function readText(
  path: string,
  query: RequestQuery = {},
  signal?: AbortSignal,
): Promise<string> {
  const response = await ask(`${path}${search(query)}`, signal);
  if (response.ok) return await response.text();
  throw problemOf(await response.json().catch(() => undefined));
}

function problemOf(reply: unknown): ApiError {
  const { error } = (reply ?? {}) as Partial<ErrorReply>;
  if (error?.kind === "gone") noteGone(error.message);
  return new ApiError(
    error?.kind ?? "internal",
    error?.message ?? "The server's answer cannot be read",
  );
}

async function ask(
  address: string,
  signal: AbortSignal | undefined,
): Promise<Response> {
  try {
    return await fetch(address, { ...(signal && { signal }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(
      "offline",
      "The dashboard does not answer; its process has ended. Start `ato dashboard` again",
    );
  }
}

function search(query: RequestQuery): string {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value ?? []].flat()) all.append(name, String(one));
  }
  return all.size === 0 ? "" : `?${all}`;
}
