/// <reference lib="dom" />
import { test } from "node:test";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { until } from "../_shared/patience.ts";
import { NO_BROWSER, screenshot, withPage } from "./_browser.ts";
import { makeRun, startRun, withDashboard } from "./_lib.ts";
import { MSE, record, recordRepeats } from "./_recorded.ts";

const skip = NO_BROWSER;

/** A curve that falls to a value. */
function curve(end: number, points = 60): number[] {
  return Array.from(
    { length: points },
    (_, step) => end + Math.exp(-step / 8),
  );
}

/** Three runs that differ in config, code and inputs, the last without inputs. */
async function fill(db: string): Promise<void> {
  await record(db, {
    config: { lr: 0.1, depth: 2 },
    seed: 1,
    mse: MSE[0],
    train: "a,b\n1,2\n",
    loss: curve(0.5),
  });
  await record(db, {
    config: { lr: 0.2, depth: 2 },
    seed: 1,
    mse: MSE[1],
    train: "a,b\n1,3\n",
    loss: curve(0.9),
  });
  await record(db, {
    config: { lr: 0.2, depth: 2 },
    seed: 1,
    mse: MSE[1],
    loss: curve(0.8),
  });
}

const hashOf = (page: Page) => new URL(page.url()).hash;

/** Clicks a chart at a place; both are shares of its width and its height. */
async function clickAt(page: Page, x: number, y: number): Promise<void> {
  const over = page.locator(".overlay .u-over").first();
  await over.scrollIntoViewIfNeeded();
  const box = (await over.boundingBox())!;
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
}

test(
  "page: compare shows what differs with its texts side by side, and nothing that is the same",
  {
    skip,
  },
  () =>
    withDashboard(
      fill,
      ({ dashboard }) =>
        withPage(`${dashboard.url}#/compare/1,2`, async (page) => {
          await page.locator(".sides").nth(1).waitFor();
          await page.locator(".overlay canvas").first().waitFor();
          const rows = await page.locator(".differences tbody th")
            .allTextContents();
          assertEquals(rows, ["lr", "loss.ts#mse", "train.csv"]);
          const mse = page.locator(".sides").first();
          assertEquals(
            (await mse.locator(".is-removed").allTextContents()).map((one) =>
              one.trim()
            ),
            ["−   return (a - b) ** 2;"],
          );
          assertEquals(
            (await mse.locator(".is-added").allTextContents()).map((one) =>
              one.trim()
            ),
            ["+   return Math.abs(a - b);"],
          );
          // One line of the table, so that they stand beside each other.
          assertEquals(
            await mse.locator("tr:has(.is-removed):has(.is-added)").count(),
            1,
          );
          assertEquals(
            await page.locator(
              ".coverage-config .is-differs, .coverage-code .is-differs, .coverage-inputs .is-differs",
            ).count(),
            3,
          );
          await screenshot(page, "compare-light");
          await page.locator(".sides").first().scrollIntoViewIfNeeded();
          await screenshot(page, "compare-diffs-light");
        }),
    ),
);

test(
  "page: two runs with unknown inputs are shown to be unknown, and two with equal ones to be the same",
  {
    skip,
  },
  () =>
    withDashboard(
      fill,
      ({ dashboard }) =>
        withPage(`${dashboard.url}#/compare/2,3`, async (page) => {
          const inputs = page.locator(".coverage-inputs");
          await inputs.waitFor();
          assertEquals(
            await inputs.locator("td").nth(2).textContent(),
            "unknown",
          );
          assertEquals(
            await page.locator(".coverage-code td").nth(2).textContent(),
            "the same",
          );
          assertEquals(
            await page.getByText("not recorded in each run").count(),
            1,
          );
          await page.goto(`${dashboard.url}#/why/2/3`);
          await page.locator(".verdict").waitFor();
          assertEquals(
            await page.locator(".coverage-inputs td").nth(2).textContent(),
            "unknown",
          );
          assert(
            !/inputs? (is|are) the same/.test(
              await page.locator("main").innerText(),
            ),
          );
          assert(await page.locator(".unknown li").count() > 0);
          await screenshot(page, "why-unknown-light");
        }),
    ),
);

test(
  "page: a click on the legend hides a run in all charts, and the link keeps it",
  {
    skip,
  },
  () =>
    withDashboard(async (db) => {
      for (const end of [0.2, 0.5, 0.9]) {
        await makeRun(db, {
          metrics: { loss: curve(end), accuracy: curve(end) },
        });
      }
    }, ({ dashboard }) =>
      withPage(`${dashboard.url}#/compare/1,2,3?metric=loss`, async (page) => {
        const charts = () =>
          page.locator(".overlay .chart");
        await charts().nth(1).locator("canvas").waitFor();
        const labels = () =>
          charts().evaluateAll((all) =>
            all.map((one) => one.getAttribute("aria-label"))
          );
        assertEquals(await labels(), [
          "loss of run 1, run 2, run 3",
          "accuracy of run 1, run 2, run 3",
        ]);
        const second = page.locator(".run-legend button").nth(1);
        await second.click();
        await page.locator('[aria-label="accuracy of run 1, run 3"]').waitFor();
        assertEquals(await second.getAttribute("aria-pressed"), "false");
        assertEquals(await labels(), [
          "loss of run 1, run 3",
          "accuracy of run 1, run 3",
        ]);
        await page.reload();
        await page.locator('[aria-label="loss of run 1, run 3"]').waitFor();
        // By keyboard it is shown again.
        await page.locator(".run-legend button").nth(1).press("Enter");
        await page.locator('[aria-label="loss of run 1, run 2, run 3"]')
          .waitFor();
        // The cursors of all charts move together.
        await charts().first().locator(".u-over").hover();
        await page.waitForFunction(() =>
          [...document.querySelectorAll<HTMLElement>(".u-cursor-x")].every((
            one,
          ) => !one.classList.contains("u-off") && one.style.transform !== "")
        );
      })),
);

