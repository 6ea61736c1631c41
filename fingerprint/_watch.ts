import { messageOf } from "../internal/errors.ts";
import type { OpenCall } from "./_open_call.ts";
import { isSequence } from "./_sequence.ts";
import { isAsyncSequence, isThenable } from "./value.ts";
import {
  watchAsyncIterable,
  watchIterator,
  watchThenable,
} from "./_watch_sequence.ts";
import { watchStream } from "./_watch_stream.ts";

const UNSETTLED = "the run ended before its promise settled";

/**
 * Sees to it that a result is recorded, now or when it is there.
 *
 * @param call The call that gave it.
 * @param result What it gave.
 * @returns what to give to the caller.
 */
export function watch(call: OpenCall, result: unknown): unknown {
  try {
    return watchAny(call, result);
  } catch (error) {
    // A getter, a proxy or a handler that throws when it is looked at must not break the call.
    call.refuse(messageOf(error));
    return result;
  }
}

function watchAny(call: OpenCall, result: unknown): unknown {
  if (call.ended) return result;
  if (typeof result !== "object" || result === null) call.returned(result);
  else if (isBarePromise(result)) return watchPromise(call, result);
  else if (call.describes(result)) call.returned(result);
  else if (isThenable(result)) watchWhenAsked(call, result);
  else if (call.inspects) call.returned(result);
  else if (result instanceof ReadableStream) return watchStream(call, result);
  else if (isSequence(result) || isAsyncIterator(result)) {
    watchIterator(call, result);
  } else if (isAsyncSequence(result)) watchAsyncIterable(call, result);
  else call.returned(result);
  return result;
}

/** Whether a promise has nothing of its own that decides how it is awaited. */
function isBarePromise(value: object): value is Promise<unknown> {
  return value instanceof Promise &&
    Object.getPrototypeOf(value) === Promise.prototype &&
    !Object.hasOwn(value, "then") && !Object.hasOwn(value, "constructor");
}

/**
 * Returns the derived promise to the caller, so that an unhandled rejection is still reported, and so that
 * a stream that it resolves to can be watched.
 */
function watchPromise(
  call: OpenCall,
  promise: Promise<unknown>,
): Promise<unknown> {
  const arrived = call.waits(UNSETTLED);
  const derived = promise.then((value) => {
    arrived();
    return watch(call, value);
  }, (error) => {
    arrived();
    call.failed(error);
    throw error;
  });
  // What libraries put on their promises, e.g. `abort`. Symbols are the runtime's own.
  for (const key of Object.getOwnPropertyNames(promise)) {
    const own = Object.getOwnPropertyDescriptor(promise, key);
    if (own !== undefined) Object.defineProperty(derived, key, own);
  }
  return derived;
}

/** A query, or a promise of a class of its own: the very object, recorded once its content is asked for. */
function watchWhenAsked(call: OpenCall, result: PromiseLike<unknown>): void {
  watchThenable(call, result, UNSETTLED, (value) => watch(call, value));
  // Some can be read row by row instead.
  if (isAsyncSequence(result) && !call.inspects) {
    watchAsyncIterable(call, result);
  }
}

function isAsyncIterator(value: object): boolean {
  const like = value as Partial<AsyncIterableIterator<unknown>>;
  return typeof like.next === "function" && isAsyncSequence(value) &&
    like[Symbol.asyncIterator]?.() === value;
}
