import type { Writable } from "node:stream";

/** Passes on the bytes that a program prints. */
export interface Passer {
  /** Takes the next bytes; its promise settles when more can be taken. */
  write(chunk: Uint8Array): Promise<void> | void;
  /** Ends passing on. */
  stop(): void;
}

/** What listens to a stream for all who write to it: each run of a process would add listeners of its own. */
interface Watch {
  readonly errors: Set<(error: NodeJS.ErrnoException) => void>;
  readonly drains: Set<() => void>;
}

/** The streams that are written to. They are watched to the end: an error may come when a program has ended. */
const watched = new WeakMap<Writable, Watch>();

/**
 * Passes on the bytes that a program prints. If they cannot be written any longer (`| head` has exited, the disk is
 * full), they are dropped and the program continues.
 *
 * @param stream The stream to write to.
 * @param onLost Called once with the reason, unless the reader has closed the pipe.
 * @returns what takes the bytes; stop it when the program has ended.
 */
export function passOn(
  stream: Writable,
  onLost: (error: Error) => void,
): Passer {
  const { errors, drains } = watch(stream);
  let isGone = false;
  let resume: (() => void) | undefined;
  const lose = (error: NodeJS.ErrnoException) => {
    const isFirst = !isGone;
    isGone = true;
    resume?.();
    if (isFirst && !isReaderGone(error)) onLost(error);
  };
  const drain = () => resume?.();
  errors.add(lose);
  drains.add(drain);
  return {
    write(chunk) {
      if (isGone) return;
      try {
        if (stream.write(chunk)) return;
      } catch (error) {
        // Deno throws at once; Node emits an event later.
        return lose(error as NodeJS.ErrnoException);
      }
      return new Promise<void>((done) => resume = done);
    },
    stop() {
      errors.delete(lose);
      drains.delete(drain);
    },
  };
}

function watch(stream: Writable): Watch {
  const known = watched.get(stream);
  if (known !== undefined) return known;
  const made: Watch = { errors: new Set(), drains: new Set() };
  stream.on("error", (error) => made.errors.forEach((lose) => lose(error)));
  stream.on("drain", () => made.drains.forEach((resume) => resume()));
  watched.set(stream, made);
  return made;
}

function isReaderGone({ code, name }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || name === "BrokenPipe";
}
