/// <reference lib="dom" />
/** What the measurements of pages share: actions that are timed in the browser, and the memory of a server. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

/** Milliseconds after which a result is waited for no longer. */
const LIMIT = 120_000;

/** Milliseconds in which a page that was opened ends what it still does. */
export const SETTLE = 1_000;

/** An action of a person on a page. */
export interface Act {
  /** A CSS selector of what is clicked. */
  readonly click?: string;
  /** The same with the mouse: a page can wait for more than the event, e.g. for its focus. */
  readonly press?: string;
  /** The new part of the address after `#`. */
  readonly hash?: string;
  /** The text of a field. */
  readonly type?: readonly [selector: string, text: string];
}

/**
 * Times an action of the page from its event until an XPath holds in a drawn frame.
 *
 * @param page The page.
 * @param act The action; none to wait only.
 * @param until The XPath.
 * @returns milliseconds; infinity if it does not hold within two minutes.
 */
export async function timed(
  page: Page,
  act: Act,
  until: string,
): Promise<number> {
  const time = page.evaluate(async ({ act, until, limit }) => {
    const isDone = () =>
      document.evaluate(until, document, null, XPathResult.BOOLEAN_TYPE)
        .booleanValue;
    if (act.press !== undefined) {
      await new Promise((done) =>
        addEventListener("click", done, { capture: true, once: true })
      );
    }
    const start = performance.now();
    if (act.click !== undefined) {
      document.querySelector<HTMLElement>(act.click)?.click();
    }
    if (act.hash !== undefined) location.hash = act.hash;
    if (act.type !== undefined) {
      const field = document.querySelector<HTMLInputElement>(act.type[0])!;
      // Not by the field itself: libraries for pages watch its property, and would see no change.
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!
        .call(field, act.type[1]);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      for (const type of ["keydown", "keyup"]) {
        const options = { key: "Enter", bubbles: true };
        field.dispatchEvent(new KeyboardEvent(type, options));
      }
    }
    while (!isDone()) {
      if (performance.now() - start > limit) return Infinity;
      await new Promise(requestAnimationFrame);
    }
    return performance.now() - start;
  }, { act, until, limit: LIMIT });
  if (act.press !== undefined) await page.locator(act.press).first().click();
  return await time;
}

/**
 * Opens an address, and times from the start of the navigation until an element is there, as the page itself sees it.
 *
 * @param page The page.
 * @param url The address.
 * @param selector The CSS selector of the element.
 * @returns milliseconds.
 */
export async function firstContent(
  page: Page,
  url: string,
  selector: string,
): Promise<number> {
  await page.addInitScript((selector) => {
    const seen = new MutationObserver(() => {
      if (document.querySelector(selector) === null) return;
      seen.disconnect();
      Object.assign(globalThis, { firstAt: performance.now() });
    });
    seen.observe(document, { childList: true, subtree: true });
  }, selector);
  await page.goto(url);
  await page.waitForFunction(() => "firstAt" in globalThis);
  return await page.evaluate(() =>
    (globalThis as unknown as { firstAt: number }).firstAt
  );
}

/** What a process and those that it started use, on Linux. */
export interface Usage {
  /** Resident memory in MB, where each process counts what it shares with others. */
  readonly resident: number;
  /** The same, where what processes share is counted once. */
  readonly shared: number;
  /** CPU time in seconds. */
  readonly cpu: number;
}

/** Reads what a process and all those that it started use. */
export function usageOf(pid: number): Usage {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  const megabytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(rollup)?.[1] ?? 0) /
    1024;
  const own: Usage = {
    resident: megabytes("Rss"),
    shared: megabytes("Pss"),
    cpu: cpuOf(pid),
  };
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(/\s+/)
    .filter(Boolean).map((child) => usageOf(Number(child)));
  return children.reduce((sum, one) => ({
    resident: sum.resident + one.resident,
    shared: sum.shared + one.shared,
    cpu: sum.cpu + one.cpu,
  }), own);
}

/** Ticks of the kernel's clock in a second, which Linux tells programs whatever it really is. */
const TICKS = 100;

function cpuOf(pid: number): number {
  // The name in brackets may have blanks.
  const fields = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process has ended meanwhile, or this is not Linux.
    return "";
  }
}
