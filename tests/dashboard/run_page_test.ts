/// <reference lib="dom" />
/** The page of a run in a browser: curves, console output, artifacts, files. */
import { test } from "node:test";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Page } from "playwright-core";
import { initHub, pullRuns, pushRuns } from "../../sync/mod.ts";
import { SQLLogger } from "../../tracker/mod.ts";
import { until } from "../_shared/patience.ts";
import { NO_BROWSER, screenshot, withPage } from "./_browser.ts";
import { makeRun, startRun, withDashboard } from "./_lib.ts";
import { withOpenPage } from "./_open_page.ts";
import { saved } from "./_saved.ts";

const skip = NO_BROWSER;
const bytes = (text: string) => new TextEncoder().encode(text);

/** A picture of one red pixel. */
const PNG = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
  ),
  (char) => char.charCodeAt(0),
);
const SVG =
  `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><rect width="90" height="40" fill="teal"/>` +
  `<script>parent.document.title="hacked"</script><image href="http://127.0.0.1:1/x.png"/></svg>`;

/** Two runs; the second one has everything that the page shows. */
async function fill(dbPath: string): Promise<void> {
  await makeRun(dbPath, { config: { lr: 0.3 }, metrics: { loss: [1, 2] } });
  const folder = dirname(dbPath);
  const files = {
    "plot.png": PNG,
    "plot.svg": SVG,
    "notes.md": "# Notes\n<img src=x onerror=\"document.title='hacked'\">\n",
    "weights.bin": new Uint8Array([0, 1, 2]),
  };
  const logger = new SQLLogger({
    lr: 0.1,
    experiment: { projectName: "demo", sql: { dbPath } },
  });
  await logger.run({
    name: "baseline",
    notes: "first line\nsecond <b>line</b>",
  });
  for (let step = 0; step < 400; step++) {
    const value = Math.exp(-step / 100) + 0.05 * Math.sin(step);
    logger.logMetric("loss", step === 300 ? NaN : value, step);
  }
  logger.logMetric("=1+1", 2, 0);
  logger.logConsole(
    "stdout",
    bytes("epoch 1\n10%\r100%\n\x1b[31mred\x1b[0m <b>\n"),
  );
  logger.logConsole("stderr", bytes("careful\n"));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
    logger.logArtifact(join(folder, name), { type: "=HYPERLINK(1)" });
  }
  logger.logArtifact("/etc/passwd");
  logger.logInput(join(folder, "weights.bin"));
  await logger.finish();
}

/** Opens the page of run 2. */
function withRun(
  work: (page: Page, url: string) => Promise<void>,
  options: Parameters<typeof withPage>[2] & { readonly hash?: string } = {},
): Promise<void> {
  const { hash = "#/run/2" } = options;
  return withDashboard(
    fill,
    ({ dashboard: { url } }) =>
      withPage(`${url}${hash}`, async (page) => {
        await page.locator(".curve canvas").first().waitFor();
        await work(page, url);
      }, options),
  );
}

/** The chart of the loss. */
const lossOf = (page: Page) =>
  page.locator(".curve").filter({ hasText: "loss" });

/** Moves the mouse to a place of a chart, as a share of its width. */
async function pointAt(page: Page, share: number): Promise<void> {
  const [x = 0, y = 0] = await lossOf(page).locator(".u-over").evaluate(
    (plot, share) => {
      plot.scrollIntoView({ block: "center" });
      const { left, top, width, height } = plot.getBoundingClientRect();
      return [left + width * share, top + height / 2];
    },
    share,
  );
  await page.mouse.move(x, y);
}

/** Points at a chart until its tip has a text: the chart may be drawn again meanwhile. */
async function untilTip(
  page: Page,
  share: number,
  text: RegExp,
): Promise<void> {
  const tip = lossOf(page).locator(".chart-tip").getByText(text);
  await until(async () => {
    await page.mouse.move(0, 0);
    await pointAt(page, share);
    return await tip.isVisible();
  }, () => `no tip has ${text}`);
}

test(
  "run page: the output, with what a progress bar overwrites left out and without colours",
  { skip },
  () =>
    withRun(async (page) => {
      const output = page.getByLabel("What the program printed");
      await output.waitFor();
      assertEquals(
        await output.textContent(),
        "epoch 1\n100%\nred <b>\ncareful\n",
      );
      assertEquals(
        await output.locator(".console-stderr").textContent(),
        "careful\n",
      );
    }),
);

