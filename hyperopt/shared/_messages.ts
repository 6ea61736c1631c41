/**
 * What the processes of a shared study tell each other. The queue has the jobs; the journal `told` has what workers
 * say of them: that they took one, reports, and its end.
 */
import { isRecord } from "../../internal/objects.ts";
import { decode, encode } from "../distributed/_messages.ts";
import type { StoredError } from "../study/events.ts";
import type { Checkpoint, Job } from "../study/job.ts";

/** The name of the journal that workers write to. */
export const TOLD = "told";

/** The most characters of a value in `told`: the engine keeps all of them, and the owner reads all of them. */
export const MOST = 65_536;
/** The most characters of the message of an error. */
const MOST_MESSAGE = 4_000;

/** The data of a job in the queue. */
export interface JobMessage<C> {
  readonly job: Job<C>;
  /** How often the trial was lost before, at any rung; the runs of the tracker are told apart by it. */
  readonly losses: number;
  /** How often the job can be lost before the trial is given up. */
  readonly lossesLeft: number;
}

/** A worker took a job. */
export interface TakeMessage {
  /** The process. */
  readonly member: string;
  /** The time of the engine's clock. */
  readonly at: number;
  /** The run of the tracker. */
  readonly run?: string;
}

/** A running job reports metrics. */
export interface ReportMessage {
  readonly metrics: Readonly<Record<string, number>>;
  readonly fidelity: number;
}

/** The end of a job. */
export type EndMessage =
  & {
    /** The time of the engine's clock. */
    readonly at: number;
  }
  & (
    | {
      readonly kind: "result";
      readonly metrics: Readonly<Record<string, number>>;
      readonly checkpoint?: Checkpoint;
    }
    | { readonly kind: "error"; readonly error: StoredError }
    /** The worker gives it back. */
    | { readonly kind: "release"; readonly reason: string }
    /** It was lost so often that this worker does not run it. */
    | { readonly kind: "decline" }
  );

/** The key of an entry in `told`. */
export interface ToldKey {
  readonly kind: "take" | "report" | "end";
  /** The id of the job. */
  readonly id: string;
  /** The number of the take, from 0: the fencing token. */
  readonly n: number;
}

const KEY = /^(take|report|end):([\w.-]+):(\d+)(?::\d+)?$/;

/** Reads a key; `undefined` if it is none of them. */
export function toldKey(key: string): ToldKey | undefined {
  const [, kind, id, n] = KEY.exec(key) ?? [];
  return kind === undefined
    ? undefined
    : { kind: kind as ToldKey["kind"], id: id!, n: Number(n) };
}

/** Returns the id of a job. */
export function idOf(
  { trial, rung, attempt }: Pick<Job<unknown>, "trial" | "rung" | "attempt">,
): string {
  return `${trial}.${rung}.${attempt}`;
}

/** Returns the trial of a job. */
export function trialOf(id: string): number {
  return Number(id.slice(0, id.indexOf(".")));
}

/** Writes a message so that every value can be read back, even NaN and dates. */
export function write(message: object): string {
  return encode(message);
}

/**
 * Reads what {@linkcode write} wrote.
 *
 * @returns the message; `undefined` if it is none: another program may have written to the engine.
 */
export function read<M extends object>(text: string): M | undefined {
  try {
    const value = decode(text);
    return isRecord(value) ? value as M : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

/** Brings an error into the form in which it is told. */
export function storedError(error: unknown): StoredError {
  const name = error instanceof Error
    ? error.name
    : isRecord(error) && typeof error["name"] === "string"
    ? error["name"]
    : typeof error;
  const message = error instanceof Error
    ? error.message
    : isRecord(error) && typeof error["message"] === "string"
    ? error["message"]
    : String(error);
  return {
    name,
    message: message.length > MOST_MESSAGE
      ? `${message.slice(0, MOST_MESSAGE)}…`
      : message,
  };
}
