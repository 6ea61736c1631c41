/** Lists of inputs, as tables show them. */
import type { RecordedInput } from "../tracker/mod.ts";
import { visible } from "../internal/visible_text.ts";

/** Writes what kind of input it is, with the number of files of a folder. */
export function inputKindText({ kind, count }: RecordedInput): string {
  return kind === "folder" && count !== undefined
    ? `folder, ${count} ${count === 1 ? "file" : "files"}`
    : kind;
}

/** Writes the first digits of what identifies an input; empty if nothing is known of it. */
export function inputDigits({ sha256, kind, value }: RecordedInput): string {
  if (sha256 !== undefined) return sha256.slice(0, 12);
  if (kind === "secret" || kind === "variable") {
    return value.slice(value.lastIndexOf(":") + 1).slice(0, 12);
  }
  return kind === "url" ? visible(value) : "";
}

/**
 * Sorts what a run read for its reader: what is no variable first, and the variables that were not set last, because
 * libraries ask for dozens of those.
 *
 * @param inputs What was read, sorted by name.
 */
export function inOrder<Input extends Pick<RecordedInput, "kind" | "id">>(
  inputs: readonly Input[],
): Input[] {
  const place = ({ id, kind }: Input) =>
    !id.startsWith("env:") ? 0 : kind === "unset" ? 2 : 1;
  return inputs.toSorted((a, b) => place(a) - place(b));
}
