/// <reference lib="dom" />
/** Every view: its link, its files, and that it stays as it is while the file changes. */
import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { NO_BROWSER, screenshot, withPage } from "./_browser.ts";
import { makeRun, startRun, withDashboard } from "./_lib.ts";
import { MSE, record, recordRepeats } from "./_recorded.ts";
import { savedText } from "./_saved.ts";
import { makeSearches } from "./_searches.ts";

const skip = NO_BROWSER;

const hashOf = (page: Page) => new URL(page.url()).hash;

/** The section with a heading. */
const section = (page: Page, name: string) =>
  page.locator(".section").filter({
    has: page.getByRole("heading", { name, exact: false }),
  });

const button = (place: Locator, kind: string) =>
  place.getByRole("button", { name: `${kind} of` }).first();

/** Runs whose first five values are the same. */
const fillWhy = (db: string) =>
  recordRepeats(
    db,
    (end) => Array.from({ length: 40 }, (_, i) => i < 5 ? 1 : end + 1 / i),
  );

/** What an SVG has, read by the browser's own parser. */
async function factsOf(page: Page, svg: string) {
  return await page.evaluate((text) => {
    const { documentElement: root } = new DOMParser().parseFromString(
      text,
      "image/svg+xml",
    );
    return {
      tag: root.tagName,
      title: root.querySelector("title")?.textContent,
      texts: [...root.querySelectorAll("text")].map((one) =>
        one.textContent ?? ""
      ),
      marks: root.querySelectorAll("path, circle, rect, polyline").length,
      bad:
        root.querySelectorAll("script, image, foreignObject, [class], [style]")
          .length,
    };
  }, svg);
}

test(
  "views: why says at which step two runs differ, and marks it",
  { skip },
  () =>
    withDashboard(
      fillWhy,
      ({ dashboard: { url } }) =>
        withPage(`${url}#/why/1/2?metric=loss&step=10`, async (page) => {
          await page.getByText("At step 10: 0.6 → 1, a difference of +0.4.")
            .waitFor();
          await page.getByText(
            "The values first differ at step 5; at the 5 common steps before it they are the same.",
          ).waitFor();
          const curves = section(page, "Curves");
          await curves.locator("canvas").waitFor();
          await page.getByText("first differ at step 5. step 10").waitFor({
            state: "attached",
          });
          const [name, svg] = await savedText(page, button(curves, "SVG"));
          assertEquals(name, "loss_of_run_1_and_run_2.svg");
          for (const text of ["first differ at step 5", "step 10", "run 1"]) {
            assertStringIncludes(svg, `>${text}</text>`);
          }
          await screenshot(page, "why-step-light");
          // Another step is one click away, and stays in the link.
          const over = curves.locator(".u-over");
          await over.scrollIntoViewIfNeeded();
          const box = (await over.boundingBox())!;
          await page.mouse.click(box.x + box.width - 2, box.y + 40);
          await page.getByText("At step 39:").waitFor();
          assertEquals(hashOf(page), "#/why/1/2?metric=loss&step=39");
          await curves.getByRole("button", { name: "Clear" }).click();
          await page.getByText("At step 39:").waitFor({ state: "detached" });
          assertEquals(hashOf(page), "#/why/1/2?metric=loss");
        }),
    ),
);

test(
  "views: the drawings and tables of why are saved as they are shown",
  { skip },
  () =>
    withDashboard(
      fillWhy,
      ({ dashboard: { url } }) =>
        withPage(`${url}#/why/1/2`, async (page) => {
          const repeats = section(page, "Repeats");
          await repeats.waitFor();
          const [name, svg] = await savedText(page, button(repeats, "SVG"));
          assertMatch(name, /^loss_of_the_repeats_of_run_1_and_run_2\.svg$/);
          const [, csv] = await savedText(page, button(repeats, "CSV"));
          const lines = csv.trimEnd().split("\n");
          assertEquals(
            lines[0],
            "group,run,value,group mean,interval from,interval to",
          );
          assertEquals(lines.length, 6);
          // One run has no interval, and none is made up.
          assertMatch(lines.find((one) => /,2,/.test(one))!, /,,$/);
          const [recorded, table] = await savedText(
            page,
            button(section(page, "What was recorded"), "CSV"),
          );
          assertEquals(recorded, "recorded_of_run_1_and_run_2.csv");
          assertStringIncludes(
            table,
            "what,run 1,run 2,in these runs,missing\n",
          );
          await page.goto("about:blank");
          const facts = await factsOf(page, svg);
          assertEquals([facts.tag, facts.bad], ["svg", 0]);
          // The background, a dot a run, and one interval; the lines of the axis are no marks.
          assertEquals(facts.marks, 7);
          assert(
            facts.texts.some((text) => text.includes("4 runs")),
            `${facts.texts}`,
          );
        }),
    ),
);

