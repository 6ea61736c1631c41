/// <reference lib="dom" />
/** Every page without a mouse, and as it is heard. */
import { test } from "node:test";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { seriousFindings } from "./_axe.ts";
import { NO_BROWSER, withPage } from "./_browser.ts";
import { makeRun, withDashboard } from "./_lib.ts";
import { MSE, record } from "./_recorded.ts";
import { makeSearches } from "./_searches.ts";

const skip = NO_BROWSER;

async function fill(dbPath: string): Promise<void> {
  await makeSearches(dbPath);
  for (let i = 0; i < 4; i++) {
    await record(dbPath, {
      config: { lr: i < 2 ? 0.1 : 0.2 },
      mse: MSE[0],
      train: "1\n",
      loss: [3, 2, 1 + i],
    });
  }
  await makeRun(dbPath, { metrics: { loss: [1], accuracy: [0.5] } });
}

/** Each page, and what shows that it is there. */
const PAGES = [
  ["#/runs/demo", ".table-row"],
  ["#/run/11?from=0&to=2", ".curve canvas"],
  ["#/compare/11,13", ".sides, .differences"],
  ["#/why/11/13?step=1", ".parting"],
  ["#/history/demo?trace=config%3Alr", ".pair"],
  ["#/search", ".rows a"],
  ["#/search/halving?within=0:0:0.5", ".mark-stopped"],
] as const;

/** Opens a page, and waits until it has all that it shows. */
async function open(page: Page, address: string, sign: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(address);
  await page.locator(sign).first().waitFor({ state: "attached" });
  await page.waitForFunction(() =>
    document.querySelector(".state-loading") === null
  );
}

/** What has the focus. */
interface Stop {
  readonly what: string;
  readonly name: string;
  readonly isSeen: boolean;
}

/** Goes through a page with Tab, until the focus leaves it. */
async function stopsOf(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let i = 0; i < 400; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate((): Stop | undefined => {
      const one = document.activeElement;
      if (one === null || one === document.body) return undefined;
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      const labels = (one as HTMLInputElement).labels;
      one.setAttribute("data-visited", "");
      return {
        what: `${one.tagName} ${one.className}`,
        name: one.getAttribute("aria-label") ??
          labels?.[0]?.textContent ?? one.textContent ?? "",
        isSeen: style.outlineStyle !== "none" &&
          parseFloat(style.outlineWidth) > 0 && box.width > 0 &&
          box.bottom > 0 && box.top < innerHeight,
      };
    });
    if (stop === undefined) return stops;
    stops.push(stop);
  }
  throw new Error("the focus never leaves the page");
}

for (const [hash, sign] of PAGES) {
  test(
    `keyboard: everything on ${hash} can be reached, is seen and has a name`,
    {
      skip,
    },
    () =>
      withDashboard(
        fill,
        ({ dashboard: { url } }) =>
          withPage("about:blank", async (page) => {
            await open(page, url + hash, sign);
            const stops = await stopsOf(page);
            assert(stops.length > 4, `${stops.length} stops`);
            assertEquals(
              stops.filter(({ isSeen }) => !isSeen),
              [],
            );
            assertEquals(stops.filter(({ name }) => name.trim() === ""), []);
            const missed = await page.evaluate(() =>
              [...document.querySelectorAll<HTMLElement>(
                "a[href], button:not(:disabled), input, select, summary, [tabindex]",
              )].filter((one) =>
                one.tabIndex >= 0 && one.checkVisibility() &&
                !one.hasAttribute("data-visited")
              ).map((one) => one.outerHTML.slice(0, 120))
            );
            assertEquals(missed, []);
          }),
      ),
  );
}

test(
  "keyboard: a button that has the focus does what it says, and not what the page's keys do",
  {
    skip,
  },
  () =>
    withDashboard(
      fill,
      ({ dashboard: { url } }) =>
        withPage(`${url}#/runs/demo`, async (page) => {
          await page.locator(".table-row").first().waitFor();
          await page.keyboard.press("a");
          const count = await page.locator(".is-selected").count();
          assert(count > 2);
          await page.getByRole("button", { name: "seed" }).or(
            page.getByRole("button", { name: "status" }),
          ).first().press("Enter");
          await page.waitForFunction(() => location.hash.includes("sort="));
          assertEquals(await page.locator(".is-selected").count(), count);
          const waiting = page.waitForEvent("download");
          await page.getByRole("button", { name: "CSV" }).press("Enter");
          await waiting;
          await page.getByRole("button", { name: /^Compare/ }).press(" ");
          await page.locator(".run-legend").waitFor();
        }),
    ),
);