test(
  "page: a point of one run and a point of another lead to why they differ",
  {
    skip,
  },
  () =>
    withDashboard(async (db) => {
      await makeRun(db, {
        config: { lr: 1 },
        metrics: { loss: Array(50).fill(0.1) },
      });
      await makeRun(db, {
        config: { lr: 2 },
        metrics: { loss: Array(50).fill(0.5) },
      });
      await makeRun(db, {
        config: { lr: 3 },
        metrics: { loss: Array(50).fill(0.9) },
      });
    }, ({ dashboard }) =>
      withPage(`${dashboard.url}#/compare/1,2,3`, async (page) => {
        await page.locator(".overlay canvas").first().waitFor();
        const picked = (side: string) =>
          page.locator(`.pick-${side}`).textContent();
        assertEquals([await picked("a"), await picked("b")], ["", ""]);
        await clickAt(page, 0.5, 0.02);
        await page.locator(".pick-a").filter({ hasText: "loss 0.9" }).waitFor();
        // Another point of the same run takes its place.
        await clickAt(page, 0.2, 0.02);
        await page.locator(".pick-a").filter({ hasText: "step 10" }).waitFor();
        assertEquals(await picked("b"), "");
        await clickAt(page, 0.5, 0.98);
        await page.locator(".pick-b").filter({ hasText: "loss 0.1" }).waitFor();
        await screenshot(page, "compare-picked-light");
        await page.locator(".why-go").click();
        await page.locator(".verdict").waitFor();
        // The step of the second point comes along.
        assertEquals(
          hashOf(page).replace(/\d+$/, "N"),
          "#/why/3/1?metric=loss&step=N",
        );
        await page.locator(".at-step").getByText(
          "0.9 → 0.1, a difference of -0.8",
        ).waitFor();
        await page.goBack();
        // Both points are still there, until a person clears them.
        await page.locator(".pick-b").filter({ hasText: "loss 0.1" }).waitFor();
        assertMatch(await picked("a") ?? "", /^loss 0\.9 at step 10$/);
        await page.getByRole("button", { name: "Clear" }).click();
        await page.locator(".pick-b").filter({ hasText: /^$/ }).waitFor({
          state: "attached",
        });
        // By keyboard: choose another run, and press w.
        await page.getByLabel("Run A").selectOption("3");
        await page.locator("h1").click();
        await page.keyboard.press("w");
        await page.locator(".verdict").waitFor();
        assertEquals(hashOf(page), "#/why/3/2?metric=loss");
      })),
);

test(
  "page: why shows the sentence of the answer, its repeats as dots, and the command to copy",
  {
    skip,
  },
  () =>
    withDashboard(
      (db) => recordRepeats(db, (end) => [end]),
      ({ dashboard, get }) =>
        withPage(`${dashboard.url}#/why/1/2`, async (page) => {
          const verdict = page.locator(".verdict");
          await verdict.waitFor();
          const { body } = await get("/api/why?a=1&b=2");
          assertEquals(await verdict.textContent(), body.sentence);
          const lines = page.locator(".evidence").first().locator(
            ".evidence-line",
          );
          assertEquals(await lines.first().locator("circle").count(), 4);
          assertEquals(
            await page.locator(".evidence-interval").count(),
            1,
            "one run has no interval",
          );
          await page.getByText("no interval: chance is not known").waitFor();
          await screenshot(page, "why-light");
        }),
    ),
);

test(
  "page: why offers what to do next as a command that a button copies",
  {
    skip,
  },
  () =>
    withDashboard(
      fill,
      ({ dashboard, get }) =>
        withPage(`${dashboard.url}#/why/1/2`, async (page) => {
          await page.context().grantPermissions([
            "clipboard-read",
            "clipboard-write",
          ]);
          const { body } = await get("/api/why?a=1&b=2");
          await page.locator(".sides").first().waitFor();
          await screenshot(page, "why-diff-light");
          const next = page.locator(".section").filter({ hasText: "Next" });
          assert((await next.innerText()).includes(body.next.why));
          const button = next.getByRole("button");
          assertEquals(await button.count(), body.next.command ? 1 : 0);
          if (!body.next.command) return;
          await button.click();
          await next.getByText("Copied").waitFor();
          assertEquals(
            await page.evaluate(() => navigator.clipboard.readText()),
            body.next.command,
          );
        }),
    ),
);

