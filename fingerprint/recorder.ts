/**
 * Recording what functions put out, call by call.
 *
 * @module
 */
import type { OutputRecord } from "../tracker/run_source.ts";
import { OpenCall } from "./_open_call.ts";
import {
  watchAsyncIterator,
  watchIterator,
  watchStream,
} from "./_watch_sequence.ts";
import { isSequence } from "./_sequence.ts";
import { resolveBits, type ValueOptions } from "./value.ts";
import { markWrapper } from "./wrapper.ts";

/** Options of {@linkcode OutputRecorder.wrap}. */
export interface WrapOptions<R = unknown> extends ValueOptions {
  /** The id of the trace. */
  readonly id: string;
  /** Called before each call: e.g. seeds a generator. What it throws reaches the caller. */
  readonly initFn?: () => void;
  /** Gives what of the result is to be fingerprinted, instead of the whole of it. */
  readonly inspectFn?: (result: R) => unknown;
}

// deno-lint-ignore no-explicit-any -- a constraint: any function, whatever it takes and gives
type AnyFunction = (...args: any[]) => unknown;

/** The most records that wait for a listener: a script without a tracker must not fill the memory. */
const MOST_WAITING = 100_000;

/**
 * Records the outputs of functions: which call, in which order, with which fingerprint.
 *
 * @example
 * ```ts
 * import { OutputRecorder } from "@ato/ato/fingerprint";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new OutputRecorder();
 * const double = recorder.wrap((x: number) => 2 * x, { id: "double" });
 * const seen: string[] = [];
 * recorder.subscribe((record) => seen.push(`${record.traceId} ${record.call} ${record.outcome}`));
 * assertEquals(double(21), 42);
 * assertEquals(seen, ["double 0 value"]);
 * ```
 */
export class OutputRecorder {
  readonly #calls = new Map<string, number>();
  readonly #listeners = new Set<(record: OutputRecord) => void>();
  #waiting: OutputRecord[] = [];
  #sequence = 0;
  #dropped = 0;

  /** How many records were let go because nobody listened for too long. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Wraps a function: the wrapper behaves exactly like it, and each call is recorded.
   *
   * Promises are recorded when they settle, iterators and streams as they flow. A result that
   * cannot be fingerprinted is recorded with the reason; the call goes on undisturbed.
   *
   * @param fn The function.
   * @param options Its id, what to call before, what to look at, how precisely.
   * @returns a function of the same type.
   * @throws {RangeError} if `precision` or `bits` is out of range.
   */
  wrap<F extends AnyFunction>(
    fn: F,
    options: WrapOptions<Awaited<ReturnType<F>>>,
  ): F {
    resolveBits(options); // a wrong option is an error here, not in every call
    const open = () => this.#open(options as WrapOptions);
    const wrapper = function (this: unknown, ...args: unknown[]): unknown {
      options.initFn?.();
      const call = open();
      let result: unknown;
      try {
        result = new.target === undefined
          ? Reflect.apply(fn, this, args)
          : Reflect.construct(
            fn,
            args,
            new.target === wrapper ? fn : new.target,
          );
      } catch (error) {
        call.failed(error);
        throw error;
      }
      return watch(call, result);
    };
    Object.defineProperty(wrapper, "name", {
      value: fn.name,
      configurable: true,
    });
    Object.defineProperty(wrapper, "length", {
      value: fn.length,
      configurable: true,
    });
    return markWrapper(wrapper as unknown as F, fn);
  }

  /**
   * Delivers the records that no earlier listener has been given, then those to come.
   *
   * @param listener Gets each record, in the order in which the calls ended.
   * @returns a function that ends it.
   */
  subscribe(listener: (record: OutputRecord) => void): () => void {
    this.#listeners.add(listener);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const record of waiting) listener(record);
    return () => void this.#listeners.delete(listener);
  }

  /** Starts the numbering of calls anew and lets go of what nobody has been given. */
  reset(): void {
    this.#calls.clear();
    this.#waiting = [];
    this.#sequence = 0;
    this.#dropped = 0;
  }

  #open(options: WrapOptions): OpenCall {
    const call = this.#calls.get(options.id) ?? 0;
    this.#calls.set(options.id, call + 1);
    return new OpenCall(
      { traceId: options.id, sequence: this.#sequence++, call },
      options,
      (record) => this.#deliver(record),
    );
  }

  #deliver(record: OutputRecord): void {
    if (this.#listeners.size > 0) {
      for (const listener of [...this.#listeners]) listener(record);
    } else if (this.#waiting.length < MOST_WAITING) {
      this.#waiting.push(record);
    } else {
      this.#dropped++;
    }
  }
}

/** Sees to it that a result is recorded, now or when it is there, and gives what to return. */
function watch(call: OpenCall, result: unknown): unknown {
  if (result instanceof Promise) {
    // The derived promise, so that a rejection that nobody handles is still reported as one.
    return result.then((value) => watch(call, value), (error) => {
      call.failed(error);
      throw error;
    });
  }
  if (call.inspects) call.returned(result);
  else if (result instanceof ReadableStream) return watchStream(call, result);
  else if (isSequence(result)) return watchIterator(call, result);
  else if (isAsyncIterator(result)) return watchAsyncIterator(call, result);
  else call.returned(result);
  return result;
}

function isAsyncIterator(
  value: unknown,
): value is AsyncIterableIterator<unknown> {
  if (
    typeof value !== "object" || value === null ||
    !(Symbol.asyncIterator in value)
  ) return false;
  const like = value as AsyncIterableIterator<unknown>;
  return typeof like.next === "function" &&
    like[Symbol.asyncIterator]() === value;
}
