/**
 * Names and numbers in sentences.
 *
 * @module
 */
import { hashChange } from "../internal/factor_change.ts";
import { kindOfFactor, splitCodeId } from "../internal/run_factors.ts";
import { short } from "../internal/text.ts";
import type { ShownFactor } from "./verdict_types.ts";

/** A longer value is not part of a sentence. */
const LONGEST = 40;

/**
 * Names a factor in a sentence.
 *
 * @param id The id of the factor.
 * @returns the name, not escaped: `lr`, `mse in src/loss.ts`, `variable LR_BOOST`.
 */
export function factorName(id: string): string {
  const rest = id.slice(id.indexOf(":") + 1);
  switch (kindOfFactor(id)) {
    case "code":
      return codeName(id);
    case "package":
      return `package ${rest}`;
    case "input":
      return `input ${rest}`;
    case "env":
      return `variable ${rest}`;
    case "command":
      return "the command";
    case "seed":
      return "the seed";
    default:
      return rest;
  }
}

function codeName(id: string): string {
  const [file, name] = splitCodeId(id);
  if (!id.includes("#")) return file;
  return name === "" ? `the top level of ${file}` : `${name} in ${file}`;
}

/**
 * Names a factor with its change.
 *
 * @param factor The factor.
 * @returns the name, and the values if they are short enough to read: `lr (0.1 -> 0.2)`.
 */
export function changeText({ id, before, after }: ShownFactor): string {
  const name = factorName(id);
  const kind = kindOfFactor(id);
  // The values of these are hashes.
  if (kind === "code" || kind === "input" || kind === "env") {
    const change = hashChange(id, before, after);
    return change === "changed" ? name : `${name} (${change})`;
  }
  const [from, to] = [before ?? "absent", after ?? "absent"];
  return from.length > LONGEST || to.length > LONGEST
    ? name
    : `${name} (${from} -> ${to})`;
}

/**
 * Joins phrases.
 *
 * @param phrases The phrases.
 * @param last The word before the last one. @default {"and"}
 * @returns `a`, `a and b`, `a, b and c`.
 */
export function join(phrases: readonly string[], last: string = "and"): string {
  if (phrases.length < 2) return phrases[0] ?? "";
  return `${phrases.slice(0, -1).join(", ")} ${last} ${phrases.at(-1)}`;
}

/**
 * Writes a p value.
 *
 * @param p The p value.
 * @returns `p = 0.03`, `p < 0.001`.
 */
export function pText(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`;
}

/**
 * Writes a difference with its sign.
 *
 * @param value The difference.
 * @returns `+0.2`, `-0.2`.
 */
export function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${number(value)}`;
}

/**
 * Writes a number in few digits.
 *
 * @param value The number.
 * @returns at most 6 significant digits.
 */
export function number(value: number): string {
  return short(value);
}

/**
 * Writes a number of things.
 *
 * @param count The number.
 * @param noun The noun in the singular.
 * @returns `1 repeat`, `2 repeats`.
 */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