test(
  "run page: the output of a running run is followed",
  { skip },
  () =>
    withDashboard(() => Promise.resolve(), async ({ dbPath, dashboard }) => {
      const { logger, id } = await startRun(dbPath, { metrics: { loss: [1] } });
      logger.logConsole("stdout", bytes("first\n"));
      await withPage(`${dashboard.url}#/run/${id}`, async (page) => {
        const output = page.getByLabel("What the program printed");
        await output.getByText("first").waitFor();
        logger.logConsole("stdout", bytes("second\n"));
        await output.getByText("second").waitFor();
        logger.logConsole("stdout", bytes("last"));
        await logger.finish();
        await output.getByText("last").waitFor();
        await page.locator(".title").getByText("completed").waitFor();
        assertEquals(await output.textContent(), "first\nsecond\nlast");
      });
    }),
);

test(
  "run page: images and texts are shown, and run nothing; others can be saved",
  { skip },
  () =>
    withRun(async (page) => {
      const images = page.locator(".artifact img");
      await images.nth(1).waitFor();
      await images.nth(1).scrollIntoViewIfNeeded();
      await page.waitForFunction(() =>
        [...document.querySelectorAll<HTMLImageElement>(".artifact img")]
          .every((one) => one.complete && one.naturalWidth > 0)
      );
      assertEquals(await images.count(), 2);
      await page.locator("details.artifact summary").click();
      const text = page.locator("details.artifact pre");
      await text.waitFor();
      assertStringIncludes((await text.textContent())!, "# Notes\n<img src=x");
      await page.getByText("it is not in the folder of the file of runs")
        .waitFor();
      assertEquals(await page.title(), "Run 2 · runs.db · Ato");
      const row = page.getByRole("row").filter({ hasText: "weights.bin" })
        .first();
      const waiting = page.waitForEvent("download");
      await row.getByText("save").click();
      const download = await waiting;
      assertEquals(download.suggestedFilename(), "weights.bin");
      assertEquals([...readFileSync(await download.path())], [0, 1, 2]);
    }),
);

test(
  "run page: an SVG artifact that is opened by itself is saved, and a text is shown as text",
  { skip },
  () =>
    withRun(async (page, url) => {
      const waiting = page.waitForEvent("download");
      await page.goto(`${url}api/runs/2/artifacts/2`).catch(() => {});
      assertEquals((await waiting).suggestedFilename(), "plot.svg");
      await page.goto(`${url}api/runs/2/artifacts/3`);
      assertEquals(await page.locator("img").count(), 0);
      assertStringIncludes(
        (await page.locator("body").textContent())!,
        "<img src=x",
      );
    }),
);

test(
  "run page: the view is in the address, and a link restores it",
  { skip },
  () =>
    withRun(async (page, url) => {
      await page.getByLabel("log scale").check();
      await page.getByLabel("smoothing").fill("0.9");
      await page.getByLabel("by", { exact: true }).selectOption("elapsed");
      await page.waitForFunction(() => location.hash.includes("x=elapsed"));
      const { hash } = new URL(page.url());
      assertEquals(hash, "#/run/2?scale=log&smooth=0.9&x=elapsed");
      await page.goto(`${url}#/runs/demo`);
      await page.locator(".table-row").first().waitFor();
      await page.goto(`${url}${hash}&from=100&to=200`);
      await page.getByText("steps 100 to 200").waitFor();
      assert(await page.getByLabel("log scale").isChecked());
      assertEquals(await page.getByLabel("smoothing").inputValue(), "0.9");
      await untilTip(page, 0.5, /^after .* s$/);
      await untilTip(page, 0.5, /smoothed/);
      await page.getByRole("button", { name: "All steps" }).click();
      await page.getByText("drag to zoom").waitFor();
      await page.getByLabel("by", { exact: true }).selectOption("clock");
      await untilTip(page, 0.25, /^\d{4}-\d\d-\d\d \d\d:\d\d:/);
    }),
);

test("run page: wrong settings in the address are as if they were missing", {
  skip,
}, () =>
  withRun(async (page) => {
    await page.getByText("drag to zoom").waitFor();
    assertEquals(await page.getByLabel("smoothing").inputValue(), "0");
    assertEquals(
      await page.getByLabel("by", { exact: true }).inputValue(),
      "step",
    );
  }, { hash: "#/run/2?from=9&to=1&smooth=x&x=__proto__&scale=no" }));

