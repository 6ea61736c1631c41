import type { Writable } from "node:stream";

/**
 * Makes what passes on the bytes that a program prints. Where nobody reads them any longer (`| head`
 * has seen enough, the disk is full), the program goes on and they are dropped.
 *
 * @param stream Where they go.
 * @param onLost Called once with the reason, where something else than a reader gone was in the way.
 * @returns takes the next bytes; the promise settles when more can be taken.
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
      // Deno throws at once what Node tells later.
      return lose(error as NodeJS.ErrnoException);
    }
    return new Promise<void>((done) => resume = done);
  };
}

function isReaderGone({ code, name }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || name === "BrokenPipe";
}
