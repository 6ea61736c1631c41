import process from "node:process";
import { Writable } from "node:stream";
import { clearTimeout, setTimeout } from "node:timers";

/** The milliseconds in which the main thread takes what a thread has printed, unless it is blocked for long. */
const PATIENCE = 10_000;

/** Streams that nobody reads. */
const unread = new WeakSet<Writable>();

/**
 * Waits until what this thread printed has come to the main thread. Under Node, a thread sends its output piece by
 * piece, and what it has not sent yet is lost when it is terminated. A stream that nobody reads, e.g. because the
 * reader of the program has gone, is waited for once.
 *
 * @param streams The streams of the thread.
 * @param patience The milliseconds to wait at most.
 */
export async function printed(
  streams: readonly unknown[] = [process.stdout, process.stderr],
  patience: number = PATIENCE,
): Promise<void> {
  await Promise.all(streams.filter(isBehind).map((it) => sent(it, patience)));
}

/** Whether there is something to wait for. Other runtimes have streams of other kinds, which keep nothing back. */
function isBehind(stream: unknown): stream is Writable {
  return stream instanceof Writable && stream.writableLength > 0 &&
    !unread.has(stream);
}

function sent(stream: Writable, patience: number): Promise<void> {
  return new Promise((done) => {
    const late = setTimeout(() => {
      unread.add(stream);
      done();
    }, patience);
    // The method of all streams: the program may have replaced that of this one.
    Writable.prototype.write.call(stream, "", "utf8", () => {
      clearTimeout(late);
      done();
    });
  });
}
