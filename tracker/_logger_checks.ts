/** Checks of what plain JavaScript can pass to a logger. */
import {
  checkChoice,
  checkInteger,
  checkName,
  checkOptions,
  checkText,
  checkTexts,
  describe,
  ifGiven,
  refuse,
} from "./_check.ts";
import { unknownOption } from "../internal/known_options.ts";
import type { Driver } from "./driver.ts";
import { TrackerUsageError } from "./errors.ts";
import type {
  FinishOptions,
  RunOptions,
  SQLLoggerOptions,
} from "./logger_options.ts";
import type { OpenOptions } from "./open.ts";

/** The statuses with which a run can end. */
const STATUSES = ["completed", "failed", "interrupted"] as const;

/** Checks options for opening a file. */
export function checkOpenOptions(options: OpenOptions, action: string): void {
  checkOptions(options, { action, what: "the argument" }, "an object");
  const { driver, synchronous, busyTimeout, onWarning } = options;
  ifGiven(
    synchronous,
    (value) =>
      checkChoice(value, { action, what: "synchronous" }, ["normal", "full"]),
  );
  ifGiven(busyTimeout, (value) => {
    if (typeof value === "number" && value >= 0) return;
    refuse(value, { action, what: "busyTimeout" }, "milliseconds, 0 or more");
  });
  ifGiven(onWarning, (value) => checkFunction(value, action, "onWarning"));
  ifGiven(driver, (value) => {
    if (typeof (value as Partial<Driver>)?.connect === "function") return;
    refuse(
      value,
      { action, what: "driver" },
      "a driver, e.g. from chooseDriver",
    );
  });
}

function checkFunction(value: unknown, action: string, what: string): void {
  if (typeof value !== "function") {
    refuse(value, { action, what }, "a function");
  }
}

/** Checks options for a logger. */
export function checkLoggerOptions(options: SQLLoggerOptions): void {
  const action = "make a logger";
  checkOpenOptions(options, action);
  const { onError, bufferSize, snapshot, now } = options;
  ifGiven(snapshot, (value) => {
    if (typeof value === "boolean") return;
    refuse(value, { action, what: "snapshot" }, "true or false");
  });
  ifGiven(
    onError,
    (value) =>
      checkChoice(value, { action, what: "onError" }, ["continue", "throw"]),
  );
  ifGiven(
    bufferSize,
    (value) => checkInteger(value, { action, what: "bufferSize" }, 1),
  );
  ifGiven(now, (value) => checkFunction(value, action, "now"));
}

/** Checks options for a run. */
export function checkRunOptions(options: RunOptions): void {
  const action = "start a run";
  checkOptions(
    options,
    { action, what: "the argument" },
    'an object, e.g. { tags: ["baseline"] }',
  );
  const { tags, name, notes, seed, parent, resume, trial } = options;
  ifGiven(tags, (value) => checkTexts(value, { action, what: "tags" }));
  ifGiven(name, (value) => checkText(value, { action, what: "name" }));
  ifGiven(notes, (value) => checkText(value, { action, what: "notes" }));
  ifGiven(seed, (value) => {
    if (typeof value === "string") {
      checkText(value, { action, what: "seed" });
    } else if (typeof value !== "bigint" && !Number.isFinite(value)) {
      refuse(value, { action, what: "seed" }, "a number, a bigint or a string");
    }
  });
  ifGiven(parent, (value) => checkRun(value, action, "parent"));
  ifGiven(resume, (value) => {
    checkOptions(
      value,
      { action, what: "resume" },
      "an object, e.g. { run: 7, step: 100 }",
    );
    checkRun(value.run, action, "resume.run");
    checkInteger(value.step, { action, what: "resume.step" });
  });
  ifGiven(trial, (value) => {
    checkOptions(
      value,
      { action, what: "trial" },
      "an object, e.g. { uuid, restarts: true }",
    );
    checkName(value.uuid, { action, what: "trial.uuid" });
  });
}

/** Checks the id or the UUID of a run. */
export function checkRun(value: unknown, action: string, what: string): void {
  if (typeof value === "string") checkName(value, { action, what });
  else if (!Number.isSafeInteger(value)) {
    refuse(value, { action, what }, "the id or the UUID of a run");
  }
}

/** Checks options for the end of a run. */
export function checkFinish(options: FinishOptions): void {
  const action = "finish the run";
  checkOptions(
    options,
    { action, what: "the argument" },
    'an object, e.g. { status: "completed" }',
  );
  ifGiven(
    options.status,
    (value) => checkChoice(value, { action, what: "status" }, STATUSES),
  );
}

/** Checks the values of several metrics. */
export function checkValues(values: unknown): void {
  checkOptions(
    values,
    { action: "log metrics", what: "the argument" },
    "an object of numbers, e.g. { loss: 0.3 }",
  );
}

/** Checks a list of points. */
export function checkPoints(points: unknown): void {
  const action = "log metrics";
  if (!Array.isArray(points)) {
    refuse(points, { action, what: "the argument" }, "a list of points");
  }
  for (const point of points) {
    checkOptions(
      point,
      { action, what: "one of the points" },
      "an object with a key and a value",
    );
    checkPoint(point["key"], point["value"], point["step"]);
  }
}

/** Checks a point. */
export function checkPoint(key: unknown, value: unknown, step: unknown): void {
  checkName(key, { action: "log a metric", what: "its name" });
  if (typeof value !== "number") {
    throw new TrackerUsageError(
      `Cannot log metric "${key}": its value is ${
        describe(value)
      }; pass a number`,
    );
  }
  if (step !== undefined && !Number.isSafeInteger(step)) {
    throw new TrackerUsageError(
      `Cannot log metric "${key}": step ${String(step)} is not an integer`,
    );
  }
}

/** Checks an artifact; in Python ato, the id of the run is the first argument. */
export function checkArtifact(path: unknown, options: unknown): void {
  const action = "log an artifact";
  const wanted = typeof path === "number"
    ? "the path first, because the logger knows the run"
    : "a path";
  if (typeof path !== "string") {
    refuse(path, { action, what: "its path" }, wanted);
  }
  checkName(path, { action, what: "its path" });
  checkOptions(
    options,
    { action, what: "the argument" },
    'an object, e.g. { type: "model" }',
  );
  ifGiven(
    options["type"],
    (value) => checkText(value, { action, what: "its type" }),
  );
}

/** Checks what {@linkcode SQLLogger.logConsole} gets. */
export function checkConsole(stream: unknown, bytes: unknown): void {
  const action = "record what was printed";
  checkChoice(stream, { action, what: "the stream" }, ["stdout", "stderr"]);
  if (bytes instanceof Uint8Array) return;
  refuse(bytes, { action, what: "what was printed" }, "a Uint8Array");
}

/** Checks options for an input. */
export function checkInput(options: unknown): void {
  const known = { name: true } as const;
  const action = "log an input";
  checkOptions(
    options,
    { action, what: "the argument" },
    'an object, e.g. { name: "train" }',
  );
  const unknown = unknownOption(options as object, Object.keys(known));
  if (unknown === undefined) return;
  throw new TrackerUsageError(`Cannot ${action}: ${unknown.reason}`);
}
