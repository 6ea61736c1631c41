import { closeSync, openSync, writeSync } from "node:fs";
import { type OutputOptions, writeOutput } from "../output/output_file.ts";

/** Collects lines and hands them on in larger pieces. */
const PIECE = 1 << 16;

/**
 * Writes a file by lines. It has its name only when it is whole.
 *
 * @param path The file.
 * @param options What may be written over.
 * @param work Gets what takes each line, without its end.
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
 * Writes a file of bytes. It has its name only when it is whole.
 *
 * @param path The file.
 * @param options What may be written over.
 * @param work Gets what takes the next bytes.
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
        // A pipe, or a disk that is nearly full, may take a part only.
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
 * Writes a file with a text.
 *
 * @param path The file.
 * @param options What may be written over.
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
