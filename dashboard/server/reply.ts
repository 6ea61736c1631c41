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

/** Answers for what was thrown. `onFault` is told of what is no mistake of the request and no state of the file. */
export function responseFor(
  error: unknown,
  onFault: (message: string) => void,
): Response {
  const message = messageOf(error);
  if (error instanceof MissingError) {
    return errorResponse("missing", message, 404);
  }
  if (error instanceof RequestError) {
    return errorResponse("usage", message, 400);
  }
  if (error instanceof StorageError) {
    return error.problem === "busy"
      ? errorResponse("busy", message, 503)
      : errorResponse("damaged", message, 500);
  }
  if (isForUser(error)) return errorResponse("usage", message, 400);
  onFault(`the dashboard could not answer a request: ${message}`);
  return errorResponse(
    "internal",
    "Cannot answer: the dashboard has a fault; its terminal has more",
    500,
  );
}

/** Writes a number as JSON can hold it. */
export function figure(value: number): Figure {
  return Number.isFinite(value) ? value : String(value) as Figure;
}
