import type { OutputRecord } from "../internal/run_source.ts";
import { messageOf } from "../internal/errors.ts";
import { attempt } from "./_attempt.ts";
import { isDescribed } from "./_encoder.ts";
import { FlowingItems } from "./_flowing_items.ts";
import type { WrapOptions } from "./recorder.ts";
import { isSequence } from "./_sequence.ts";
import { Sketcher } from "./_sketcher.ts";
import {
  fingerprintValue,
  isAsyncSequence,
  isThenable,
  resolveBits,
} from "./value.ts";

type Place = Pick<OutputRecord, "traceId" | "sequence" | "call">;

/** What a record says besides which call it is of. */
export type Ending = Omit<OutputRecord, keyof Place>;

/** What has not ended, and can be ended when nothing will come any more. */
export interface Unfinished {
  /** Records it as it stands. */
  abandon(): void;
}

/** What a call needs of the recorder that it belongs to. */
export interface CallHost {
  /** Takes the record. */
  deliver(record: OutputRecord): void;
  /** Results that are still to come, or to flow on. */
  readonly unfinished: Set<Unfinished>;
}

/** A call whose record is not written yet. */
export class OpenCall {
  readonly #place: Place;
  readonly #options: WrapOptions;
  readonly #host: CallHost;
  #ended = false;

  constructor(place: Place, options: WrapOptions, host: CallHost) {
    this.#place = place;
    this.#options = options;
    this.#host = host;
  }

  /** Whether the record is written: only the first ending counts. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether a function was given that tells what of the result to look at. */
  get inspects(): boolean {
    return this.#options.inspectFn !== undefined;
  }

  /** Whether a value tells by itself, or through a handler, what it is. */
  describes(value: unknown): boolean {
    return isDescribed(value, this.#options.handlers ?? []);
  }

  /** The call gave a value. */
  returned(value: unknown): void {
    const { inspectFn } = this.#options;
    if (inspectFn === undefined) return this.#recordValue(value);
    const inspected = attempt(() => inspectFn(value));
    if ("reason" in inspected) this.refuse(inspected.reason);
    else this.#recordValue(inspected.value);
  }

  /** The call threw, or its promise was rejected. */
  failed(error: unknown): void {
    // Reading it would start it or use it up before the caller catches it.
    const live = attempt(() =>
      !this.describes(error) &&
      (isThenable(error) || isSequence(error) || isAsyncSequence(error))
    );
    const reason = "reason" in live
      ? live.reason
      : live.value
      ? "what was thrown has no value yet"
      : undefined;
    if (reason === undefined) this.#record(error, "error");
    else this.end({ outcome: "error", reason });
  }

  /** The call gave a value that cannot be fingerprinted. */
  refuse(reason: string): void {
    this.end({ outcome: "value", reason });
  }

  /**
   * The call gave something whose content is still to come. If the run ends before, that is
   * recorded.
   *
   * @param reason What is then the reason for there being no fingerprint.
   * @returns a function to call when the content has come.
   */
  waits(reason: string): () => void {
    const waiting: Unfinished = {
      abandon: () => {
        arrived();
        this.end({ outcome: "partial", reason });
      },
    };
    const arrived = (): void => void this.#host.unfinished.delete(waiting);
    this.#host.unfinished.add(waiting);
    return arrived;
  }

  /** The call gave items that flow. */
  openSequence(): FlowingItems {
    const items = new FlowingItems(
      this,
      resolveBits(this.#options),
      this.#options.handlers ?? [],
    );
    this.#host.unfinished.add(items);
    items.onEnd(() => this.#host.unfinished.delete(items));
    return items;
  }

  /** Writes the record. */
  end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#host.deliver({ ...this.#place, ...ending });
  }

  #recordValue(value: unknown): void {
    const timing = attempt(() => this.#timingOf(value));
    if ("reason" in timing) return this.refuse(timing.reason);
    if (timing.value === "now") return this.#record(value, "value");
    if (timing.value === "flowing") {
      return this.refuse(
        "what comes in time can be read only once; give its content from inspectFn",
      );
    }
    const arrived = this.waits("the run ended before what inspectFn gave came");
    Promise.resolve(value).then(
      (settled) => this.#record(settled, "value"),
      (error) => this.refuse(messageOf(error)),
    ).finally(arrived);
  }

  #timingOf(value: unknown): "now" | "later" | "flowing" {
    if (this.describes(value)) return "now";
    if (isThenable(value)) return "later";
    return isAsyncSequence(value) ? "flowing" : "now";
  }

  #record(value: unknown, outcome: "value" | "error"): void {
    const { precision, bits, handlers } = this.#options;
    const hashed = attempt(() =>
      fingerprintValue(value, {
        ...(precision !== undefined && { precision }),
        ...(bits !== undefined && { bits }),
        ...(handlers !== undefined && { handlers }),
      })
    );
    if ("reason" in hashed) return this.end({ outcome, ...hashed });
    const sketcher = new Sketcher(this.#options.handlers);
    sketcher.tryAdd(value);
    this.end({ outcome, hash: hashed.value, ...sketcher.inRecord() });
  }
}
