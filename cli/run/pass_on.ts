import type { Writable } from "node:stream";

/**
 * Makes a function that passes on the bytes that a program prints. If they cannot be written any longer
 * (`| head` has exited, the disk is full), they are dropped and the program continues.
 *
 * @param stream The stream to write to.
 * @param onLost Called once with the reason, unless the reader has closed the pipe.
 * @returns a function that takes the next bytes; its promise settles when more can be taken.
 */
export function passOn(
  stream: Writable,
  onLost: (error: Error) => void,
): (chunk: Uint8Array) => Promise<void> | void {
  let isGone = false;
  let resume: (() => void) | undefined;
  const lose = (error: NodeJS.ErrnoException) => {
    const isFirst = !isGone;
    isGone = true;
    resume?.();
    if (isFirst && !isReaderGone(error)) onLost(error);
  };
  stream.on("error", lose);
  stream.on("drain", () => resume?.());
  return (chunk) => {
    if (isGone) return;
    try {
      if (stream.write(chunk)) return;
    } catch (error) {
      // Deno throws at once; Node emits an event later.
      return lose(error as NodeJS.ErrnoException);
    }
    return new Promise<void>((done) => resume = done);
  };
}

function isReaderGone({ code, name }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || name === "BrokenPipe";
}
