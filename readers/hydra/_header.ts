import { ConfigSyntaxError } from "../errors.ts";

/** Hydra does not search beyond this for the header. */
const HEADER_SIZE = 512;

/**
 * Returns the package in the `# @package` header of a file.
 *
 * @param text The file's text.
 * @param file The file.
 * @returns the package; `undefined` if there is no header.
 */
export function headerOf(text: string, file: string): string | undefined {
  let found: string | undefined;
  const lines = text.slice(0, HEADER_SIZE).split(
    // deno-lint-ignore no-control-regex
    /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/,
  );
  for (const [i, whole] of lines.entries()) {
    const line = whole.trim();
    if (line === "") continue;
    if (!/^#\s*@/.test(line)) break;
    const words = line.replace(/^#+/, "").trim().split(" ").filter(Boolean);
    if (words.length !== 2) {
      throw new ConfigSyntaxError(
        file,
        "a header is a key and a value: # @package model",
        { line: i + 1 },
      );
    }
    if (words[0] === "@package") found = words[1];
  }
  return found;
}
