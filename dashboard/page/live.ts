/// <reference lib="dom" />
/** Follows the file: a number that grows when it has changed. */
import { type ReadonlySignal, signal } from "@preact/signals";

const count = signal(0);
const state = signal<"open" | "lost">("open");

/** Grows with each change of the file. A view that uses it reads again. */
export const changes: ReadonlySignal<number> = count;

/** Whether the page hears of changes. */
export const connection: ReadonlySignal<"open" | "lost"> = state;

/** Starts to follow. The browser connects again by itself when the server comes back. */
export function followFile(): void {
  const events = new EventSource("/api/events");
  let wasLost = false;
  events.addEventListener("change", () => count.value++);
  events.addEventListener("open", () => {
    state.value = "open";
    if (wasLost) count.value++;
    wasLost = false;
  });
  events.addEventListener("error", () => {
    state.value = "lost";
    wasLost = true;
  });
}
