/** Files that a page saves. */
import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";

/** Clicks a button, and returns the name and the bytes of the file that is saved. */
export async function saved(
  page: Page,
  button: Locator,
): Promise<readonly [name: string, content: Uint8Array]> {
  const waiting = page.waitForEvent("download");
  await button.click();
  const download = await waiting;
  return [download.suggestedFilename(), readFileSync(await download.path())];
}

/** As {@linkcode saved}, with the text of the file. */
export async function savedText(
  page: Page,
  button: Locator,
): Promise<readonly [name: string, text: string]> {
  const [name, content] = await saved(page, button);
  return [name, new TextDecoder().decode(content)];
}