test(
  "page: why is asked again when a person says so, after its project and not another one has changed",
  { skip },
  () =>
    withDashboard(async (db) => {
      await makeRun(db, { config: { lr: 1 }, metrics: { loss: [1] } });
      await makeRun(db, { config: { lr: 2 }, metrics: { loss: [2] } });
    }, ({ dashboard, dbPath }) =>
      withPage(`${dashboard.url}#/why/1/2`, async (page) => {
        await page.locator(".verdict").waitFor();
        const again = page.getByRole("button", { name: "Ask again" });
        let looks = 0;
        page.on("response", (response) => {
          if (response.url().includes("/api/why/state")) {
            looks++;
          }
        });
        for (let run = 0; run < 3; run++) {
          const before = looks;
          await makeRun(dbPath, { project: "other", metrics: { loss: [1] } });
          await until(() =>
            looks > before, () => "the page does not look");
        }
        assertEquals(await again.count(), 0);
        await makeRun(dbPath, { config: { lr: 1 }, metrics: { loss: [1] } });
        await again.click();
        await page.locator(".evidence circle").nth(2).waitFor();
        await again.waitFor({ state: "detached" });
      })),
);

for (
  const [name, make, sign] of [
    ["equal results", async (db: string) => {
      for (let i = 0; i < 2; i++) {
        await record(db, { mse: MSE[0], train: "1\n", loss: [1] });
      }
    }, ".verdict-identical"],
    ["a run that is not complete", async (db: string) => {
      await makeRun(db, { metrics: { loss: [3, 2] } });
      const { logger } = await startRun(db, { metrics: { loss: [3] } });
      await logger.finish({ status: "failed" });
    }, ".verdict-stopped-early"],
    ["runs that recorded nothing but their results", async (db: string) => {
      await makeRun(db, { metrics: { loss: [1] } });
      await makeRun(db, { metrics: { loss: [2] } });
    }, ".verdict-unexplained"],
    ["runs without a metric", async (db: string) => {
      await makeRun(db);
      await makeRun(db, { config: { lr: 2 } });
    }, ".verdict"],
  ] as const
) {
  test(
    `page: why of ${name}`,
    { skip },
    () =>
      withDashboard(
        make,
        ({ dashboard, get }) =>
          withPage(`${dashboard.url}#/why/1/2`, async (page) => {
            const verdict = page.locator(sign);
            await verdict.waitFor();
            const { body } = await get("/api/why?a=1&b=2");
            assertEquals(await verdict.textContent(), body.sentence);
            assertEquals(
              await page.locator(".progress li").count(),
              body.progress.stopped.length,
            );
            const hasFull = body.coverage.inputs.level === "full";
            assertEquals(
              await page.locator(".coverage-inputs td").nth(2).textContent(),
              hasFull ? "the same" : "unknown",
            );
            assertEquals(
              await page.getByRole("heading", { name: "Suspects" }).count(),
              body.suspects.length > 0 ? 1 : 0,
            );
            await screenshot(page, `why-${name.replaceAll(" ", "-")}`);
          }),
      ),
  );
}

test(
  "page: fifty runs are compared, and more are named",
  { skip },
  () =>
    withDashboard(async (db) => {
      for (let i = 1; i <= 52; i++) {
        await makeRun(db, { config: { i }, metrics: { loss: [i, i / 2] } });
      }
    }, ({ dashboard }) => {
      const ids = Array.from({ length: 52 }, (_, i) => i + 1);
      return withPage(
        `${dashboard.url}#/compare/${ids.join()}`,
        async (page) => {
          await page.getByText("2 more are named").waitFor();
          await page.locator(".overlay canvas").first().waitFor();
          assertEquals(await page.locator(".run-legend li").count(), 50);
          assertEquals(
            await page.locator(".differences thead a").count(),
            50,
          );
          await screenshot(page, "compare-many-light");
        },
      );
    }),
);

for (
  const [name, options] of Object.entries(
    {
      dark: { colorScheme: "dark" },
      narrow: { width: 360, height: 720 },
    } as const,
  )
) {
  test(
    `page: ${name}, compare, why and history fit`,
    { skip },
    () =>
      withDashboard(
        fill,
        ({ dashboard }) =>
          withPage(dashboard.url, async (page) => {
            for (
              const [what, hash, sign] of [
                ["compare", "#/compare/1,2,3", ".sides"],
                ["why", "#/why/1/2", ".sides"],
                ["history", "#/history/demo", ".history canvas"],
              ] as const
            ) {
              await page.goto(dashboard.url + hash);
              await page.locator(sign).first().waitFor();
              assertEquals(
                await page.evaluate(() =>
                  document.documentElement.scrollWidth > innerWidth
                ),
                false,
                what,
              );
              await screenshot(page, `${what}-2-${name}`);
              await page.locator(".page").evaluate((one) => {
                one.scrollTop = one.scrollHeight;
              });
              await screenshot(page, `${what}-2-end-${name}`);
            }
          }, options),
      ),
  );
}
