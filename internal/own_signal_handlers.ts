/** The handlers of signals that are Ato's own: all others are the user's, and decide how the process ends. */
const own = new WeakSet<object>();

/** Marks a handler as Ato's own. */
export function markOwnHandler(handler: () => void): void {
  own.add(handler);
}

/** Tells whether the user has a handler of a signal. */
export function hasUserHandler(signal: string): boolean {
  return process.listeners(signal as "SIGINT").some((one) => !own.has(one));
}

let areLeft = false;

/** Leaves signals to the main thread: called in a thread of a search, which the search ends. */
export function leaveSignals(): void {
  areLeft = true;
}

/** Whether this thread leaves signals to the main thread. */
export function leavesSignals(): boolean {
  return areLeft;
}

let search: (() => void) | undefined;

/** Names what SIGINT does while searches run; `undefined` when there is none. */
export function setSearchInterrupt(interrupt: (() => void) | undefined): void {
  search = interrupt;
}

/**
 * Lets the searches of this process end, although the signal came to another handler of Ato.
 *
 * @returns whether there is a search.
 */
export function interruptSearch(): boolean {
  const interrupt = search;
  interrupt?.();
  return interrupt !== undefined;
}
