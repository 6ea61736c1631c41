/** What a terminal would show of an output. */
import { visibleOutput } from "../../../../internal/visible_text.ts";

/**
 * Makes an output safe and readable: without colours, and with what a carriage return overwrites left out, as
 * progress bars do.
 */
export function consoleText(text: string): string {
  return visibleOutput(text, { color: false }).split("\n")
    .map((line) => {
      const parts = line.replace(/\r+$/, "").split("\r");
      return parts.at(-1) ?? "";
    }).join("\n");
}
