/** Giving a running job up: its objective is asked to end, and has some time for that. */
import { clearTimeout, setTimeout } from "node:timers";

/** The reason of a signal, in a form that a message to a thread can hold. */
export interface PlainReason {
  readonly name: "TimeoutError" | "AbortError";
  readonly message: string;
}

/** Makes the reason of a signal, as `AbortSignal.timeout` and `AbortController` have it. */
export function toReason({ name, message }: PlainReason): DOMException {
  return new DOMException(message, name);
}

/** Waits until a job has ended, but no longer than `grace` milliseconds; returns whether it has. */
export async function endsWithin(
  ended: Promise<unknown>,
  grace: number,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((done) => {
    if (grace === Infinity) return;
    timer = setTimeout(() => done(false), Math.min(grace, 2 ** 31 - 1));
  });
  try {
    return await Promise.race([ended.then(() => true, () => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
