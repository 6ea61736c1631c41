/** Answers as JSON, and errors as sentences. */
import { isForUser, messageOf } from "../../internal/errors.ts";
import { jsonText } from "../../internal/json_text.ts";
import { StorageError } from "../../tracker/mod.ts";
import type { ErrorKind, ErrorReply, Figure } from "../api_types.ts";

/** What a request asks for does not exist. */
export class MissingError extends Error {
  override readonly name = "MissingError";
}

/** A request has a mistake. */
export class RequestError extends Error {
  override readonly name = "RequestError";
}

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

/** Sends an answer that is JSON already. */
export function jsonTextResponse(text: string): Response {
  return new Response(text, { headers: JSON_TYPE });
}

/** Writes an answer. Numbers that JSON lacks, and bigints, are strings. */
export function jsonResponse(reply: unknown, isPlain = false): Response {
  // For large tables, which hold nothing that JSON lacks, the plain way is several times faster.
  const text = isPlain ? JSON.stringify(reply) : jsonText(reply);
  return new Response(text, { headers: JSON_TYPE });
}

/** Writes an error. */
export function errorResponse(
  kind: ErrorKind,
  message: string,
  status: number,
): Response {
  const reply: ErrorReply = { error: { kind, message } };
  return new Response(jsonText(reply), { status, headers: JSON_TYPE });
}

/** An error that says itself what kind it is, e.g. because it comes from another thread. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly kind: ErrorKind;

  /** Makes the error. */
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The status of each kind of error. */
const STATUS: Readonly<Record<ErrorKind, number>> = {
  forbidden: 403,
  usage: 400,
  missing: 404,
  busy: 503,
  full: 503,
  gone: 503,
  damaged: 500,
  internal: 500,
};

/** Tells what kind of error was thrown. */
export function kindOf(error: unknown): ErrorKind {
  if (error instanceof AnswerError) return error.kind;
  if (error instanceof MissingError) return "missing";
  if (error instanceof RequestError) return "usage";
  if (error instanceof StorageError) {
    return error.problem === "busy" ? "busy" : "damaged";
  }
  return isForUser(error) ? "usage" : "internal";
}

/** Answers for what was thrown. `onFault` is told of what is no mistake of the request and no state of the file. */
export function responseFor(
  error: unknown,
  onFault: (message: string) => void,
): Response {
  const kind = kindOf(error);
  const message = messageOf(error);
  if (kind !== "internal") return errorResponse(kind, message, STATUS[kind]);
  onFault(`the dashboard could not answer a request: ${message}`);
  return errorResponse(
    "internal",
    "Cannot answer: the dashboard has a fault; its terminal has more",
    STATUS.internal,
  );
}

/** Writes a number as JSON can hold it. */
export function figure(value: number): Figure {
  return Number.isFinite(value) ? value : String(value) as Figure;
}
