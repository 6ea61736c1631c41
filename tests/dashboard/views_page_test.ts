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

/** Waits until a click that was made before is taken for a single one: the page's timers fire in their order. */
const afterClicks = (page: Page) =>
  page.evaluate(() => new Promise((done) => setTimeout(done, 500)));

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
          await afterClicks(page);
          assertEquals(await page.locator(".why-here").count(), 0);
          // Where all is shown, the first of two clicks counts at once, and the second one takes it back.
          await over.dblclick();
          await page.locator(".why-here").waitFor({ state: "detached" });
          // A click asks; in a part, too, once it is clear that it is one.
          await over.click();
          await page.locator(".why-here").waitFor();
          await page.goto(`${url}#/run/1?from=20&to=70`);
          await page.getByText("steps 20 to 70").waitFor();
          // An address without the point shows none.
          assertEquals(await page.locator(".why-here").count(), 0);
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
  "views: the points that are picked are in the link that compares, and what is none is left out",
  { skip },
  () =>
    withDashboard(
      fillWhy,
      ({ dashboard: { url } }) =>
        withPage(`${url}#/compare/1,2?a=1:10:loss&b=2`, async (page) => {
          const open = async (query: string) => {
            await page.goto(`${url}#/compare/1,2?${query}`);
            await page.locator(".overlay canvas").waitFor();
          };
          const pairIs = async (pair: readonly [string, string]) => {
            for (const [i, side] of (["A", "B"] as const).entries()) {
              assertEquals(
                await page.getByLabel(`Run ${side}`).inputValue(),
                pair[i],
              );
            }
          };
          await page.locator(".pick-a").getByText("loss 0.6 at step 10")
            .waitFor();
          await page.locator(".readout").getByText("run 1, step 10").waitFor();
          // By Back and Forward, too.
          await open("a=2:20:loss");
          await page.locator(".pick-a").getByText("loss 0.95 at step 20")
            .waitFor();
          await pairIs(["2", "1"]);
          await page.goBack();
          await page.locator(".pick-a").getByText("loss 0.6 at step 10")
            .waitFor();
          await page.goForward();
          await page.locator(".pick-a").getByText("loss 0.95 at step 20")
            .waitFor();
          await open("a=1:77:loss");
          await page.locator(".pick-a").getByText(
            "loss has no value at step 77",
          )
            .waitFor();
          const wrong = [
            "a=9:1:loss",
            "a=1:10:nope",
            "a=1:1e3:loss&b=-2",
            "a=1&b=1:10:loss",
            "a=1:9999999999999999:loss",
            "a=1:10:__proto__&b=%3Cb%3E",
          ];
          for (const query of wrong) {
            // What the view before had must be gone.
            await page.goto("about:blank");
            await open(query);
            await page.locator(".why-bar").waitFor();
            assertEquals(
              await page.locator(".pick").allTextContents(),
              ["", ""],
              query,
            );
            await pairIs(["1", "2"]);
          }
        }),
    ),
);

test(
  "views: the point that is picked on the page of a run is in its link, and a link takes no focus",
  { skip },
  () =>
    withDashboard(
      async (db) => {
        const names = Array.from({ length: 12 }, (_, i) => [`m${i}`, [3, 1]]);
        const metrics = { ...Object.fromEntries(names), "a:b?&1": [5, 4, 3] };
        await makeRun(db, { metrics });
        await makeRun(db, { metrics });
      },
      ({ dashboard: { url } }) =>
        withPage(`${url}#/run/2`, async (page) => {
          const chartOf = (name: string) =>
            page.locator(".curve").filter({
              has: page.getByText(name, { exact: true }),
            });
          const settings = () =>
            new URLSearchParams(hashOf(page).split("?")[1]);
          const form = page.locator(".why-here");
          const pickLast = async (name: string, text: string) => {
            await chartOf(name).locator(".u-over").waitFor();
            await chartOf(name).locator(".chart").focus();
            for (const key of ["End", "Enter"]) await page.keyboard.press(key);
            await chartOf(name).locator(".why-here").getByText(text).waitFor();
          };
          const isInForm = () =>
            form.evaluate((one) => one.contains(document.activeElement));
          await pickLast("m0", "m0 at step 0:");
          assertEquals(settings().get("point"), "0:m0");
          assert(await isInForm());
          // One point at a time: it is what a person asks about.
          await page.evaluate(() => {
            location.hash = "#/run/2?from=0&to=2&point=2%3Aa%3Ab%3F%261";
          });
          await form.getByText("a:b?&1 at step 2:").waitFor();
          await page.reload();
          await form.getByText("a:b?&1 at step 2:").waitFor();
          assertEquals(await form.count(), 1);
          assert(!await isInForm());
          const chart = chartOf("a:b?&1");
          await chart.getByText(/\. step 2$/).waitFor({ state: "attached" });
          const box = await form.boundingBox();
          assert(box!.y >= 0 && box!.y + box!.height <= 800, `${box!.y}`);
          await screenshot(page, "run-point");
          // Another chart's double click, which shows all steps, leaves it; its own button does not.
          await chartOf("m1").locator(".u-over").dblclick();
          await page.waitForFunction(() => !location.hash.includes("from"));
          await afterClicks(page);
          assertEquals(settings().get("point"), "2:a:b?&1");
          await form.getByRole("button", { name: "Close" }).click();
          await page.waitForFunction(() => !location.hash.includes("point"));
        }),
    ),
);

