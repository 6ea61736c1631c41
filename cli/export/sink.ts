import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** Collects lines and hands them on in larger pieces. */
const PIECE = 1 << 16;

/**
 * Writes a file by lines. It has its name only when it is whole.
 *
 * @param path The file.
 * @param work Gets what takes each line, without its end.
 */
export async function writeLines(
  path: string,
  work: (write: (line: string) => void) => Promise<void>,
): Promise<void> {
  const unfinished = `${path}.part`;
  const file = openSync(unfinished, "w");
  let pending = "";
  const flush = (): void => {
    writeSync(file, pending);
    pending = "";
  };
  try {
    await work((line) => {
      pending += line + "\n";
      if (pending.length > PIECE) flush();
    });
    flush();
    closeSync(file);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
