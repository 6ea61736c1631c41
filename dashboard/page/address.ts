/// <reference lib="dom" />
/**
 * Writes the address of a view. A drag over a slider changes it sixty times a second, but browsers take 200 changes in
 * ten seconds (Chromium) or 100 in thirty (Safari), and then ignore them or throw. So those that come too fast are put
 * together.
 */

/** Changes that are written at once, and the milliseconds for which one more is paid with. */
const [BURST, PAUSE] = [10, 350];

let credit = BURST;
let paidAt = performance.now();
let unwritten: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Writes an address in the place of the one that there is, at once or soon. */
export function writeAddress(href: string): void {
  unwritten = href;
  if (timer !== undefined) return;
  if (isPaid()) settleAddress();
  else {
    timer = setTimeout(() => {
      timer = undefined;
      if (unwritten !== undefined) writeAddress(unwritten);
    }, PAUSE);
  }
}

/** Writes what waits: the page is about to be left, and Back must lead to what was shown. */
export function settleAddress(): void {
  if (unwritten === undefined) return;
  history.replaceState(null, "", unwritten);
  forgetAddress();
}

/** Writes nothing of what waits: the address has been changed otherwise. */
export function forgetAddress(): void {
  clearTimeout(timer);
  timer = undefined;
  unwritten = undefined;
}

function isPaid(): boolean {
  const now = performance.now();
  credit = Math.min(BURST, credit + (now - paidAt) / PAUSE);
  paidAt = now;
  if (credit < 1) return false;
  credit--;
  return true;
}
