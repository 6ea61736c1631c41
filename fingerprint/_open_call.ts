import type { OutputRecord } from "../tracker/run_source.ts";
import { Encoder, isDescribed } from "./_encoder.ts";
import { SequenceEncoder } from "./_sequence.ts";
import { Sketcher } from "./_sketcher.ts";
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

/** What a call needs of the recorder that it belongs to. */
export interface CallHost {
  /** Takes the record. */
  deliver(record: OutputRecord): void;
  /** Sequences that flow, so that they can be ended when nothing will flow any more. */
  readonly flowing: Set<FlowingItems>;
}

/** A call whose record is not written yet. */
export class OpenCall {
  readonly #place: Place;
  readonly #options: WrapOptions;
  readonly #host: CallHost;

  constructor(place: Place, options: WrapOptions, host: CallHost) {
    this.#place = place;
    this.#options = options;
    this.#host = host;
  }

  /** Whether it is told what to look at, so that the value itself need not be watched. */
  knows(value: object): boolean {
    return this.#options.inspectFn !== undefined ||
      isDescribed(value, this.#options.handlers ?? []);
  }

  /** The call gave a value. */
  returned(value: unknown): void {
    const { inspectFn } = this.#options;
    if (inspectFn === undefined) return this.#recordValue(value, "value");
    const inspected = attempt(() => inspectFn(value));
    if ("reason" in inspected) this.refuse(inspected.reason);
    else this.#recordValue(inspected.value, "value");
  }

  /** The call threw, or its promise was rejected. */
  failed(error: unknown): void {
    this.#recordValue(error, "error");
  }

  /** The call gave a value that cannot be fingerprinted. */
  refuse(reason: string): void {
    this.end({ outcome: "value", reason });
  }

  /** The call gave items that flow. */
  openSequence(): FlowingItems {
    const items = new FlowingItems(
      this,
      resolveBits(this.#options),
      this.#options.handlers ?? [],
    );
    this.#host.flowing.add(items);
    items.onEnd(() => this.#host.flowing.delete(items));
    return items;
  }

  /** Writes the record. */
  end(ending: Ending): void {
    this.#host.deliver({ ...this.#place, ...ending });
  }

  #recordValue(value: unknown, outcome: "value" | "error"): void {
    if (value instanceof Promise) {
      value.then(
        (settled) => this.#recordValue(settled, outcome),
        (error) => this.end({ outcome, reason: messageOf(error) }),
      );
    } else if (isAsyncSequence(value)) {
      const reason =
        "what comes in time can be read only once; give its content from inspectFn";
      this.end({ outcome, reason });
    } else {
      const sketcher = new Sketcher();
      this.end({
        outcome,
        ...describe(sketcher, () => {
          const hash = fingerprintValue(value, this.#options);
          sketcher.add(value);
          return hash;
        }),
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
  readonly #sketcher = new Sketcher();
  readonly #endings: (() => void)[] = [];
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

  /** Calls a function once when the flow has ended, however it did. */
  onEnd(then: () => void): void {
    this.#endings.push(then);
  }

  /** An item flowed. */
  add(item: unknown): void {
    this.#take(item, () => this.#sequence.add(item));
  }

  /** What a generator returned at its end. */
  returned(value: unknown): void {
    if (value === undefined) return;
    this.#take(value, () => this.#sequence.returned(value));
  }

  /** The flow came to its end, or was left early. */
  end(outcome: "value" | "partial"): void {
    this.#close(() => {
      if (this.#reason !== undefined) {
        return this.#call.end({ outcome, reason: this.#reason });
      }
      this.#call.end({
        outcome,
        ...describe(this.#sketcher, () => {
          this.#sequence.end(outcome === "partial");
          return valuePrefix(this.#bits) + this.#stream.hex();
        }),
      });
    });
  }

  /** The flow broke with an error. */
  fail(error: unknown): void {
    this.#close(() => this.#call.failed(error));
  }

  /** The flow cannot be watched. */
  refuse(reason: string): void {
    this.#close(() => this.#call.refuse(reason));
  }

  #take(value: unknown, encode: () => void): void {
    if (this.#ended || this.#reason !== undefined) return;
    const done = attempt(encode);
    if ("reason" in done) this.#reason = done.reason;
    else this.#sketcher.add(value);
  }

  #close(record: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const then of this.#endings) then();
    record();
  }
}

/** Hash and sketch, or the reason why there is none. */
function describe(
  sketcher: Sketcher,
  hash: () => string,
): Pick<Ending, "hash" | "sketch" | "reason"> {
  const hashed = attempt(hash);
  if ("reason" in hashed) return hashed;
  const sketch = sketcher.finish();
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