test(
  "keyboard: from the rows of a table its own row is opened, selected and said",
  {
    skip,
  },
  () =>
    withDashboard(
      fill,
      ({ dashboard: { url } }) =>
        withPage(`${url}#/runs/demo`, async (page) => {
          const table = page.getByRole("grid");
          await table.focus();
          await page.keyboard.press("ArrowDown");
          const row = await table.getAttribute("aria-activedescendant");
          assertEquals(
            await page.locator(`[id="${row}"]`).getAttribute("aria-rowindex"),
            "3",
          );
          await page.locator("#" + CSS(row!)).getByRole("checkbox").check();
          // The keys go on from the row that was clicked.
          await page.keyboard.press("ArrowDown");
          await page.keyboard.press(" ");
          assertEquals(
            await page.locator(".is-selected").evaluateAll((all) =>
              all.map((one) => one.getAttribute("aria-rowindex"))
            ),
            ["3", "4"],
          );
          await page.keyboard.press("Escape");
          assertEquals(await page.locator(".is-selected").count(), 0);
          await page.keyboard.press("/");
          await page.keyboard.type("lr<1");
          await page.keyboard.press("Escape");
          await page.keyboard.press("Enter");
          await page.getByRole("heading", { name: /^Run \d+/ }).waitFor();
        }),
    ),
);

/** An id as a selector. */
function CSS(id: string): string {
  return id.replace(/[^\w-]/g, (char) => `\\${char}`);
}

test(
  "keyboard: a curve is read, zoomed, and asked why; Escape closes and goes back",
  {
    skip,
  },
  () =>
    withDashboard(
      (db) => makeRun(db, { metrics: { loss: [5, 4, 3, NaN, 1] } }),
      ({ dashboard: { url } }) =>
        withPage(`${url}#/run/1`, async (page) => {
          const chart = page.getByRole("application", {
            name: "loss of run 1",
          });
          await chart.locator("canvas").waitFor();
          const described = await chart.evaluate((one) =>
            document.getElementById(one.getAttribute("aria-describedby")!)
              ?.textContent
          );
          assertEquals(
            described,
            "loss: 5 points, from step 0 to step 4, last 1, least 1 at step 4, greatest 5 at step 0, values that are not finite at step 3",
          );
          await chart.focus();
          const said = page.locator(".chart-box [role=status]");
          await chart.press("Shift+ArrowRight");
          for (let i = 0; i < 2; i++) await chart.press("Shift+ArrowRight");
          await said.getByText("loss, step 1: 4").waitFor({
            state: "attached",
          });
          await chart.press("+");
          await page.getByText(/^steps \d to \d/).waitFor();
          assertEquals(await seriousFindings(page), []);
          await chart.press("Escape");
          await page.getByText("drag to zoom").waitFor();
          await chart.press("Enter");
          const other = page.getByRole("spinbutton");
          await other.waitFor();
          assert(await other.evaluate((one) => one === document.activeElement));
          assertEquals(await seriousFindings(page), []);
          await page.keyboard.press("Escape");
          await other.waitFor({ state: "detached" });
          assert(await chart.evaluate((one) => one === document.activeElement));
        }),
    ),
);

test(
  "keyboard: points of two curves are chosen, and lead to why",
  { skip },
  () =>
    withDashboard(async (db) => {
      await makeRun(db, { config: { lr: 1 }, metrics: { loss: [5, 4, 3] } });
      await makeRun(db, { config: { lr: 2 }, metrics: { loss: [5, 4, 1] } });
    }, ({ dashboard: { url } }) =>
      withPage(`${url}#/compare/1,2`, async (page) => {
        const chart = page.getByRole("application", {
          name: "loss of run 1, run 2",
        });
        await chart.locator("canvas").waitFor();
        await chart.focus();
        for (let i = 0; i < 11; i++) {
          await chart.press("Shift+ArrowRight");
        }
        await chart.press("Enter");
        await page.locator(".pick-a").getByText("loss 3 at step 2").waitFor();
        await chart.press("ArrowDown");
        await page.locator(".overlay [role=status]").getByText(
          "run 2, step 2: 1",
        ).waitFor({ state: "attached" });
        await chart.press("Enter");
        await page.locator(".pick-b").getByText("loss 1 at step 2").waitFor();
        await page.keyboard.press("w");
        await page.getByText("At step 2: 3 → 1, a difference of -2.").waitFor();
        assertMatch(page.url(), /#\/why\/1\/2\?metric=loss&step=2$/);
      })),
);
