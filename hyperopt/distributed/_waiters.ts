/** Lets several callers wait for the next change. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  /** Ends every wait. */
  wake(): void {
    for (const resolve of [...this.#waiting]) resolve();
  }

  /** Waits for the next change, but at most for some milliseconds. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, Math.max(0, Math.ceil(milliseconds)));
      this.#waiting.add(end);
      signal?.addEventListener("abort", end);
    });
  }
}
