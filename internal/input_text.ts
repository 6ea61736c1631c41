/** The values of inputs, as tables and lines show them. */
import { inputValue } from "./run_inputs.ts";
import { kindOfFactor } from "./run_factors.ts";
import { sizeText } from "./size_text.ts";
import { visible } from "./visible_text.ts";

/** Tells whether a factor is something that a run read. */
export function isInputFactor(id: string): boolean {
  const kind = kindOfFactor(id);
  return kind === "input" || kind === "env";
}

/**
 * Writes the value of an input.
 *
 * @param value The value of its factor; `undefined` if the run does not have it.
 * @returns visible text: `5be08c96, 812 bytes`, `70 files, 95a71c8f`, `unset`.
 */
export function inputText(value: string | undefined): string {
  if (value === undefined) return "absent";
  const found = inputValue(value);
  switch (found.is) {
    case "file":
      return `${found.sha256.slice(0, 8)}, ${sizeText(found.bytes)}`;
    case "folder":
      return `${found.sha256.slice(0, 8)}, ${found.files} files, ${
        sizeText(found.bytes)
      }`;
    case "secret":
      return `secret ${value.slice(value.lastIndexOf(":") + 1).slice(0, 8)}`;
    case "etag":
    case "modified":
      return visible(`${found.is} ${found.text}`);
    case "unset":
    case "unreadable":
      return found.is;
    default:
      return visible(value.slice(0, 40));
  }
}
