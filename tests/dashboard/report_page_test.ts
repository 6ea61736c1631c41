/// <reference lib="dom" />
/** A report of `ato report` in a browser, read from the disk. */
import { test } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { ato, inFolder } from "../cli/_lib.ts";
import { NO_BROWSER, screenshot, withPage } from "./_browser.ts";
import { makeRun } from "./_lib.ts";

const skip = NO_BROWSER;

for (
  const [name, options] of Object.entries(
    {
      "report-light": {},
      "report-dark": { colorScheme: "dark" },
      "report-360": { width: 360, height: 740 },
    } as const,
  )
) {
  test(
    `report: the page is shown without errors and fits its window (${name})`,
    {
      skip,
    },
    () =>
      inFolder(async (folder) => {
        const db = join(folder, "runs.db");
        for (const lr of [0.1, 0.2]) {
          const loss = Array.from(
            { length: 300 },
            (_, i) => Math.exp(-i * lr / 20),
          );
          await makeRun(db, {
            name: "<b>name</b>",
            config: { lr, model: { depth: 4 } },
            metrics: { loss: [...loss, lr > 0.1 ? NaN : 0] },
          });
        }
        const out = join(folder, "report.html");
        await ato("report", "1", "2", "--out", out, "--db", db);
        const requests: string[] = [];
        await withPage(pathToFileURL(out).href, async (page) => {
          page.on("request", (request) => requests.push(request.url()));
          await page.reload();
          await page.locator(".verdict").waitFor();
          await screenshot(page, name);
          const facts = await page.evaluate(() => [
            document.documentElement.scrollWidth <= innerWidth,
            document.querySelectorAll("svg circle title").length > 250,
            document.querySelectorAll("script, b").length,
            getComputedStyle(document.body).maxWidth,
          ]);
          // The style sheet is applied: its policy lets it.
          assertEquals(facts, [true, true, 0, "1100px"]);
        }, options);
        assert(requests.length === 1, requests.join());
      }),
  );
}