test(
  "run page: a tip has the values, and the caption says what is not finite",
  { skip },
  () =>
    withRun(async (page) => {
      await untilTip(page, 0.5, /^step (199|200)$/);
      await untilTip(page, 0.5, /^loss: 0\.\d+$/);
      await lossOf(page).getByText(
        "diverged at step 300; 1 value is not finite",
      ).waitFor();
    }),
);

test(
  "run page: a part that is not finite is said under the mouse, those beside it are not",
  { skip },
  () =>
    withRun(async (page) => {
      await untilTip(page, 0.5, /^loss: not finite$/);
      await untilTip(page, 0.25, /^loss: -?0\.\d+$/);
    }, { hash: "#/run/2?from=290&to=310" }),
);

test(
  "run page: from a point, by mouse and by keyboard, one step leads to why",
  { skip },
  () =>
    withRun(async (page) => {
      await untilTip(page, 0.5, /^step (199|200)$/);
      await page.mouse.down();
      await page.mouse.up();
      const form = page.locator(".why-here");
      assertMatch((await form.textContent())!, /loss at step (199|200)/);
      await form.getByRole("button", { name: "Close" }).click();
      await lossOf(page).locator(".chart").focus();
      for (const key of ["ArrowRight", "ArrowRight", "Enter"]) {
        await page.keyboard.press(key);
      }
      await form.waitFor();
      assertEquals(await form.getByRole("spinbutton").inputValue(), "1");
      await form.getByRole("button", { name: "Why?" }).click();
      await page.waitForFunction(() => location.hash.startsWith("#/why/"));
      assertMatch(
        new URL(page.url()).hash,
        /^#\/why\/1\/2\?metric=loss&step=\d+$/,
      );
      await page.locator(".verdict").waitFor();
    }),
);

test(
  "run page: a chart is saved as SVG and PNG as it is shown",
  { skip },
  () =>
    withRun(async (page) => {
      const chart = lossOf(page);
      const [svgName, svgBytes] = await saved(
        page,
        chart.getByRole("button", { name: "SVG" }),
      );
      const svg = new TextDecoder().decode(svgBytes);
      assertEquals(svgName, "loss_of_run_2.svg");
      const [pngName, png] = await saved(
        page,
        chart.getByRole("button", { name: "PNG" }),
      );
      // The page itself makes no document from text.
      await page.goto("about:blank");
      const facts = await page.evaluate((text) => {
        const { documentElement: root } = new DOMParser().parseFromString(
          text,
          "image/svg+xml",
        );
        return [
          root.tagName,
          root.querySelector("title")?.textContent,
          root.querySelectorAll("polyline").length,
          root.querySelectorAll("script, image, foreignObject").length,
        ];
      }, svg);
      // The last values, and the smoothed ones.
      assertEquals(facts, ["svg", "loss of run 2", 2, 0]);
      assert(
        svg.split("points=")[2]!.split(" ").length > 300,
        "all points are drawn",
      );
      assertEquals([pngName, [...png.subarray(1, 4)]], ["loss_of_run_2.png", [
        80,
        78,
        71,
      ]]);
      assert(png.length > 2_000, "the picture is not empty");
    }, { hash: "#/run/2?smooth=0.5" }),
);

test(
  "run page: a name that looks like markup is text in the SVG that is saved",
  { skip },
  () =>
    withDashboard((dbPath) =>
      makeRun(dbPath, {
        metrics: { '</title><script>alert(1)</script>"&\u202e': [1, 2, 3] },
      }), ({ dashboard: { url } }) =>
      withPage(`${url}#/run/1`, async (page) => {
        const button = page.locator(".curve").getByRole("button", {
          name: "SVG",
        });
        const [name, content] = await saved(page, button);
        assertEquals(name, "title_script_alert_1_script_u202e_of_run_1.svg");
        await page.goto("about:blank");
        const facts = await page.evaluate((text) => {
          const { documentElement: root } = new DOMParser().parseFromString(
            text,
            "image/svg+xml",
          );
          return [
            root.tagName,
            root.querySelectorAll("script, parsererror").length,
            root.querySelector("title")?.textContent,
          ];
        }, new TextDecoder().decode(content));
        assertEquals(facts, [
          "svg",
          0,
          '</title><script>alert(1)</script>"&\\u202e of run 1',
        ]);
      })),
);

