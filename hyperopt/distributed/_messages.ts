import { ADict } from "../../adict/mod.ts";
import { messageOf } from "../../internal/errors.ts";
import { decodeJson, encodeJson } from "../../internal/json.ts";
import { isPlainObject } from "../../internal/objects.ts";
import type { Trial } from "../trial.ts";

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
}

/** Writes a trial. */
export function encodeTrial(
  { config, words, metric, error }: Trial<object>,
): string {
  const message: TrialMessage = {
    config: new ADict(config).toObject(),
    words,
    metric,
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
  const { config, words, metric, error } = decode(text) as TrialMessage;
  const whole = new ADict(distribution)
    .update(config, { deep: true });
  if (error === undefined) return { config: whole, words, metric };
  return {
    config: whole,
    words,
    metric,
    error: Object.assign(new Error(error.message), { name: error.name }),
  };
}

function withoutUndefined(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, withoutUndefined(item)]),
  );
}
