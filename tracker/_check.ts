/** Checks of what plain JavaScript can pass to a public function. */
import { checkStorable } from "./_storable_text.ts";
import { TrackerUsageError } from "./errors.ts";

/** What the caller does, and which of its values is checked. */
export interface Subject {
  /** E.g. `log a metric`. */
  readonly action: string;
  /** E.g. `its name`. */
  readonly what: string;
}

/** Describes a value in words. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === "string") return `the string ${JSON.stringify(value)}`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "function") return "a function";
  return `the ${typeof value} ${String(value)}`;
}

/** Refuses a value. */
export function refuse(
  value: unknown,
  { action, what }: Subject,
  wanted: string,
): never {
  throw new TrackerUsageError(
    `Cannot ${action}: ${what} is ${describe(value)}; pass ${wanted}`,
  );
}

/** Refuses anything but a string. A reader may ask for any string that another program stored. */
export function checkAnyText(value: unknown, subject: Subject): void {
  if (typeof value !== "string") refuse(value, subject, "a string");
}

/** Refuses anything but a string that can be stored. */
export function checkText(
  value: unknown,
  subject: Subject,
): asserts value is string {
  if (typeof value !== "string") refuse(value, subject, "a string");
  checkStorable(value, subject.action);
}

/** Refuses anything but a string that can be stored and is not empty. */
export function checkName(
  value: unknown,
  subject: Subject,
): asserts value is string {
  checkText(value, subject);
  if (value !== "") return;
  throw new TrackerUsageError(
    `Cannot ${subject.action}: ${subject.what} is empty; pass a name`,
  );
}

/** Refuses anything but one of some words. */
export function checkChoice(
  value: unknown,
  subject: Subject,
  choices: readonly string[],
): void {
  if ((choices as readonly unknown[]).includes(value)) return;
  refuse(value, subject, choices.map((word) => `"${word}"`).join(" or "));
}

/** Refuses anything but an integer of at least the given one. */
export function checkInteger(
  value: unknown,
  subject: Subject,
  least: number = Number.MIN_SAFE_INTEGER,
): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  const bound = least > Number.MIN_SAFE_INTEGER ? ` of at least ${least}` : "";
  refuse(value, subject, `an integer${bound}`);
}

/** Refuses anything but a number; NaN too. */
export function checkNumber(value: unknown, subject: Subject): void {
  if (typeof value === "number" && !Number.isNaN(value)) return;
  refuse(value, subject, "a number");
}

/** Refuses anything but a plain object, such as options in another form. */
export function checkOptions(
  value: unknown,
  subject: Subject,
  wanted: string,
): asserts value is Record<string, unknown> {
  const fits = typeof value === "object" && value !== null &&
    !Array.isArray(value);
  if (!fits) refuse(value, subject, wanted);
}

/** Refuses anything but a list of strings. */
export function checkTexts(value: unknown, subject: Subject): void {
  if (!Array.isArray(value)) refuse(value, subject, "a list of strings");
  for (const item of value) {
    checkText(item, { ...subject, what: `one of ${subject.what}` });
  }
}

/** Refuses anything but a list of the ids of runs. */
export function checkIds(value: unknown, action: string): void {
  const subject = { action, what: "the list of runs" };
  if (!Array.isArray(value)) refuse(value, subject, "a list of their ids");
  for (const id of value) {
    checkInteger(id, { action, what: "the id of a run" });
  }
}

/** Runs a check on an option that is given. */
export function ifGiven<T>(
  value: T | undefined,
  check: (value: T) => void,
): void {
  if (value !== undefined) check(value);
}