test(
  "views: the history is saved with its lanes, as a picture and as a table",
  { skip },
  () =>
    withDashboard(async (db) => {
      for (let i = 1; i <= 6; i++) {
        await record(db, {
          config: { lr: i < 4 ? 0.1 : 0.2 },
          ...(i < 6 && { mse: MSE[0] }),
          train: "1\n",
          loss: [1, i / 10],
        });
      }
    }, ({ dashboard: { url } }) =>
      withPage(`${url}#/history/demo`, async (page) => {
        await page.getByText("3 → 4").waitFor();
        const chart = page.locator(".history-chart");
        const [name, svg] = await savedText(page, button(chart, "SVG"));
        assertEquals(name, "loss_over_the_runs.svg");
        const [, png] = await savedText(page, button(chart, "PNG"));
        assertEquals(png.slice(1, 4), "PNG");
        const [, csv] = await savedText(page, button(chart, "CSV"));
        const rows = csv.trimEnd().split("\n").map((line) =>
          line.split(",")
        );
        assertEquals(rows[0]!.slice(4), [
          "loss",
          "config",
          "code",
          "inputs",
          "environment",
          "what changed",
        ]);
        assertEquals(rows.slice(1).map((row) => row[5]), [
          "",
          "same",
          "same",
          "changed",
          "same",
          "same",
        ]);
        // What was not recorded is never said to be the same.
        assertEquals(rows.at(-1)![6], "unknown");
        await page.goto("about:blank");
        const facts = await factsOf(page, svg);
        assertEquals([facts.tag, facts.bad, facts.title], [
          "svg",
          0,
          "loss over the runs",
        ]);
        for (const text of ["config", "machine"]) {
          assert(facts.texts.includes(text), text);
        }
      })),
);

test(
  "views: the drawings and the table of a search are saved",
  { skip },
  () =>
    withDashboard(
      makeSearches,
      ({ dashboard: { url } }) =>
        withPage(`${url}#/search/halving`, async (page) => {
          await page.locator(".mark-best").first().waitFor({
            state: "attached",
          });
          await page.getByText("fANOVA over a forest").waitFor();
          const svgs: string[] = [];
          for (
            const name of [
              "Best so far",
              "Parallel coordinates",
              "Slices",
              "Contour",
            ]
          ) {
            const [, svg] = await savedText(
              page,
              button(section(page, name), "SVG"),
            );
            svgs.push(svg);
          }
          const [name, csv] = await savedText(
            page,
            page.getByRole("button", { name: "CSV of trials of halving" }),
          );
          assertEquals(name, "trials_of_halving.csv");
          const [head, ...lines] = csv.trimEnd().split("\n");
          assertStringIncludes(
            head!,
            "trial,run,status,fidelity,loss,lr,width",
          );
          assertEquals(lines.length, 60);
          // The value is whole, and a choice is its name.
          assertMatch(csv, /,0\.\d{9,},/);
          assertMatch(csv, /,(sgd|adam),/);
          await page.goto("about:blank");
          for (const svg of svgs) {
            const facts = await factsOf(page, svg);
            assertEquals([facts.tag, facts.bad], ["svg", 0]);
            assert(
              facts.marks > 0 && facts.texts.length > 4,
              svg.slice(0, 300),
            );
            assert(!svg.includes("var(--"), "a file has no variables");
          }
        }),
    ),
);

test(
  "views: what differs is saved from the page that compares",
  { skip },
  () =>
    withDashboard(
      fillWhy,
      ({ dashboard: { url } }) =>
        withPage(`${url}#/compare/1,2`, async (page) => {
          await page.locator(".differences").first().waitFor();
          const [name, csv] = await savedText(
            page,
            page.getByRole("button", { name: "CSV of Config" }),
          );
          assertEquals(name, "Config_of_run_1_run_2.csv");
          assertMatch(csv, /^what,run 1,run 2\nlr,/);
          const chart = page.locator(".overlay").first();
          const [, points] = await savedText(page, button(chart, "CSV"));
          assertEquals(points.trimEnd().split("\n").length, 81);
        }),
    ),
);