test(
  "views: the trials that are selected are in the link of a search",
  { skip },
  () =>
    withDashboard(
      makeSearches,
      ({ dashboard: { url } }) =>
        withPage(`${url}#/search/halving?sort=trial`, async (page) => {
          const rows = page.locator(".table-row");
          const selected = () =>
            page.locator(".is-selected .cell:nth-child(2)").allTextContents();
          // The mark in the first drawing of two axes; none without a trial.
          const mark = page.locator(".slices .near").first();
          await rows.nth(5).waitFor();
          assertEquals(await mark.count(), 0);
          await rows.nth(5).getByRole("checkbox").check();
          await rows.nth(2).getByRole("checkbox").check();
          await page.locator(".is-selected").nth(1).waitFor();
          await mark.waitFor();
          const place = await mark.getAttribute("cx");
          assertEquals(
            hashOf(page),
            "#/search/halving?sort=trial&select=5%2C2",
          );
          await page.reload();
          await page.locator(".is-selected").nth(1).waitFor();
          assertEquals((await selected()).toSorted(), ["2", "5"]);
          assertEquals(await mark.getAttribute("cx"), place);
          await page.goto(
            `${url}#/search/halving?sort=trial&select=7,99999,x,-1,1e3`,
          );
          await page.locator(".is-selected").getByText("7", { exact: true })
            .first().waitFor();
          assertEquals(await selected(), ["7"]);
          await mark.waitFor();
          await page.goBack();
          await page.locator(".is-selected").nth(1).waitFor();
          assertEquals((await selected()).toSorted(), ["2", "5"]);
        }),
    ),
);

test(
  "views: tabs that nobody looks at keep no connection, and follow again when they are seen",
  { skip },
  () =>
    withDashboard(
      (db) => makeRun(db, { metrics: { loss: [1] } }),
      ({ dashboard: { url }, dbPath }) =>
        withPage("about:blank", async (first) => {
          const see = (page: Page, visibility: "visible" | "hidden") =>
            page.evaluate((visibility) => {
              Object.defineProperty(document, "visibilityState", {
                configurable: true,
                get: () => visibility,
              });
              document.dispatchEvent(new Event("visibilitychange"));
            }, visibility);
          // A browser has six connections to a server.
          const tabs: Page[] = [];
          for (let i = 0; i < 7; i++) {
            const tab = await first.context().newPage();
            await tab.goto(url);
            await tab.locator(".table-row").waitFor();
            await see(tab, "hidden");
            tabs.push(tab);
          }
          await makeRun(dbPath, { metrics: { loss: [1] } });
          await see(tabs[0]!, "visible");
          await tabs[0]!.locator(".table-row").nth(1).waitFor();
          // It goes on following.
          await makeRun(dbPath, { metrics: { loss: [1] } });
          await tabs[0]!.locator(".table-row").nth(2).waitFor();
          assertEquals(await tabs[1]!.locator(".table-row").count(), 1);
        }),
    ),
);

test(
  "views: a slider that is dragged changes the address less often than browsers allow, and to the end",
  { skip },
  () =>
    withDashboard(
      (db) => makeRun(db, { metrics: { loss: [1, 2, 3] } }),
      ({ dashboard: { url } }) =>
        withPage("about:blank", async (page) => {
          // As Safari does. The browser of the tests is started without the limit of Chromium.
          await page.addInitScript(() => {
            let left = 100;
            const replace = history.replaceState.bind(history);
            history.replaceState = (...given) => {
              if (left-- === 0) throw new Error("too many changes");
              replace(...given);
            };
          });
          await page.goto(`${url}#/run/1`);
          const slider = page.getByLabel("smoothing");
          await slider.evaluate((element) => {
            const input = element as HTMLInputElement;
            for (let i = 1; i <= 300; i++) {
              input.value = String(i % 99 / 100);
              input.dispatchEvent(new Event("input", { bubbles: true }));
            }
            input.value = "0.42";
            input.dispatchEvent(new Event("input", { bubbles: true }));
          });
          await page.getByText("smoothing 0.42").waitFor();
          await page.waitForFunction(() =>
            location.hash === "#/run/1?smooth=0.42"
          );
          // Where a link is followed before, Back leads to what was shown.
          await slider.evaluate((element) => {
            const input = element as HTMLInputElement;
            for (const value of ["0.1", "0.2", "0.3"]) {
              input.value = value;
              input.dispatchEvent(new Event("input", { bubbles: true }));
            }
            document.querySelector<HTMLElement>(".title a")!.click();
          });
          await page.locator(".table-row").waitFor();
          await page.goBack();
          await page.getByText("smoothing 0.30").waitFor();
          assertEquals(hashOf(page), "#/run/1?smooth=0.3");
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
        await afterClicks(page);
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
