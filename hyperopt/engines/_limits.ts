import { describe } from "../_describe.ts";
import { EngineError } from "./errors.ts";

/** The most bytes of a job's data, a journal's value or a journal's key. */
export const MAX_BYTES: number = 1024 * 1024;

const encoder = new TextEncoder();

/**
 * Refuses a text that is too large for a message.
 *
 * @param what What it is, e.g. `the data of the job "0.1"`.
 * @param text The text.
 * @throws {EngineError} If it has more than {@linkcode MAX_BYTES} bytes of UTF-8.
 */
export function checkSize(what: string, text: unknown): void {
  if (typeof text !== "string") {
    throw new EngineError(
      "usage",
      `Cannot send ${what}: it is ${describe(text)}; give a string`,
    );
  }
  // A character has at most three bytes for each of its UTF-16 units.
  if (text.length * 3 <= MAX_BYTES) return;
  const bytes = encoder.encode(text).length;
  if (bytes <= MAX_BYTES) return;
  throw new EngineError(
    "size",
    `Cannot send ${what}: it has ${
      bytes.toLocaleString("en-US")
    } bytes, and at most ` +
      `${
        MAX_BYTES.toLocaleString("en-US")
      } travel through an engine; store it as a file and send its address`,
  );
}

/**
 * Refuses a name that engines cannot hold.
 *
 * @param what What it is the name of, e.g. `journal`.
 * @param name The name.
 * @param allowed What it may be.
 * @throws {EngineError} If it has others, or none, or too many.
 */
export function checkName(
  what: string,
  name: unknown,
  allowed: AllowedName,
): void {
  if (typeof name === "string" && allowed.pattern.test(name)) return;
  const shown = describe(typeof name === "string" ? shorten(name) : name);
  throw new EngineError(
    "usage",
    `Cannot use ${shown} as the name of a ${what}: give 1 to 200 ${allowed.words}`,
  );
}

/** Returns a text that fits into a message. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What a name may be. */
export interface AllowedName {
  readonly pattern: RegExp;
  /** How a message lists the characters. */
  readonly words: string;
}

/** The names of journals and locks. */
export const PLAIN_NAME: AllowedName = {
  pattern: /^[A-Za-z\d]{1,200}$/,
  words: "letters and digits",
};

/** The ids of jobs. */
export const JOB_ID: AllowedName = {
  pattern: /^[\w.-]{1,200}$/,
  words: "letters, digits, -, _ and .",
};
