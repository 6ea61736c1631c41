import { closeSync, openSync, writeSync } from "node:fs";
import { type OutputOptions, writeOutput } from "../output/output_file.ts";

/** The size of the pieces in which lines are written. */
const PIECE = 1 << 16;

/**
 * Writes a file line by line. The file gets its name when it is complete.
 *
 * @param path The file.
 * @param options What may be overwritten.
 * @param work Gets a function that takes each line, without its line break.
 */
export async function writeLines(
  path: string,
  options: OutputOptions,
  work: (write: (line: string) => void) => Promise<void>,
): Promise<void> {
  await writeBytes(path, options, async (write) => {
    const encoder = new TextEncoder();
    let pending = "";
    const flush = (): void => {
      write(encoder.encode(pending));
      pending = "";
    };
    await work((line) => {
      pending += line + "\n";
      if (pending.length > PIECE) flush();
    });
    flush();
  });
}

/**
 * Writes a file of bytes. The file gets its name when it is complete.
 *
 * @param path The file.
 * @param options What may be overwritten.
 * @param work Gets a function that takes the next bytes.
 */
export async function writeBytes(
  path: string,
  options: OutputOptions,
  work: (write: (bytes: Uint8Array) => void) => Promise<void>,
): Promise<void> {
  await writeOutput(path, options, async (unfinished) => {
    // The file is new and empty, or it is a pipe: appending is right for both.
    const file = openSync(unfinished, "a");
    try {
      await work((bytes) => {
        // A pipe or a nearly full disk can take a part only.
        for (let at = 0; at < bytes.length;) {
          at += writeSync(file, bytes, at, bytes.length - at);
        }
      });
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Writes a text file. The file gets its name when it is complete.
 *
 * @param path The file.
 * @param options What may be overwritten.
 * @param text The text.
 */
export async function writeText(
  path: string,
  options: OutputOptions,
  text: string,
): Promise<void> {
  await writeBytes(path, options, (write) => {
    write(new TextEncoder().encode(text));
    return Promise.resolve();
  });
}