test(
  "run page: tables are saved as CSV; what a spreadsheet would take for a formula is text",
  { skip },
  () =>
    withRun(async (page, url) => {
      const section = page.locator("section").filter({
        has: page.getByRole("heading", { name: "Artifacts" }),
      });
      const [name, content] = await saved(
        page,
        section.getByRole("button", { name: "CSV" }),
      );
      const text = new TextDecoder().decode(content);
      assertEquals(name, "artifacts_of_run_2.csv");
      assertStringIncludes(text, "path,type,size,sha256,file\n");
      assertEquals(text.match(/,'=HYPERLINK\(1\),/g)?.length, 4);
      assert(!text.includes(",=HYPER"));
      await page.goto(`${url}#/runs/demo?where=lr<0.2`);
      await page.getByText("1 of 2 runs").waitFor();
      const [runsName, runs] = await saved(
        page,
        page.getByRole("button", { name: "CSV" }),
      );
      assertEquals(runsName, "runs_of_demo.csv");
      const lines = new TextDecoder().decode(runs).trimEnd().split("\n");
      assertEquals([lines.length, lines[1]?.split(",").slice(0, 3)], [2, [
        "2",
        "baseline",
        "completed",
      ]]);
    }),
);

for (
  const [name, options] of Object.entries(
    {
      "run-page-light": {},
      "run-page-dark": { colorScheme: "dark" },
      "run-page-360": { width: 360, height: 740 },
    } as const,
  )
) {
  test(
    `run page: it fits its window (${name})`,
    { skip },
    () =>
      withRun(async (page) => {
        await page.locator(".artifact img").first().waitFor();
        await pointAt(page, 0.8);
        await screenshot(page, name);
        const [needed, given] = await page.evaluate(() => {
          const main = document.querySelector("main");
          return [main?.scrollWidth ?? 0, main?.clientWidth ?? 0];
        });
        assert(needed! <= given!, `${needed} of ${given} pixels`);
      }, { ...options, hash: "#/run/2?smooth=0.8" }),
  );
}

test(
  "page of a run: of a hundred metrics those near what is seen are read, and the others when a person comes there",
  { skip },
  () =>
    withOpenPage(
      (db) =>
        makeRun(db, {
          metrics: Object.fromEntries(
            Array.from({ length: 100 }, (_, i) => [`layer${i}`, [i, i + 1]]),
          ),
        }),
      "#/run/1",
      async (page) => {
        let reads = 0;
        page.on("request", (request) => {
          if (request.url().includes("/curve?")) reads++;
        });
        await page.reload();
        const curves = page.locator(".curve");
        await curves.first().locator("canvas").waitFor();
        assertEquals(await curves.count(), 100);
        // The words of all are there, to be found.
        await curves.last().getByText("last 100, min 99, max 100, 2 points")
          .waitFor();
        const heightOf = () =>
          curves.last().evaluate((one) => one.getBoundingClientRect().height);
        const before = await heightOf();
        await curves.last().scrollIntoViewIfNeeded();
        await curves.last().locator("canvas").waitFor();
        assert(reads < 80, `${reads} curves were read`);
        assertEquals(await curves.nth(50).locator("canvas").count(), 0);
        // What is not drawn yet has the room that it needs, so that nothing jumps.
        assertEquals(await heightOf(), before);
        // By keyboard, each chart is where Tab comes next.
        await curves.first().locator(".chart").focus();
        for (let i = 1; i < 60; i++) {
          await page.keyboard.press("Tab");
          await page.waitForFunction(() =>
            document.activeElement?.closest(".curve") !== null
          );
        }
      },
    ),
);

test(
  "run page: of a run that was pulled without its sources, the output is said to be elsewhere",
  { skip },
  () =>
    withOpenPage(
      async (dbPath) => {
        const folder = dirname(dbPath);
        const [there, hub] = [join(folder, "there.db"), join(folder, "hub")];
        await makeRun(there);
        await initHub(hub);
        await pushRuns(there, hub);
        await pullRuns(dbPath, hub);
        await makeRun(dbPath);
      },
      "#/run/1",
      async (page, { dashboard }) => {
        await page.getByText("stayed where the run was pushed from").waitFor();
        await page.goto(`${dashboard.url}#/run/2`);
        await page.getByText("No output is recorded").waitFor();
      },
    ),
);
