/**
 * Recording what functions put out, call by call.
 *
 * @module
 */
import type { OutputRecord } from "../internal/run_source.ts";
import { messageOf } from "../internal/errors.ts";
import { OpenCall, type Unfinished } from "./_open_call.ts";
import { checkFunction, checkOptions, describe } from "./_check.ts";
import { FingerprintUsageError } from "./errors.ts";
import {
  checkHandlers,
  resolveBits,
  VALUE_OPTIONS,
  type ValueOptions,
} from "./value.ts";
import { watch } from "./_watch.ts";
import { markWrapper } from "./wrapper.ts";

/** Options of {@linkcode OutputRecorder.wrap}. */
export interface WrapOptions<R = unknown> extends ValueOptions {
  /** The id of the trace. */
  readonly id: string;
  /** Called before each call: e.g. seeds a generator. What it throws reaches the caller. */
  readonly initFn?: () => void;
  /** Returns the part of the result that is fingerprinted, instead of the whole result. */
  readonly inspectFn?: (result: R) => unknown;
}

/** A constraint: any function, whatever it takes and gives. */
// deno-lint-ignore no-explicit-any -- parameters of `unknown` would fit no function
export type TracedFunction = (...args: any[]) => unknown;

/** Options of {@linkcode OutputRecorder}. */
export interface RecorderOptions {
  /**
   * Gets what the user should know but what must not stop a run: once for each trace, why an output
   * has no fingerprint.
   *
   * @default {console.warn}
   */
  readonly warn?: (message: string) => void;
}

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
  readonly #unfinished = new Set<Unfinished>();
  readonly #warned = new Set<string>();
  readonly #warn: (message: string) => void;
  #numbering = 0;
  #sequence = 0;
  #dropped = 0;

  /**
   * Makes a recorder that has seen no call yet.
   *
   * @param options Where warnings go.
   */
  constructor(options: RecorderOptions = {}) {
    const action = "make a recorder";
    checkOptions<RecorderOptions>(action, options, { warn: true });
    if (options.warn !== undefined) checkFunction(action, "warn", options.warn);
    this.#warn = options.warn ?? ((message) => console.warn(message));
  }

  /** The number of records that were dropped because there was no listener for too long. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Wraps a function: the wrapper behaves exactly like it, and each call is recorded.
   *
   * Promises are recorded when they settle, iterators and streams as they flow. A result that
   * cannot be fingerprinted is recorded with the reason; the call continues.
   *
   * @param fn The function.
   * @param options Its id, a function to call first, a function that selects what is recorded, and the precision.
   * @returns a function of the same type.
   * @throws {RangeError} If `precision` or `bits` is out of range.
   * @throws {FingerprintUsageError} If it is not a function, or an option is unknown.
   */
  wrap<F extends TracedFunction>(
    fn: F,
    options: WrapOptions<Awaited<ReturnType<F>>>,
  ): F {
    checkWrap(fn, options);
    resolveBits(options); // a wrong option is an error here, not in every call
    const run = (call: () => unknown): unknown => {
      options.initFn?.();
      const open = this.#open(options as WrapOptions);
      let result: unknown;
      try {
        result = call();
      } catch (error) {
        open.failed(error);
        throw error;
      }
      return watch(open, result);
    };
    // A Proxy has everything that the function has: name, length, prototype, static members.
    const wrapper: F = new Proxy(fn, {
      apply: (target, self, args) =>
        run(() => Reflect.apply(target, self, args)),
      construct: (target, args, made) =>
        run(() =>
          Reflect.construct(target, args, made === wrapper ? target : made)
        ) as object,
    });
    return markWrapper(wrapper, fn);
  }

  /**
   * Delivers the records that were not delivered to an earlier listener, and then every new one.
   *
   * @param listener Called with each record, in the order in which the calls ended.
   * @returns a function that removes the listener.
   */
  subscribe(listener: (record: OutputRecord) => void): () => void {
    checkFunction("subscribe", "the listener", listener);
    this.#listeners.add(listener);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const record of waiting) this.#tell(listener, record);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Restarts the numbering of calls and drops the records that were not delivered. Calls that are still
   * open are not recorded any more, because their numbers belong to the earlier numbering.
   */
  reset(): void {
    this.#numbering++;
    this.flush();
    this.#calls.clear();
    this.#warned.clear();
    this.#waiting = [];
    this.#sequence = 0;
    this.#dropped = 0;
  }

  /**
   * Records what is still open as partial: iterators and streams that were not read to their end, and
   * promises that have not settled. Call it when a run ends.
   */
  flush(): void {
    for (const one of [...this.#unfinished]) one.abandon();
  }

  #open(options: WrapOptions): OpenCall {
    const call = this.#calls.get(options.id) ?? 0;
    this.#calls.set(options.id, call + 1);
    const numbering = this.#numbering;
    return new OpenCall(
      { traceId: options.id, sequence: this.#sequence++, call },
      options,
      {
        deliver: (record) => {
          if (numbering === this.#numbering) this.#deliver(record);
        },
        unfinished: this.#unfinished,
      },
    );
  }

  #deliver(record: OutputRecord): void {
    if (record.reason !== undefined) {
      this.#warnOnce(
        record.traceId,
        `No fingerprint for an output of "${record.traceId}" (call ${record.call}): ${record.reason}`,
      );
    }
    if (this.#listeners.size > 0) {
      for (const listener of [...this.#listeners]) this.#tell(listener, record);
    } else if (this.#waiting.length < MOST_WAITING) {
      this.#waiting.push(record);
    } else {
      this.#dropped++;
    }
  }

  /** A listener that throws must not break the function whose output it is told. */
  #tell(listener: (record: OutputRecord) => void, record: OutputRecord): void {
    try {
      listener(record);
    } catch (error) {
      const text = messageOf(error);
      this.#warnOnce(
        `listener ${text}`,
        `An output of "${record.traceId}" (call ${record.call}) could not be handed on: ${text}`,
      );
    }
  }

  #warnOnce(key: string, message: string): void {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#warn(message);
  }
}

function checkWrap(fn: unknown, options: WrapOptions<never>): void {
  const action = "wrap a function";
  checkFunction(action, "it", fn);
  checkOptions<WrapOptions>(action, options, {
    id: true,
    initFn: true,
    inspectFn: true,
    ...VALUE_OPTIONS,
  });
  const { id, initFn, inspectFn, handlers } = options;
  if (typeof id !== "string") {
    throw new FingerprintUsageError(
      `Cannot ${action}: id is ${describe(id)}; give the id of the trace`,
    );
  }
  if (initFn !== undefined) checkFunction(action, "initFn", initFn);
  if (inspectFn !== undefined) checkFunction(action, "inspectFn", inspectFn);
  checkHandlers(action, handlers);
}
