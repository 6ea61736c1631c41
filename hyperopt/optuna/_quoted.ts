import { shortText } from "../../internal/key_path.ts";
import { visible } from "../../internal/visible_text.ts";

/** Writes a value of a file in a message: a file may come from a stranger. */
export function quoted(value: unknown): string {
  return visible(shortText(String(value)));
}