test("views: the smoothed line stays where it is when a part is shown", {
  skip,
}, () =>
  withDashboard(
    (db) =>
      makeRun(db, {
        metrics: {
          loss: Array.from(
            { length: 300 },
            (_, i) => Math.exp(-i / 60) + Math.sin(i) / 5,
          ),
        },
      }),
    ({ dashboard: { url } }) =>
      withPage("about:blank", async (page) => {
        const smoothed = async (hash: string) => {
          await page.goto("about:blank");
          await page.goto(`${url}#/run/1?smooth=0.95${hash}`);
          const chart = page.locator(".curve");
          await chart.locator("canvas").waitFor();
          const [, csv] = await savedText(page, button(chart, "CSV"));
          const [head, ...rows] = csv.trimEnd().split("\n").map((line) =>
            line.split(",")
          );
          assertEquals(head!.at(-1), "smoothed");
          return new Map(rows.map((row) => [row[1], row]));
        };
        const all = await smoothed("");
        const part = await smoothed("&from=150&to=200");
        assertEquals(part.size, 51);
        for (const [step, row] of part) assertEquals(row, all.get(step));
      }),
  ));

test(
  "views: a double click zooms out and asks nothing",
  { skip },
  () =>
    withDashboard(
      (db) => makeRun(db, { metrics: { loss: Array(100).fill(1) } }),
      ({ dashboard: { url } }) =>
        withPage(`${url}#/run/1?from=20&to=60`, async (page) => {
          await page.getByText("steps 20 to 60").waitFor();
          const over = page.locator(".curve .u-over");
          await over.dblclick();
          await page.getByText("drag to zoom").waitFor();
          assertEquals(await page.locator(".why-here").count(), 0);
          // A click asks; in a part, too, once it is clear that it is one.
          await over.click();
          await page.locator(".why-here").waitFor();
          await page.goto(`${url}#/run/1?from=20&to=70`);
          await page.getByText("steps 20 to 70").waitFor();
          await page.getByRole("button", { name: "Close" }).click();
          await over.click();
          await page.locator(".why-here").waitFor();
          assertMatch(hashOf(page), /from=20&to=70/);
        }),
    ),
);

test(
  "views: the view that compares is in its link",
  { skip },
  () =>
    withDashboard(
      fillWhy,
      ({ dashboard: { url } }) =>
        withPage(`${url}#/compare/1,2`, async (page) => {
          await page.locator(".overlay canvas").waitFor();
          await page.getByLabel("log scale").check();
          await page.getByLabel("smoothing").fill("0.5");
          const chart = page.locator(".overlay .chart");
          await chart.focus();
          for (let i = 0; i < 5; i++) {
            await chart.press("Shift+ArrowRight");
          }
          await chart.press("+");
          await page.getByText(/^steps \d+ to \d+/).waitFor();
          await page.getByLabel("by", { exact: true }).selectOption("elapsed");
          await page.waitForFunction(() => location.hash.includes("x=elapsed"));
          const hash = hashOf(page);
          assertMatch(
            hash,
            /^#\/compare\/1,2|^#\/compare\/1%2C2/,
          );
          assertMatch(
            hash,
            /\?scale=log&smooth=0\.5&from=\d+&to=\d+&x=elapsed$/,
          );
          const note = await page.locator("h2 small").first().textContent();
          await page.goto("about:blank");
          await page.goto(url + hash);
          await page.locator(".overlay canvas").waitFor();
          assert(await page.getByLabel("log scale").isChecked());
          assertEquals(await page.getByLabel("smoothing").inputValue(), "0.5");
          assertEquals(
            await page.locator("h2 small").first().textContent(),
            note,
          );
          await page.locator(".overlay .chart").press("Escape");
          await page.getByText(/^drag to zoom/).waitFor();
        }),
    ),
);

test(
  "views: the part of the history that is shown is in its link",
  { skip },
  () =>
    withDashboard(async (db) => {
      for (let i = 1; i <= 20; i++) {
        await makeRun(db, { config: { i }, metrics: { loss: [i] } });
      }
    }, ({ dashboard: { url } }) =>
      withPage(`${url}#/history/demo`, async (page) => {
        const over = page.locator(".history .u-over");
        await over.waitFor();
        const box = (await over.boundingBox())!;
        await page.mouse.move(box.x + box.width * 0.26, box.y + 50);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.49, box.y + 50, {
          steps: 5,
        });
        await page.mouse.up();
        await page.getByText("Runs 6 to 10; double click for all.").waitFor();
        assertMatch(hashOf(page), /from=6&to=10/);
        await page.reload();
        await page.getByText("Runs 6 to 10; double click for all.").waitFor();
        await over.dblclick();
        await page.getByText("double click for all").waitFor({
          state: "detached",
        });
        // The double click has not led to why.
        assertEquals(hashOf(page).split("?")[0], "#/history/demo");
        const plot = page.locator(".history-plot");
        await plot.focus();
        await plot.press("Home");
        await plot.press("+");
        await page.getByText("Runs 1 to 6; double click for all.").waitFor();
        await plot.press("Escape");
        await page.getByText("double click for all").waitFor({
          state: "detached",
        });
      })),
);

