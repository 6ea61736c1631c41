/**
 * Measures the dashboard in a real browser, on a file of 10,000 runs and 10 million points;
 * it is no part of `deno task bench`, because it needs Chromium and a minute to write the file.
 *
 *     deno run --config deno.npm.json -A bench/dashboard.ts [FILE]
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { BIG_PROJECT, writeBigFile } from "../tests/dashboard/_big_file.ts";
import { firstContent, SETTLE, timed, usageOf } from "./_dashboard_page.ts";
import { serve } from "./_dashboard_server.ts";
import { writersBeside } from "./_dashboard_writers.ts";
import { closeBrowser, withPage } from "../tests/dashboard/_browser.ts";

/** The last run has the curve of 2 million points. */
const LONGEST_RUN = 10_000;

/** An XPath: the first row is the run with this id. */
const firstIs = (id: number) =>
  `count((//*[contains(@class, "table-row")])[1]//a[text() = "${id}"]) = 1`;

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
        await firstContent(page, `${url}#/runs/${BIG_PROJECT}`, ".table-row a"),
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
      await page.goto(`${url}#/compare/1,2,3,4,5`);
      await page.waitForTimeout(SETTLE);
    });
  }
  return found;
}

const folder = mkdtempSync(join(tmpdir(), "ato-bench-"));
try {
  const [db = join(folder, "big.db")] = process.argv.slice(2);
  if (!existsSync(db)) await writeBigFile(db);
  const { child, url } = await serve(db);
  try {
    const figures = await measure(url);
    const { resident, cpu } = usageOf(child.pid ?? NaN);
    console.log(`memory of the server\t${resident.toFixed(0)} MB`);
    console.log(`CPU time of the server\t${cpu.toFixed(1)} s`);
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
  await closeBrowser();
  rmSync(folder, { recursive: true });
}
