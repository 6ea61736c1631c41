/** A real browser for tests of the page: Chromium, driven by `playwright-core`. */
import { mkdirSync } from "node:fs";
import process from "node:process";
import { after } from "node:test";
import { assertEquals } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import { CHROMIUM, CHROMIUM_ARGS } from "./_chromium.ts";

/** The reason for which tests in a browser are skipped; `false` if they are not. */
export const NO_BROWSER: string | false = CHROMIUM === undefined
  ? "no Chromium is installed; `apt-get install chromium`, or name one with ATO_CHROMIUM"
  : false;

/** Milliseconds to wait for a condition. */
const LIMIT = 90_000;

/** Options of a page. */
export interface PageOptions {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: "reduce" | "no-preference";
  /** Errors that the page is meant to cause, e.g. an answer with the status 400. */
  readonly expected?: RegExp;
}

/** Opens a page, and fails if anything on it caused an error that the browser reports. */
export async function withPage(
  url: string,
  work: (page: Page) => Promise<void>,
  {
    colorScheme = "light",
    width = 1280,
    height = 800,
    reducedMotion = "no-preference",
    expected,
  }: PageOptions = {},
): Promise<void> {
  const browser = await (shared ??= launch());
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height },
    reducedMotion,
  });
  // A slow and busy machine is no reason to fail: a limit only ends a test that would wait for ever.
  context.setDefaultTimeout(LIMIT);
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        errors.push(message.text());
      }
    });
    page.on("pageerror", (error) => errors.push(String(error.stack)));
    page.on("requestfailed", (failed) => {
      // Requests that the page itself gave up for newer ones are no errors.
      const why = failed.failure()?.errorText ?? "";
      if (why !== "net::ERR_ABORTED") errors.push(`${failed.url()}: ${why}`);
    });
    await page.goto(url);
    await work(page);
    assertEquals(errors.filter((text) => !expected?.test(text)), []);
  } finally {
    await context.close();
  }
}

/** One browser for all tests of a file: to start one takes seconds on a busy machine. */
let shared: Promise<Browser> | undefined;

/** Closes the browser; a program that runs no tests ends only then. */
export async function closeBrowser(): Promise<void> {
  const browser = await shared?.catch(() => undefined);
  shared = undefined;
  await browser?.close();
}

after(closeBrowser);

async function launch(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return await chromium.launch({
    ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
    timeout: LIMIT,
    args: [...CHROMIUM_ARGS],
  });
}

/** Takes a screenshot for a person to look at, if `ATO_SCREENSHOTS` names a folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env["ATO_SCREENSHOTS"];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}
