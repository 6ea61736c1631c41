/// <reference lib="dom" />
/** Charts of values whose range is greater than any number, or that have no logarithm that uPlot knows. */
import { test } from "node:test";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { until } from "../_shared/patience.ts";
import { NO_BROWSER, screenshot } from "./_browser.ts";
import { makeRun } from "./_lib.ts";
import { withOpenPage } from "./_open_page.ts";
import { savedText } from "./_saved.ts";

const skip = NO_BROWSER;

/** A curve of many points, which is drawn as an envelope, and one of a few. */
async function fill(dbPath: string): Promise<void> {
  const long = Array.from(
    { length: 4_000 },
    (_, i) => 1.2e308 * Math.sin(i / 90) * (i % 2 === 0 ? 1 : 0.5),
  );
  const metrics = {
    long,
    most: [-Number.MAX_VALUE, Number.MAX_VALUE, 0, Number.MIN_VALUE],
  };
  await makeRun(dbPath, { metrics });
  await makeRun(dbPath, { metrics });
  await makeRun(dbPath, { metrics: { most: [1e308, -1e308] } });
}

/** Waits until a chart has pixels of its curve in the upper and in the lower half. */
async function untilDrawn(chart: Locator): Promise<void> {
  const canvas = await chart.locator("canvas").elementHandle();
  await chart.page().waitForFunction((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return false;
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
    const halves = new Set<boolean>();
    for (let i = 0; i < data.length; i += 4) {
      const [red = 0, , blue = 0, opacity = 0] = data.subarray(i, i + 4);
      // Blue, and no grey of axes and texts.
      if (opacity > 40 && blue > red + 80) halves.add(i < data.length / 2);
    }
    return halves.size === 2;
  }, canvas);
}

/** The texts of the vertical axis of a chart's file, from below; the file has no place that is no number. */
async function valuesBeside(page: Page, chart: Locator): Promise<string[]> {
  const button = chart.getByRole("button", { name: "SVG of" }).first();
  const [, svg] = await savedText(page, button);
  assert(!/NaN|Infinity|∞/.test(svg), svg.slice(0, 3_000));
  return [...svg.matchAll(/text-anchor="end"[^>]*>([^<]*)</g)].map(([, one]) =>
    one!
  );
}

test(
  "page: a chart from -1e308 to 1e308 is drawn, smoothed and in part, on both scales",
  { skip },
  () =>
    withOpenPage(fill, "#/run/1", async (page, { dashboard: { url } }) => {
      for (
        const [settings, most] of [
          ["", ["-1e308", "0", "1e308"]],
          ["?smooth=0.9", ["-1e308", "0", "1e308"]],
          ["?smooth=0.9&from=0&to=900", ["-1e308", "0", "1e308"]],
          ["?scale=log", ["1e308"]],
        ] as const
      ) {
        await page.goto(`${url}#/run/1${settings}`);
        for (const name of ["long", "most"]) {
          const chart = page.locator(".curve").filter({ hasText: name });
          await untilDrawn(chart);
          const words = await chart.locator("figcaption").textContent();
          assert(!words!.includes("Infinity"), words!);
          const found = await valuesBeside(page, chart);
          const wanted = name === "most" && settings === "?scale=log"
            ? ["1e-50", "1e41"]
            : most;
          for (const text of wanted) assertStringIncludes(found.join(), text);
          assert(found.length <= 14, `${settings}: ${found}`);
        }
        await screenshot(page, `great-values${settings.replace(/\W+/g, "-")}`);
      }
    }),
);

test(
  "page: a point at 1e308 is under the mouse, and the history of such results is drawn",
  { skip },
  () =>
    withOpenPage(
      fill,
      "#/compare/1,3?metric=most",
      async (page, { dashboard: { url } }) => {
        const over = page.locator(".overlay .u-over").first();
        await over.waitFor();
        // Above the middle is the run whose value is 1e308, below it the one with the least value.
        for (
          const [share, text] of [[0.1, "run 3"], [0.95, "run 1"]] as const
        ) {
          const { width, height } = (await over.boundingBox())!;
          const readout = page.locator(".readout").first();
          await until(async () => {
            await over.hover({ position: { x: width / 2, y: height / 2 } });
            await over.hover({ position: { x: 2, y: height * share } });
            return (await readout.textContent())!.includes(text);
          }, () => `the mouse is not near ${text}`);
        }
        await page.goto(`${url}#/history/demo?metric=most&value=min`);
        const chart = page.locator(".history-chart");
        await chart.locator(".history-plot canvas").waitFor();
        const found = await valuesBeside(page, chart);
        assertEquals(
          found.filter((text) => /e\+?308$/.test(text)).length > 0,
          true,
        );
      },
    ),
);
