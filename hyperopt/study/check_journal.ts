/**
 * Checks the journal of a study that came from elsewhere.
 *
 * @module
 */
import { isPlainObject } from "../../internal/objects.ts";
import { UserError } from "../../internal/errors.ts";
import { refuseDepth } from "../../internal/json.ts";
import { configOf, dimensionsOf } from "./_stored_config.ts";
import { decodeEvent } from "./_event_codec.ts";
import type { StudyEvent } from "./events.ts";
import { foldStudy } from "./_fold_study.ts";

/** The journal of a study is none that a study writes. */
export class UnsoundJournalError extends Error {
  /** Makes the error; the message is a clause. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnsoundJournalError";
  }
}

/**
 * Checks a journal as a whole: that each event has what a study writes, that it follows from those before it, and that
 * all sessions are of one study.
 *
 * @param events The events as the file stores them, the first one first.
 * @param study The name of the study, and the nonce of its sessions.
 * @throws {UnsoundJournalError} If it is not what a study writes.
 */
export function checkJournal(
  events: readonly string[],
  { id, nonce }: { readonly id: string; readonly nonce: string },
): void {
  const state: Seen = { nonce, points: 0, trials: new Map() };
  const decoded = events.map((text, index) => {
    const event = parsed(text, index);
    const problem = faultOf(event) ?? contradictionOf(event, state, index);
    if (problem !== undefined) {
      throw new UnsoundJournalError(`its event ${index} ${problem}`);
    }
    return decodeEvent(event);
  });
  if (decoded.length === 0) throw new UnsoundJournalError("it has no event");
  try {
    foldStudy(id, decoded, { path: "the journal", owner: undefined });
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UnsoundJournalError(
      "its events do not follow from each other",
      { cause },
    );
  }
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

function parsed(text: string, index: number): Fields {
  let value: unknown;
  try {
    refuseDepth(text);
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (isPlainObject(value)) return value;
  throw new UnsoundJournalError(`its event ${index} is not JSON of an object`);
}

/** The latest time of a date. */
const LATEST = 8.64e15;
/** More rungs, brackets and attempts than any study has: they are counted one by one. */
export const MOST = 1_000_000;

const isText: Check = (value) => typeof value === "string";
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isNumber: Check = (value) =>
  typeof value === "number" && Number.isFinite(value);
const isCount: Check = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 &&
  (value as number) <= MOST;
const isWhole: Check = (value) => Number.isSafeInteger(value);
const isFlag: Check = (value) => typeof value === "boolean";
const isTime: Check = (value) =>
  isNumber(value) && Math.abs(value as number) <= LATEST;
const oneOf = (...values: readonly unknown[]): Check => (value) =>
  values.includes(value);
const mapOf = (check: Check): Check => (value) =>
  isPlainObject(value) && Object.values(value).every(check);
const maybe = (check: Check): Check => (value) =>
  value === undefined || check(value);
const isNaming: Check = (value) =>
  isNumber(value) || ["NaN", "Infinity", "-Infinity"].includes(String(value));
const shaped = (shape: Readonly<Record<string, Check>>): Check => (value) =>
  isPlainObject(value) &&
  Object.entries(shape).every(([name, check]) =>
    check(Object.hasOwn(value, name) ? value[name] : undefined)
  );

const isMode = oneOf("min", "max");
const isMetrics = mapOf(isNaming);
const isError = shaped({ name: isText, message: isText });
const isPoint: Check = (value) =>
  Array.isArray(value) && value.every((one) => one === null || isNumber(one));

const ATTEMPT = { trial: isCount, rung: isCount, attempt: isCount };
const CONFIG = {
  config: maybe(isPlainObject),
  encoded: maybe(isText),
  point: maybe(isPoint),
  hash: maybe(isText),
};
const STORED = { ...CONFIG, point: isPoint, hash: isText };
const RESULT = { ...ATTEMPT, fidelity: isNumber, metrics: isMetrics };
const FAILURE = {
  ...ATTEMPT,
  error: isError,
  told: isFlag,
  final: isFlag,
};
const ENDED = {
  ...RESULT,
  checkpoint: maybe(shaped({ uri: isText, sha256: isText })),
};
const PLAIN = { done: maybe(isFlag) };

/** What the events of each kind have. */
const SHAPES: Readonly<
  Record<StudyEvent["kind"], Readonly<Record<string, Check>>>
> = {
  opened: {
    nonce: isText,
    seed: (value) => isText(value) || isNumber(value),
    metric: isText,
    mode: isMode,
    objectives: maybe(mapOf(isMode)),
    constraints: maybe(mapOf(mapOf(isNumber))),
    order: oneOf("arrival", "logical"),
    width: isCount,
    scheduler: isText,
    plan: isText,
    sampler: isText,
    space: isSpace,
    budget: maybe(mapOf(isNumber)),
    start: maybe(
      shaped({
        cwd: isText,
        host: maybe(isText),
        database: maybe(isText),
        command: maybe(isTexts),
        seal: maybe(isText),
      }),
    ),
  },
  started: {
    ...ATTEMPT,
    ...CONFIG,
    bracket: isCount,
    from: isNumber,
    to: isNumber,
    until: isNumber,
    seed: maybe(isNumber),
    worker: maybe(isText),
  },
  reused: {
    ...ATTEMPT,
    ...CONFIG,
    bracket: isCount,
    to: isNumber,
    seed: maybe(isNumber),
    source: isCount,
    metrics: isMetrics,
  },
  absent: { trial: isCount, bracket: isCount, rung: isCount },
  reported: { ...RESULT, until: isNumber },
  extended: { ...ATTEMPT, until: isNumber },
  completed: ENDED,
  stopped: ENDED,
  failed: FAILURE,
  lost: FAILURE,
  released: ATTEMPT,
  dropped: { trial: isCount, bracket: isCount, rung: isCount, error: isError },
  settled: { trial: isCount },
  enqueued: STORED,
  warmed: { ...STORED, fidelity: isNumber, metrics: isMetrics },
  linked: {
    trial: isCount,
    run: (value) => isText(value) || isWhole(value),
  },
  exhausted: PLAIN,
  closed: PLAIN,
};

/** What an event lacks of its kind. An event of a newer version has a kind that is not known; it changes nothing. */
function faultOf(event: Fields): string | undefined {
  const { kind, at } = event;
  if (typeof kind !== "string") return "has no kind";
  if (!isTime(at)) return "has no time";
  if (!Object.hasOwn(SHAPES, kind)) return undefined;
  for (
    const [name, check] of Object.entries(SHAPES[kind as StudyEvent["kind"]])
  ) {
    const value = Object.hasOwn(event, name) ? event[name] : undefined;
    if (!check(value)) {
      return `(${kind}) has as its ${name} what no study writes`;
    }
  }
  const { encoded } = event;
  return encoded === undefined || canDecode(event)
    ? undefined
    : `(${kind}) has a config that cannot be read`;
}

function canDecode(event: Fields): boolean {
  try {
    configOf(event as unknown as Parameters<typeof configOf>[0]);
    return true;
  } catch {
    return false;
  }
}

const isDimension = shaped({
  path: isText,
  kind: oneOf("float", "int", "ordinal", "category"),
  low: isNumber,
  high: isNumber,
  log: isFlag,
  step: maybe(isNumber),
  choices: (value) => Array.isArray(value),
  when: maybe(
    shaped({
      dimension: isCount,
      positions: (value) => Array.isArray(value) && value.every(isWhole),
    }),
  ),
});

function isSpace(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    const dimensions = dimensionsOf(value);
    return Array.isArray(dimensions) && dimensions.every(isDimension);
  } catch {
    return false;
  }
}

/** What the events so far say. */
interface Seen {
  readonly nonce: string;
  /** The number of dimensions of the space; 0 before the first session. */
  points: number;
  /** The attempt of each trial that is running; `undefined` if none is. */
  readonly trials: Map<number, string | undefined>;
}

/** What is said by an event that cannot be, after those before it. */
function contradictionOf(
  event: Fields,
  seen: Seen,
  index: number,
): string | undefined {
  const { kind, nonce, trial, point, space } = event;
  if (index === 0 && kind !== "opened") return "opens no session";
  if (kind === "opened") {
    if (nonce !== seen.nonce) return "is a session of another search";
    seen.points = dimensionsOf(String(space)).length;
  }
  if (Array.isArray(point) && point.length !== seen.points) {
    return "has a point of another space";
  }
  if (typeof trial !== "number") return undefined;
  // Trials are numbered one by one, and each has an event of its own.
  if (trial > seen.trials.size) return `is of trial ${trial}, before it began`;
  return contradictionOfTrial(event, seen, trial);
}

function contradictionOfTrial(
  event: Fields,
  { trials }: Seen,
  trial: number,
): string | undefined {
  const { kind, rung, attempt, source, seed, hash, point } = event;
  const name = `${rung} ${attempt}`;
  const isNew = !trials.has(trial);
  const running = trials.get(trial);
  switch (kind) {
    case "started":
    case "reused":
      if (
        isNew &&
        (seed === undefined || hash === undefined || point === undefined)
      ) return `begins trial ${trial} without a config`;
      if (running !== undefined) {
        return `starts trial ${trial}, which runs already`;
      }
      if (kind === "reused" && !trials.has(source as number)) {
        return `takes the result of trial ${source}, before it began`;
      }
      trials.set(trial, kind === "started" ? name : undefined);
      return undefined;
    case "absent":
      if (!isNew) return `leaves out trial ${trial}, which began`;
      trials.set(trial, undefined);
      return undefined;
    case "completed":
    case "stopped":
    case "failed":
    case "lost":
    case "released":
      if (running !== name) {
        return `ends an attempt of trial ${trial} that does not run`;
      }
      trials.set(trial, undefined);
      return undefined;
    default:
      return isNew ? `is of trial ${trial}, before it began` : undefined;
  }
}