test("views: selected runs are in the link, and stay when new runs come", {
  skip,
}, () =>
  withDashboard(async (db) => {
    for (let i = 1; i <= 80; i++) {
      await makeRun(db, { config: { i }, metrics: { loss: [i] } });
    }
  }, ({ dashboard: { url }, dbPath }) =>
    withPage(`${url}#/runs/demo?select=79,77`, async (page) => {
      const row = (id: number) =>
        page.locator(".table-row").filter({
          has: page.getByRole("link", { name: String(id), exact: true }),
        });
      await row(79).waitFor();
      assertEquals(await page.locator(".is-selected").count(), 2);
      await row(78).getByRole("checkbox").check();
      await page.waitForFunction(() =>
        location.hash.includes("78")
      );
      assertEquals(
        new URLSearchParams(hashOf(page).split("?")[1]).get("select"),
        "79,77,78",
      );
      // In the middle of the list, with the keyboard at a row there.
      const table = page.locator(".table");
      await table.focus();
      for (let i = 0; i < 2; i++) await page.keyboard.press("PageDown");
      await page.keyboard.press("ArrowDown");
      const at = async () => await page.locator(".is-cursor a").textContent();
      const before = await at();
      await page.evaluate(() => {
        document.querySelector(".table")!.scrollTop = 900;
      });
      const topOf = (id: string) =>
        page.locator(".table-row").filter({
          has: page.getByRole("link", { name: id, exact: true }),
        }).evaluate((one) => one.getBoundingClientRect().top);
      const top = await topOf(before!);
      for (let i = 0; i < 3; i++) {
        await makeRun(dbPath, { config: { i: 1000 }, metrics: { loss: [i] } });
      }
      await page.getByText("83 runs").waitFor();
      assertEquals(await at(), before);
      assertEquals(await topOf(before!), top);
      assert(await table.evaluate((one) => one === document.activeElement));
      assertEquals(
        new URLSearchParams(hashOf(page).split("?")[1]).get("select"),
        "79,77,78",
      );
    })));

test(
  "views: a page keeps its place, its focus and what is open while its run goes on",
  { skip },
  () =>
    withDashboard(
      () => Promise.resolve(),
      async ({ dashboard: { url }, dbPath }) => {
        const { logger, id } = await startRun(dbPath, {
          config: Object.fromEntries(
            Array.from({ length: 60 }, (_, i) => [`key${i}`, i]),
          ),
          metrics: { loss: [3, 2] },
        });
        await withPage(`${url}#/run/${id}`, async (page) => {
          await page.locator(".curve canvas").waitFor();
          await page.locator("summary").first().click();
          await page.getByLabel("smoothing").focus();
          const main = page.locator("main");
          await main.evaluate((one) => {
            one.scrollTop = 500;
          });
          for (let step = 2; step < 6; step++) {
            logger.logMetric("loss", 0.5, step);
            await page.locator(".curve figcaption").getByText(
              `${step + 1} points`,
            )
              .waitFor();
          }
          assertEquals(await main.evaluate((one) => one.scrollTop), 500);
          assertEquals(
            await page.evaluate(() =>
              (document.activeElement as HTMLInputElement).type
            ),
            "range",
          );
          assert(await page.locator("details[open]").count() > 0);
          await logger.finish();
          await page.locator(".title").getByText("completed").waitFor();
          assertEquals(await main.evaluate((one) => one.scrollTop), 500);
        });
      },
    ),
);

test(
  "views: each view has a title of its own",
  { skip },
  () =>
    withDashboard(
      fillWhy,
      ({ dashboard: { url } }) =>
        withPage(url, async (page) => {
          for (
            const [hash, title] of [
              ["#/runs/demo", "Runs demo · runs.db · Ato"],
              ["#/run/2", "Run 2 · runs.db · Ato"],
              ["#/why/1/2", "Why 1 and 2 · runs.db · Ato"],
              ["#/nope", "runs.db · Ato"],
            ]
          ) {
            await page.goto(url + hash);
            await page.waitForFunction(
              (wanted) => document.title === wanted,
              title,
            );
          }
        }),
    ),
);
