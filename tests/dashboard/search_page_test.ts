/// <reference lib="dom" />
import { test } from "node:test";
import { dirname, join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { initHub, pullRuns, pushRuns } from "../../sync/mod.ts";
import { NO_BROWSER, screenshot, withPage } from "./_browser.ts";
import { withOpenPage } from "./_open_page.ts";
import { makeRun, withDashboard } from "./_lib.ts";
import { makeSearches, openSearch } from "./_searches.ts";

const skip = NO_BROWSER;

/** Waits for the words that say how many trials are shown. */
async function untilCount(page: Page, text: RegExp): Promise<void> {
  await page.locator(".count").filter({ hasText: text }).waitFor();
}

test(
  "page of searches: from the list to a search, a trial and its run",
  {
    skip,
  },
  () =>
    withOpenPage(makeSearches, "", async (page) => {
      await page.getByRole("link", { name: "Searches" }).click();
      await page.getByRole("link", { name: "halving" }).click();
      await untilCount(page, /^60 trials$/);
      for (
        const heading of [
          "Best so far",
          "Parallel coordinates",
          "Slices",
          "Contour",
          "Importance of parameters",
          "Rungs",
        ]
      ) await page.getByRole("heading", { name: heading }).waitFor();
      await page.getByText("fANOVA over a forest of 64 trees").waitFor();
      // One objective has no front.
      assertEquals(
        await page.getByRole("heading", { name: "Front" }).count(),
        0,
      );
      const legend = await page.locator(".legend li").allInnerTexts();
      for (const kind of [/1 best/, /1 failed/, /\d+ stopped early/]) {
        assert(
          legend.some((text) => kind.test(text)),
          `${kind}: ${legend}`,
        );
      }
      await screenshot(page, "search-light");
      const head = page.locator(".table-head");
      await head.getByRole("button", { name: "trial", exact: true })
        .click();
      await page.locator(".table-row a").first().click();
      await page.getByRole("heading", { name: /^Run 1\b/ }).waitFor();
      await page.goBack();
      await untilCount(page, /^60 trials$/);
    }),
);

test(
  "page of searches: dragging along an axis chooses trials, and the address keeps it",
  {
    skip,
  },
  () =>
    withOpenPage(makeSearches, "#/search/halving", async (page) => {
      await untilCount(page, /^60 trials$/);
      const axis = page.getByRole("slider", { name: /^lr:/ });
      await axis.scrollIntoViewIfNeeded();
      const { x, y, width, height } = (await axis.boundingBox())!;
      await page.mouse.move(x + width / 2, y + 1);
      await page.mouse.down();
      await page.mouse.move(x + width / 2, y + height / 2, { steps: 4 });
      await page.mouse.up();
      await untilCount(page, /^\d+ of 60 trials$/);
      const text = (await page.locator(".count").textContent())!;
      const chosen = Number(/\d+/.exec(text)![0]);
      assert(chosen > 5 && chosen < 55, text);
      assertEquals(
        await page.getByRole("grid").getAttribute("aria-rowcount"),
        String(chosen + 1),
      );
      const address = page.url();
      await page.goto("about:blank");
      await page.goto(address);
      await untilCount(page, new RegExp(`^${chosen} of 60 trials$`));
      await page.getByRole("button", { name: "All trials" }).click();
      await untilCount(page, /^60 trials$/);
    }),
);

test(
  "page of searches: everything can be reached by keyboard",
  { skip },
  () =>
    withOpenPage(makeSearches, "#/search/halving?sort=trial", async (page) => {
      await untilCount(page, /^60 trials$/);
      await page.getByRole("slider", { name: /^width:/ }).focus();
      await page.keyboard.press("ArrowUp");
      await untilCount(page, /^\d+ of 60 trials$/);
      const axis = page.getByRole("slider", { name: /^width:/ });
      assertEquals(await axis.getAttribute("aria-valuetext"), "36 to 64");
      await page.keyboard.press("Escape");
      await untilCount(page, /^60 trials$/);
      // A focus that is not seen is none.
      const outline = await axis.evaluate((one) =>
        getComputedStyle(one).outlineStyle
      );
      assertEquals(outline, "solid");
      await page.getByRole("grid").focus();
      await page.keyboard.press("Home");
      await page.keyboard.press("Space");
      await page.locator(".is-selected").waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: /^Run 1\b/ }).waitFor();
    }),
);

test(
  "page of searches: several objectives have a front, and no best result",
  {
    skip,
  },
  () =>
    withOpenPage(makeSearches, "#/search/two", async (page) => {
      await untilCount(page, /^40 trials$/);
      await page.getByRole("heading", { name: /^Front/ }).waitFor();
      await page.getByRole("img", {
        name: "The front of accuracy and latency",
      }).waitFor();
      assertEquals(
        await page.getByRole("heading", { name: "Best so far" }).count(),
        0,
      );
      await page.getByText("violates a constraint").first().waitFor();
      await page.getByLabel("Objective").selectOption("latency");
      await page.getByRole("img", { name: "latency against layers" })
        .waitFor();
      await page.getByText("share of the differences in latency").waitFor();
      await screenshot(page, "search-front-light");
    }),
);

