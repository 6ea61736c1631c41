import { writeSync } from "node:fs";
import process from "node:process";
import { EXIT } from "./command.ts";
import { Terminal } from "./terminal.ts";

/**
 * Makes the terminal of this process: plain text if it is piped, no colours with `NO_COLOR`.
 *
 * If the reader closes the pipe (`ato show 1 | head`), the process exits with 0. If the output cannot be
 * written (a full disk), it exits with a sentence and exit code 2.
 *
 * @returns the terminal.
 */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  const interactive = stdout.isTTY === true;
  stdout.on("error", endProcess);
  // If stderr cannot be written, there is no place to say so.
  stderr.on("error", () => {});
  return new Terminal({
    write: (text) => attempt(() => stdout.write(text), endProcess),
    writeBytes: (bytes) => attempt(() => stdout.write(bytes), endProcess),
    warn: (text) => attempt(() => stderr.write(text), () => {}),
    outlive: () => void stdout.off("error", endProcess),
    ...(process.stdin.isTTY && stderr.isTTY && { ask }),
    interactive,
    color: interactive && !process.env.NO_COLOR && process.env.TERM !== "dumb",
    ...(interactive && { width: stdout.columns || 80 }),
  });
}

/** Deno throws at once; Node emits an event later. */
function attempt(
  write: () => unknown,
  onError: (error: NodeJS.ErrnoException) => void,
): void {
  try {
    write();
  } catch (error) {
    onError(error as NodeJS.ErrnoException);
  }
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const reader = createInterface({
    input: process.stdin,
    output: process.stderr,
  });
  try {
    // Ctrl-D closes it without an answer.
    return await Promise.race([
      reader.question(question),
      new Promise<string>((done) => reader.once("close", () => done(""))),
    ]);
  } finally {
    reader.close();
  }
}

function endProcess(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  const reason = isFull(error) ? "the disk is full" : error.message;
  try {
    // Synchronously: queued output would be lost when the process exits.
    writeSync(process.stderr.fd, `Cannot write the output: ${reason}\n`);
  } catch {
    // There is no place to say it; the exit code does.
  }
  process.exit(EXIT.usage);
}

/** Deno does not set the code everywhere. */
function isFull({ code, message }: NodeJS.ErrnoException): boolean {
  return code === "ENOSPC" || /no space left/i.test(message);
}
