/**
 * The test files that drive a browser. What they look at, the page, is the same under each runtime, so the full suite
 * runs them under Deno only; the tests of the server that the page asks run under each runtime.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ROOT } from "./registry.ts";

/** An import of the helper that starts the browser. */
const BROWSER = /^import\b[^;]*\bfrom "\.\/_browser\.ts";$/m;

/**
 * Leaves out the tests that drive a browser.
 *
 * @param paths Paths of test files, from the root of the repository.
 * @returns the others, in the same order.
 */
export async function withoutBrowser(
  paths: readonly string[],
): Promise<string[]> {
  const texts = await Promise.all(
    paths.map((path) => readFile(resolve(ROOT, path), "utf8")),
  );
  return paths.filter((_, i) => !BROWSER.test(texts[i]!));
}