test(
  "page of searches: a search is followed while it runs",
  { skip },
  () =>
    withOpenPage(
      (dbPath) => makeRun(dbPath),
      "#/search",
      async (page, { dbPath }) => {
        await page.getByText("This file has no searches").waitFor();
        const search = await openSearch(dbPath);
        await page.getByRole("link", { name: "halving" }).click();
        await page.getByText("This search has no trials yet").waitFor();
        search.next();
        await untilCount(page, /^1 trials$/);
        // A single step has no size.
        await page.locator(".best-line").waitFor({ state: "attached" });
        search.start();
        await untilCount(page, /^2 trials$/);
        await page.getByText("1 running or waiting").waitFor();
        search.close();
        await page.locator(".study-stopped").waitFor();
      },
    ),
);

test(
  "page of runs: rows in sight have a small curve, and those out of sight none",
  {
    skip,
  },
  () =>
    withDashboard(async (dbPath) => {
      const { writeBigFile } = await import("./_big_file.ts");
      await writeBigFile(dbPath, { runs: 150, points: 3_000 });
    }, ({ dashboard }) =>
      withPage("about:blank", async (page) => {
        const asked: string[] = [];
        page.on("request", (request) => {
          const url = new URL(request.url());
          if (url.pathname !== "/api/sparklines") return;
          asked.push(...url.searchParams.get("ids")!.split(","));
        });
        await page.goto(dashboard.url);
        await page.locator(".table-row .spark-line").first().waitFor();
        assert(asked.length < 100, `${asked.length} curves`);
        assert(!asked.includes("2"), "a row out of sight");
        await page.keyboard.press("End");
        // The first run of such a file has no metrics.
        await page.keyboard.press("ArrowUp");
        await page.locator(".is-cursor .spark-line").waitFor();
        assert(asked.includes("2"));
        // Many runs over each other.
        await page.keyboard.press("a");
        await page.keyboard.press("c");
        await page.getByText("run 150").first().waitFor();
        assertEquals(await page.locator(".legend li").count(), 50);
      })),
);

for (
  const [name, options] of Object.entries(
    {
      dark: { colorScheme: "dark" },
      narrow: { width: 360, height: 720 },
      wide: { width: 3840, height: 2160 },
    } as const,
  )
) {
  test(
    `page of searches: ${name}, it fits`,
    { skip },
    () =>
      withOpenPage(makeSearches, "", async (page, { dashboard }) => {
        for (const id of ["halving", "two"]) {
          await page.goto(`${dashboard.url}#/search/${id}`);
          await page.locator(".mark-best").first().waitFor({
            state: "attached",
          });
          await page.getByText("fANOVA over a forest").waitFor();
          const isTooWide = await page.evaluate(() =>
            document.documentElement.scrollWidth > innerWidth ||
            document.querySelector("main")!.scrollWidth >
              document.querySelector("main")!.clientWidth
          );
          assertEquals(isTooWide, false, id);
          await screenshot(page, `search-${id}-${name}`);
        }
      }, { page: options }),
  );
}

/** A file into which a search was pulled from a hub, and one of its own. */
async function fillFromHub(dbPath: string): Promise<void> {
  const [there, hub] = ["there.db", "hub"].map((name) =>
    join(dirname(dbPath), name)
  ) as [string, string];
  const search = await openSearch(there);
  for (let trial = 0; trial < 8; trial++) search.next();
  search.close();
  await initHub(hub);
  await pushRuns(there, hub);
  await pullRuns(dbPath, hub);
  const own = await openSearch(dbPath, { id: "own" });
  own.next();
  own.close();
}

test(
  "page of searches: a copy that came from a hub says so, and where the search goes on",
  { skip },
  () =>
    withOpenPage(
      fillFromHub,
      "#/search",
      async (page, { dashboard, dbPath }) => {
        const rowOf = (name: string) =>
          page.locator(".rows tr").filter({
            has: page.getByRole("link", { name }),
          });
        await rowOf("halving").getByText("stopped, a copy").waitFor();
        assertEquals(await rowOf("own").getByText("a copy").count(), 0);
        await rowOf("halving").getByRole("link").click();
        await untilCount(page, /^8 trials$/);
        const words = await page.locator(".study-copy").innerText();
        assert(
          words.startsWith("A copy. The search goes on in ") &&
            words.includes(`${join(dirname(dbPath), "there.db")} on `) &&
            words.endsWith(", and cannot be resumed here."),
          words,
        );
        await screenshot(page, "search-copy");
        await page.goto(`${dashboard.url}#/search/own`);
        await untilCount(page, /^1 trials$/);
        assertEquals(await page.locator(".study-copy").count(), 0);
      },
    ),
);
