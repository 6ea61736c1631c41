/// <reference lib="dom" />
/** Follows the file: a number that grows when it has changed. */
import { type ReadonlySignal, signal } from "@preact/signals";

const count = signal(0);
const state = signal<"open" | "lost">("open");

const replaced = signal(0);
let known: string | undefined;

/** Grows when another file has taken the place of the one that was shown: then also what has ended is another. */
export const replacements: ReadonlySignal<number> = replaced;

/** Says which file the server shows. */
export function noteFile(identity: string): void {
  if (known !== undefined && known !== identity) replaced.value++;
  known = identity;
}

const lack = signal<string | undefined>(undefined);

/** Why there is no file, in a sentence; `undefined` if there is one. */
export const gone: ReadonlySignal<string | undefined> = lack;

/** Says that the server has no file, and why; or that it has one. */
export function noteGone(sentence: string | undefined): void {
  lack.value = sentence;
}

/** Grows with each change of the file. A view that uses it reads again. */
export const changes: ReadonlySignal<number> = count;

/** Whether the page hears of changes. */
export const connection: ReadonlySignal<"open" | "lost"> = state;

/**
 * Starts to follow while the page is seen. A browser opens six connections to a server: if each tab kept one, a seventh
 * tab would wait for ever. The browser connects again by itself when the server comes back.
 */
export function followFile(): void {
  let events: EventSource | undefined;
  let wasLost = false;
  const follow = () => {
    if (document.visibilityState === "hidden") {
      events?.close();
      events = undefined;
      // What changes meanwhile is read when the page is seen again.
      wasLost = true;
    } else events ??= listen();
  };
  const listen = () => {
    const source = new EventSource("/api/events");
    source.addEventListener("change", () => count.value++);
    source.addEventListener("open", () => {
      state.value = "open";
      if (wasLost) count.value++;
      wasLost = false;
    });
    source.addEventListener("error", () => {
      state.value = "lost";
      wasLost = true;
    });
    return source;
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}
