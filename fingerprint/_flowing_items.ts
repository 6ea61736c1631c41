import { attempt } from "./_attempt.ts";
import type { ByteStream } from "./_byte_stream.ts";
import { Encoder, type ValueHandler } from "./_encoder.ts";
import type { OpenCall, Unfinished } from "./_open_call.ts";
import { SequenceEncoder } from "./_sequence.ts";
import { Sketcher } from "./_sketcher.ts";
import { openStream, valuePrefix } from "./value.ts";

/** The items of one call's result, hashed as they flow. */
export class FlowingItems implements Unfinished {
  readonly #call: OpenCall;
  readonly #bits: number | undefined;
  readonly #stream: ByteStream;
  readonly #sequence: SequenceEncoder;
  readonly #sketcher: Sketcher;
  readonly #endings: (() => void)[] = [];
  #reason: string | undefined;
  #ended = false;

  constructor(
    call: OpenCall,
    bits: number | undefined,
    handlers: readonly ValueHandler[],
  ) {
    this.#call = call;
    this.#bits = bits;
    this.#stream = openStream(bits);
    this.#sequence = new SequenceEncoder(
      new Encoder(this.#stream, bits, handlers),
    );
    this.#sketcher = new Sketcher(handlers);
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
      const hashed = this.#reason === undefined
        ? attempt(() => this.#hash(outcome === "partial"))
        : { reason: this.#reason };
      this.#call.end(
        "reason" in hashed
          ? { outcome, ...hashed }
          : { outcome, hash: hashed.value, ...this.#sketcher.inRecord() },
      );
    });
  }

  /** Ends the record, because the rest will not be read. */
  abandon(): void {
    this.end("partial");
  }

  /** The flow broke with an error. */
  fail(error: unknown): void {
    this.#close(() => this.#call.failed(error));
  }

  /** The flow cannot be watched. */
  refuse(reason: string): void {
    this.#close(() => this.#call.refuse(reason));
  }

  #hash(partial: boolean): string {
    this.#sequence.end(partial);
    return valuePrefix(this.#bits) + this.#stream.hex();
  }

  #take(value: unknown, encode: () => void): void {
    if (this.#ended || this.#reason !== undefined) return;
    const done = attempt(encode);
    if ("reason" in done) this.#reason = done.reason;
    else this.#sketcher.tryAdd(value);
  }

  #close(record: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const then of this.#endings) then();
    record();
  }
}
