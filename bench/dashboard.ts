/**
 * Measures the dashboard in a real browser, on a file of 10,000 runs and 10 million points;
 * it is no part of `deno task bench`, because it needs Chromium and a minute to write the file.
 *
 *     deno run --config deno.npm.json -A bench/dashboard.ts [FILE]
 */
/// <reference lib="dom" />
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Page } from "playwright-core";
import { BIG_PROJECT, writeBigFile } from "../tests/dashboard/_big_file.ts";
import { writersBeside } from "./_dashboard_writers.ts";
import { withPage } from "../tests/dashboard/_browser.ts";
import { ROOT, runtimeArgs } from "../tests/_shared/run_script.ts";

/** The last run has the curve of 2 million points. */
const LONGEST_RUN = 10_000;

/** Times an action of the page from its event until a condition holds in a drawn frame, in milliseconds. */
function timed(
  page: Page,
  act: {
    readonly click?: string;
    readonly hash?: string;
    readonly type?: readonly [selector: string, text: string];
  },
  until: string,
): Promise<number> {
  return page.evaluate(async ({ act, until }) => {
    const isDone = () =>
      document.evaluate(until, document, null, XPathResult.BOOLEAN_TYPE)
        .booleanValue;
    const start = performance.now();
    if (act.click !== undefined) {
      document.querySelector<HTMLElement>(act.click)?.click();
    }
    if (act.hash !== undefined) location.hash = act.hash;
    if (act.type !== undefined) {
      const field = document.querySelector<HTMLInputElement>(act.type[0])!;
      field.value = act.type[1];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    while (!isDone()) await new Promise(requestAnimationFrame);
    return performance.now() - start;
  }, { act, until });
}

/** An XPath: the first row is the run with this id. */
const firstIs = (id: number) =>
  `count((//*[contains(@class, "table-row")])[1]//a[text() = "${id}"]) = 1`;

/** Milliseconds from the start of the navigation until the first row of the table, as the page itself sees it. */
async function firstContent(page: Page, url: string): Promise<number> {
  await page.addInitScript(() => {
    const seen = new MutationObserver(() => {
      if (document.querySelector(".table-row a") === null) return;
      seen.disconnect();
      Object.assign(globalThis, { firstRowAt: performance.now() });
    });
    seen.observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${url}#/runs/${BIG_PROJECT}`);
  await page.locator(".table-row").first().waitFor();
  return await page.evaluate(() =>
    (globalThis as unknown as { firstRowAt: number }).firstRowAt
  );
}

/** How often each action is repeated: other programs of the machine only add time, so the least is told. */
const ROUNDS = 5;

async function measure(url: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const note = (what: string, milliseconds: number) => {
    found[what] = Math.min(found[what] ?? Infinity, milliseconds);
  };
  for (let round = 0; round < ROUNDS; round++) {
    await withPage("about:blank", async (page) => {
      note(
        round === 0 ? "first content, new server" : "first content",
        await firstContent(page, url),
      );
      await page.getByText("10000 runs").waitFor();
      for (let again = 0; again < ROUNDS; again++) {
        note(
          "sort by a config key",
          await timed(page, {
            click: '.table-head button[title="seed"]',
          }, firstIs(2)),
        );
        note(
          "sort by number of the run",
          await timed(page, {
            click: '.table-head button[title="run"]',
          }, firstIs(1)),
        );
        note(
          "filter by two conditions",
          await timed(
            page,
            { type: [".filter", "seed>=5000 lr<0.1"] },
            'contains(//*[@class="count"], " of ")',
          ),
        );
        await timed(
          page,
          { type: [".filter", ""] },
          'not(contains(//*[@class="count"], " of "))',
        );
      }
      note(
        "curve of 2 million points",
        await timed(
          page,
          { hash: `#/run/${LONGEST_RUN}` },
          "count(//canvas) > 1",
        ),
      );
    });
  }
  return found;
}

/** Starts `ato dashboard`; returns its address and its process. */
async function serve(db: string) {
  const words = [
    ...runtimeArgs("run"),
    "cli.ts",
    "dashboard",
    "--db",
    db,
    "--port",
    "0",
  ];
  const child = spawn(process.execPath, words, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((done) =>
    child.stdout.once("data", (text) => done(String(text)))
  );
  return { child, url: /http:\S+/.exec(line)?.[0] ?? "" };
}

/** The memory of a process in MB, on Linux. */
function memoryOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}

const folder = mkdtempSync(join(tmpdir(), "ato-bench-"));
try {
  const [db = join(folder, "big.db")] = process.argv.slice(2);
  if (!existsSync(db)) await writeBigFile(db);
  const { child, url } = await serve(db);
  try {
    const figures = await measure(url);
    console.log(`memory of the server\t${memoryOf(child.pid).toFixed(0)} MB`);
    for (const [what, milliseconds] of Object.entries(figures)) {
      console.log(`${what}\t${milliseconds.toFixed(0)} ms`);
    }
  } finally {
    child.kill("SIGTERM");
  }
  const { alone, beside } = await writersBeside(
    join(folder, "writers.db"),
    serve,
  );
  console.log(`CPU time of a point, four writers\t${alone.toFixed(1)} µs`);
  console.log(`… with the dashboard open\t${beside.toFixed(1)} µs`);
} finally {
  rmSync(folder, { recursive: true });
}
