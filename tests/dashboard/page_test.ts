/// <reference lib="dom" />
import { test } from "node:test";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { NO_BROWSER, screenshot, withPage } from "./_browser.ts";
import { makeRun, startRun, withDashboard } from "./_lib.ts";

const skip = NO_BROWSER;
if (skip !== false) console.log(`tests of the page are skipped: ${skip}`);

async function fill(dbPath: string): Promise<void> {
  for (let i = 1; i <= 60; i++) {
    const lr = 10 ** -(1 + i % 3);
    const loss = Array.from(
      { length: 400 },
      (_, step) => Math.exp(-step * lr) + lr * (step % 7),
    );
    await makeRun(dbPath, {
      name: `trial ${i}`,
      config: { lr, seed: i, model: { depth: 4 } },
      metrics: { loss, accuracy: [i / 100] },
      tags: i % 5 === 0 ? ["best"] : [],
    });
  }
}

/** Waits until the first rows have these ids. */
async function untilRows(page: Page, ids: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll(".table-row a")].slice(0, wanted.length)
        .map((one) => one.textContent).join() === wanted.join(),
    ids,
  );
}

test(
  "page: runs are sorted, filtered and opened by clicking",
  { skip },
  () =>
    withDashboard(
      fill,
      ({ dashboard }) =>
        withPage(dashboard.url, async (page) => {
          await untilRows(page, ["60", "59", "58"]);
          await screenshot(page, "runs-light");
          const head = await page.locator(".table-head button")
            .allTextContents();
          assertEquals(head.slice(7, 9), ["lr", "seed"]);
          assert(
            !head.includes("model.depth"),
            "a key that does not differ is no column",
          );
          await page.locator(".table-head").getByRole("button", {
            name: "seed",
          })
            .click();
          await untilRows(page, ["1", "2", "3"]);
          await page.getByRole("searchbox").fill("lr<0.01 tag:best");
          await untilRows(page, ["5", "20", "35", "50"]);
          assertEquals(
            await page.locator(".count").textContent(),
            "4 of 60 runs",
          );
          await page.locator(".table-row a").first().click();
          await page.locator(".curve canvas").first().waitFor();
          await screenshot(page, "run-light");
          assert((await page.locator("h1").textContent())?.includes("Run 5"));
          assertEquals(new URL(page.url()).hash.split("?")[0], "#/run/5");
          await page.goBack();
          await untilRows(page, ["5", "20"]);
        }),
    ),
);

test(
  "page: a wrong condition is said, and the rows stay",
  { skip },
  () =>
    withDashboard(
      fill,
      ({ dashboard }) =>
        withPage(`${dashboard.url}#/runs/demo?where=%3D1`, async (page) => {
          await page.getByRole("alert").getByText(
            "Cannot read the condition =1",
          )
            .waitFor();
          await untilRows(page, ["60", "59"]);
          await page.getByRole("searchbox").fill("lr=0.1");
          await untilRows(page, ["60", "57"]);
          assertEquals(await page.getByRole("alert").count(), 0);
        }, { expected: /status of 400/ }),
    ),
);

test(
  "page: a link to what does not exist says so",
  { skip },
  () =>
    withDashboard(
      fill,
      ({ dashboard }) =>
        withPage(dashboard.url, async (page) => {
          for (
            const [hash, text] of [
              ["#/runs/nope", "Cannot find project nope"],
              ["#/run/999", "Cannot find run 999"],
              ["#/compare/", "No runs are named"],
              ["#/nope", "There is no such page"],
              ["#/constructor", "There is no such page"],
              ["#/__proto__", "There is no such page"],
            ]
          ) {
            await page.goto(`${dashboard.url}${hash}`);
            await page.getByText(text!).waitFor();
          }
        }, { expected: /status of 404/ }),
    ),
);

test(
  "page: everything on the page of runs can be done by keyboard",
  { skip },
  () =>
    withDashboard(
      fill,
      ({ dashboard }) =>
        withPage(dashboard.url, async (page) => {
          await untilRows(page, ["60"]);
          const press = async (...keys: string[]) => {
            for (const key of keys) await page.keyboard.press(key);
          };
          await press("/", "t", "r", "i", "a", "l");
          assertEquals(await page.getByRole("searchbox").inputValue(), "trial");
          await page.getByRole("searchbox").blur();
          await press("Space", "ArrowDown", "ArrowDown", "Space");
          assertEquals(await page.locator(".is-selected").count(), 2);
          await press("c");
          await page.locator(".legend").waitFor();
          assertEquals(await page.locator(".legend li").allTextContents(), [
            "run 60",
            "run 58",
          ]);
          await page.goBack();
          await untilRows(page, ["60"]);
          // Going back keeps what was selected.
          assertEquals(await page.locator(".is-selected").count(), 2);
          await press("Escape", "Space", "ArrowDown", "Space", "w");
          await page.locator(".verdict").waitFor();
          assertEquals(new URL(page.url()).hash.split("?")[0], "#/why/60/59");
          await page.goBack();
          await untilRows(page, ["60"]);
          await press("End", "Enter");
          await page.locator(".curve canvas").first().waitFor();
          assertEquals(new URL(page.url()).hash.split("?")[0], "#/run/1");
        }),
    ),
);

