/// <reference lib="dom" />
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { seriousFindings } from "./_axe.ts";
import { NO_BROWSER } from "./_browser.ts";
import { withOpenPage } from "./_open_page.ts";
import { makeRun } from "./_lib.ts";
import { makeSearches } from "./_searches.ts";

const skip = NO_BROWSER;

async function fill(dbPath: string): Promise<void> {
  await makeSearches(dbPath);
  for (let i = 0; i < 6; i++) {
    await makeRun(dbPath, {
      name: `run ${i}`,
      config: { lr: 0.1 / (1 + i), model: { depth: 4 } },
      tags: ["best"],
      metrics: { loss: [3, 2, 1 + i], accuracy: [0.5] },
    });
  }
}

/** Every page, and what shows that it is there. */
const VIEWS = [
  ["#/runs/demo", ".spark-line"],
  ["#/runs/demo?where=%3D1", "[role=alert]"],
  ["#/runs/nope", "[role=alert]"],
  ["#/run/12", ".curve canvas"],
  ["#/compare/11,12?metric=loss", "canvas"],
  ["#/why/11/12?metric=loss&step=1&smooth=0.5", ".parting"],
  ["#/compare/11,12?metric=loss&smooth=0.9&scale=log&x=elapsed", "canvas"],
  ["#/history/demo?metric=loss", ".history-plot"],
  ["#/history/demo?metric=loss&from=11&to=14&trace=config%3Alr", ".pair"],
  ["#/run/12?from=0&to=1&smooth=0.5", ".curve canvas"],
  ["#/search", ".rows a"],
  ["#/search/halving?within=0:0:0.5", ".rung"],
  ["#/search/two", ".rung"],
  ["#/nope", ".state-empty"],
] as const;

for (const colorScheme of ["light", "dark"] as const) {
  test(
    `page: ${colorScheme}, no page has serious findings of axe`,
    {
      skip,
    },
    () =>
      withOpenPage(fill, "", async (page, { dashboard }) => {
        for (const [hash, sign] of VIEWS) {
          await page.goto(dashboard.url + hash);
          await page.locator(sign).first().waitFor({ state: "attached" });
          assertEquals(await seriousFindings(page), [], hash);
        }
      }, { page: { colorScheme, expected: /status of 40[04]/ } }),
  );
}

test(
  "page: axe finds what is wrong, so that its silence means something",
  {
    skip,
  },
  () =>
    withOpenPage(fill, "", async (page) => {
      await page.locator(".table-row").first().waitFor();
      await page.evaluate(() => {
        document.querySelector("main")!.append(
          document.createElement("button"),
        );
      });
      const [found] = await seriousFindings(page);
      assertEquals(found?.split(":")[0], "button-name");
    }),
);

test(
  "page: nothing moves for people who prefer that nothing moves",
  {
    skip,
  },
  () =>
    withOpenPage(fill, "", async (page, { dashboard }) => {
      for (const [hash, sign] of VIEWS) {
        await page.goto(dashboard.url + hash);
        await page.locator(sign).first().waitFor({ state: "attached" });
        const moving = await page.evaluate(() =>
          document.getAnimations().filter((one) =>
            Number(one.effect?.getComputedTiming().activeDuration) > 0
          ).length
        );
        assertEquals(moving, 0, hash);
      }
    }, { page: { reducedMotion: "reduce", expected: /status of 40[04]/ } }),
);
