import { visible } from "../internal/visible_text.ts";
import type { NextStep } from "../why/mod.ts";

/** Writes what to do next: the command with its reason, or the reason alone. */
export function nextText({ command, why }: NextStep): string {
  return visible(command === undefined ? why : `${command}   (${why})`);
}
