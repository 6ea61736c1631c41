import { ADict } from "../../adict/mod.ts";
import { messageOf } from "../../internal/errors.ts";
import { decodeJson, encodeJson } from "../../internal/json.ts";
import { isPlainObject } from "../../internal/objects.ts";
import type { Trial } from "../trial.ts";

/** The key of the entry that says how the search is told from others of its name. */
export const OPENED = "opened";

/** The key of the journal's last entry, for those who follow the search. */
export const DONE = "done";

/** Writes plain data so that every value can be read back, even NaN and dates. */
export function encode(value: unknown): string {
  return JSON.stringify(encodeJson(value));
}

/** Reads data that {@linkcode encode} wrote; keys whose values cannot be written, such as functions, are left out. */
export function decode(text: string): unknown {
  const { text: json, types } = JSON.parse(text);
  return withoutUndefined(decodeJson(json, types));
}

interface TrialMessage {
  readonly config: object;
  readonly words: readonly string[];
  readonly metric: number;
  readonly error?: { readonly name: string; readonly message: string };
  /** Earlier versions did not write it. */
  readonly run?: string;
  /** Earlier versions did not write it. */
  readonly span?: Span;
}

/** The times at which a trial began and ended, in milliseconds since 1970 by the engine's clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Writes a trial, and when it ran. */
export function encodeTrial(
  { config, words, metric, error, run }: Trial<object>,
  span: Span,
): string {
  const message: TrialMessage = {
    config: new ADict(config).toObject(),
    words,
    metric,
    span,
    ...(run !== undefined && { run }),
  };
  if (error === undefined) return encode(message);
  const name = error instanceof Error ? error.name : "Error";
  return encode({ ...message, error: { name, message: messageOf(error) } });
}

/**
 * Reads a trial.
 *
 * @param text The written trial.
 * @param distribution The config that the trial was asked for; values that cannot be written are taken from it.
 */
export function decodeTrial(text: string, distribution: object): Trial<object> {
  const { config, words, metric, error, run } = decode(text) as TrialMessage;
  const trial = {
    config: new ADict(distribution).update(config, { deep: true }),
    words,
    metric,
    ...(typeof run === "string" && { run }),
  };
  if (error === undefined) return trial;
  const { name, message } = error;
  return { ...trial, error: Object.assign(new Error(message), { name }) };
}

/** Reads when a trial ran; `undefined` if an earlier version wrote it. */
export function readSpan(text: string): Span | undefined {
  const { span } = decode(text) as Partial<TrialMessage>;
  return isTime(span?.from) && isTime(span?.to) ? span : undefined;
}

/** How a search is told from others of its name: the first rank that keeps it says so. */
export interface Opening {
  readonly nonce: string;
  /** The time in milliseconds since 1970 by the engine's clock. */
  readonly at: number;
}

/** Reads the end of a search; `undefined` if an earlier version wrote it, without the time. */
export function readEnd(text: string): number | undefined {
  const end = decode(text) as { readonly at?: number } | null;
  return isTime(end?.at) ? end!.at : undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function withoutUndefined(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, withoutUndefined(item)]),
  );
}
