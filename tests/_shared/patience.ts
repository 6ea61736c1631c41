/** How long tests wait: a limit only ends a test that would wait for ever, however slow and busy the machine is. */
import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds after which a process that should have ended hangs; on a busy machine one takes seconds to start. */
export const PATIENCE = 180_000;

/** Fails if the promise is not settled after {@linkcode PATIENCE}. */
export async function soon<Result>(
  promise: Promise<Result>,
  message: () => string,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(message())), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks again and again until something is so; fails if it is not after {@linkcode PATIENCE}. */
export async function until(
  isSo: () => Promise<boolean> | boolean,
  message: () => string,
): Promise<void> {
  for (const start = performance.now(); !await isSo();) {
    if (performance.now() - start > PATIENCE) throw new Error(message());
    await pause(20);
  }
}
