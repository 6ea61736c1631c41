/** Lists and samples that the repository keeps: a test compares them, or updates them. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { assertEquals } from "@std/assert";

/**
 * Compares a stored text with the text that is true now. With `ATO_UPDATE=1` it is stored instead:
 *
 * ```sh
 * ATO_UPDATE=1 deno task test tests/package/exports_test.ts tests/package/packed_test.ts
 * ```
 *
 * @param file The file that keeps the text.
 * @param now The text that is true now.
 */
export function assertStored(file: URL, now: string): void {
  const stored = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (process.env.ATO_UPDATE === "1") {
    if (stored !== now) writeFileSync(file, now);
  } else {
    assertEquals(stored, now, `${file.href} is out of date; see _update.ts`);
  }
}
