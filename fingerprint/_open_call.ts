import type { NumericSketch, OutputRecord } from "../tracker/run_source.ts";
import { Encoder } from "./_encoder.ts";
import { SequenceEncoder } from "./_sequence.ts";
import { sketchValue } from "./sketch.ts";
import {
  fingerprintValue,
  isAsyncSequence,
  openStream,
  resolveBits,
  valuePrefix,
} from "./value.ts";
import type { WrapOptions } from "./recorder.ts";

type Place = Pick<OutputRecord, "traceId" | "sequence" | "call">;
type Ending = Omit<OutputRecord, keyof Place>;

/** How many numbers of a sequence are kept for its sketch. */
const SKETCHED_ITEMS = 4096;

/** A call whose record is not written yet. */
export class OpenCall {
  readonly #place: Place;
  readonly #options: WrapOptions;
  readonly #deliver: (record: OutputRecord) => void;

  constructor(
    place: Place,
    options: WrapOptions,
    deliver: (record: OutputRecord) => void,
  ) {
    this.#place = place;
    this.#options = options;
    this.#deliver = deliver;
  }

  /** Whether the user chose what to look at. */
  get inspects(): boolean {
    return this.#options.inspectFn !== undefined;
  }

  /** The call gave a value. */
  returned(value: unknown): void {
    const { inspectFn } = this.#options;
    if (inspectFn === undefined) return this.#recordValue(value, "value");
    const inspected = attempt(() => inspectFn(value));
    if ("reason" in inspected) {
      this.end({ outcome: "value", reason: inspected.reason });
    } else this.#recordValue(inspected.value, "value");
  }

  /** The call threw, or its promise was rejected. */
  failed(error: unknown): void {
    this.#recordValue(error, "error");
  }

  /** The call gave items that flow. */
  openSequence(): FlowingItems {
    return new FlowingItems(
      this,
      resolveBits(this.#options),
      this.#options.handlers ?? [],
    );
  }

  /** Writes the record. */
  end(ending: Ending): void {
    this.#deliver({ ...this.#place, ...ending });
  }

  #recordValue(value: unknown, outcome: "value" | "error"): void {
    if (value instanceof Promise) {
      value.then(
        (settled) => this.#recordValue(settled, outcome),
        (error) => this.end({ outcome, reason: messageOf(error) }),
      );
    } else if (isAsyncSequence(value)) {
      this.end({
        outcome,
        reason:
          "an async iterable can be read only once; look at its content with inspectFn",
      });
    } else {
      this.end({
        outcome,
        ...describe(value, () => fingerprintValue(value, this.#options)),
      });
    }
  }
}

/** The items of one call's result, hashed as they flow. */
export class FlowingItems {
  readonly #call: OpenCall;
  readonly #bits: number | undefined;
  readonly #stream: ReturnType<typeof openStream>;
  readonly #sequence: SequenceEncoder;
  readonly #sketched: unknown[] = [];
  #reason: string | undefined;
  #ended = false;

  constructor(
    call: OpenCall,
    bits: number | undefined,
    handlers: NonNullable<WrapOptions["handlers"]>,
  ) {
    this.#call = call;
    this.#bits = bits;
    this.#stream = openStream(bits);
    this.#sequence = new SequenceEncoder(
      new Encoder(this.#stream, bits, handlers),
    );
  }

  /** An item flowed. */
  add(item: unknown): void {
    if (this.#reason !== undefined) return;
    const done = attempt(() => this.#sequence.add(item));
    if ("reason" in done) this.#reason = done.reason;
    else if (this.#sketched.length < SKETCHED_ITEMS) this.#sketched.push(item);
  }

  /** The flow came to its end, or was left early. */
  end(outcome: "value" | "partial"): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#reason !== undefined) {
      return this.#call.end({ outcome, reason: this.#reason });
    }
    this.#call.end({
      outcome,
      ...describe(this.#sketched, () => {
        this.#sequence.end(outcome === "partial");
        return valuePrefix(this.#bits) + this.#stream.hex();
      }),
    });
  }

  /** The flow broke with an error. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#call.failed(error);
  }
}

/** Hash and sketch, or the reason why there is none. */
function describe(
  value: unknown,
  hash: () => string,
): { hash: string; sketch?: NumericSketch } | { reason: string } {
  const hashed = attempt(hash);
  if ("reason" in hashed) return hashed;
  const sketch = sketchValue(value);
  return sketch === undefined
    ? { hash: hashed.value }
    : { hash: hashed.value, sketch };
}

/** A recorder never breaks a call: what goes wrong in it becomes the record's reason. */
function attempt<T>(fn: () => T): { value: T } | { reason: string } {
  try {
    return { value: fn() };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