test(
  "page: rows follow a run that is being written, and new runs appear",
  { skip },
  () =>
    withDashboard(
      (dbPath) => makeRun(dbPath, { metrics: { loss: [1] } }),
      ({ dashboard, dbPath }) =>
        withPage(dashboard.url, async (page) => {
          await untilRows(page, ["1"]);
          const { logger } = await startRun(dbPath, {
            config: { lr: 7 },
            metrics: { loss: [0.25] },
          });
          await untilRows(page, ["2", "1"]);
          const first = page.locator(".table-row").first();
          await first.getByText("running").waitFor();
          logger.logMetric("loss", 0.125, 1);
          await first.getByText("0.125").first().waitFor();
          await logger.finish();
          await first.getByText("completed").waitFor();
        }),
    ),
);

test(
  "page: dragging over a curve zooms in, a double click zooms out",
  { skip },
  () =>
    withDashboard(
      fill,
      ({ dashboard }) =>
        withPage(`${dashboard.url}#/run/3`, async (page) => {
          const plot = page.locator(".curve").nth(1).locator(".u-over");
          await plot.waitFor();
          const { x, y, width, height } = (await plot.boundingBox())!;
          await page.mouse.move(x + width * 0.25, y + height / 2);
          await page.mouse.down();
          await page.mouse.move(x + width * 0.5, y + height / 2, { steps: 5 });
          await page.mouse.up();
          const note = page.locator("h2 small").first();
          await note.filter({ hasText: /^steps \d+ to \d+/ }).waitFor();
          const [from = 0, to = 0] = (await note.textContent())!.match(/\d+/g)!
            .map(Number);
          assert(
            Math.abs(from - 100) < 10 && Math.abs(to - 200) < 10,
            `${from} to ${to}`,
          );
          await plot.dblclick();
          await page.locator("h2 small").filter({ hasText: "drag to zoom" })
            .waitFor();
        }),
    ),
);

test("page: 3,000 rows are few elements, and the last one can be reached", {
  skip,
}, () =>
  withDashboard(async (dbPath) => {
    const { writeBigFile } = await import("./_big_file.ts");
    await writeBigFile(dbPath, { runs: 3_000, points: 10_000 });
  }, ({ dashboard }) =>
    withPage(dashboard.url, async (page) => {
      await page.getByText("3000 runs").waitFor();
      assert(await page.locator(".table-row").count() < 100);
      await page.keyboard.press("End");
      await page.locator(".is-cursor a").getByText("1", { exact: true })
        .waitFor();
      assert(await page.locator(".table-row").count() < 100);
    })));

test("page: texts of the file are text, never code", { skip }, () => {
  const hostile =
    '"><img src=x onerror="document.title=1"><script>document.title=2</script>\u202e';
  return withDashboard(async (dbPath) => {
    const made = {
      project: hostile,
      name: hostile,
      tags: [hostile],
      // The difference of the two values is no number.
      metrics: { [hostile]: [1e308, -1e308] },
    };
    await makeRun(dbPath, { ...made, config: { [hostile]: hostile } });
    await makeRun(dbPath, { ...made, config: { [hostile]: 1 } });
  }, ({ dashboard }) =>
    withPage(dashboard.url, async (page) => {
      await untilRows(page, ["2", "1"]);
      await page.locator(".spark-line").nth(1).waitFor({ state: "attached" });
      for (
        const hash of [
          "#/run/1",
          "#/compare/1,2",
          "#/why/1/2",
          `#/${encodeURIComponent(hostile)}`,
          "#/%E0%A4%A",
        ]
      ) {
        await page.goto(dashboard.url + hash);
        await page.locator("main > *").first().waitFor();
        await page.waitForFunction(() =>
          document.querySelector(".state-loading") === null
        );
        assertMatch(
          await page.title(),
          / · runs\.db · Ato$|^runs\.db · Ato$/,
          hash,
        );
        assertEquals(
          await page.locator("img, main script, iframe").count(),
          0,
          hash,
        );
        const text = await page.locator("body").innerText();
        assert(!text.includes("\u202e"), "text could run backwards");
      }
    }));
});

for (
  const [name, options] of Object.entries(
    {
      dark: { colorScheme: "dark" },
      narrow: { width: 360, height: 720 },
    } as const,
  )
) {
  test(
    `page: ${name}, every page fits`,
    { skip },
    () =>
      withDashboard(
        fill,
        ({ dashboard }) =>
          withPage(dashboard.url, async (page) => {
            for (
              const [what, hash, sign] of [
                ["runs", "#/", ".table-row"],
                ["run", "#/run/5", ".curve canvas"],
                ["compare", "#/compare/5,6,7?metric=loss", "canvas"],
                ["why", "#/why/5/6", ".verdict"],
              ] as const
            ) {
              await page.goto(dashboard.url + hash);
              await page.locator(sign).first().waitFor();
              const isTooWide = await page.evaluate(() =>
                document.documentElement.scrollWidth > innerWidth
              );
              assertEquals(isTooWide, false, what);
              await screenshot(page, `${what}-${name}`);
            }
          }, options),
      ),
  );
}
