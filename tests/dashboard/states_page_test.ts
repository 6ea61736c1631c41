/// <reference lib="dom" />
/** What every page shows while it waits, when there is nothing, and when the server cannot answer. */
import { test } from "node:test";
import { renameSync, rmSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import type { Page, Route } from "playwright-core";
import { openForWriting } from "../../tracker/mod.ts";
import { NO_BROWSER, screenshot, withPage } from "./_browser.ts";
import { makeRun, withDashboard } from "./_lib.ts";
import { makeSearches } from "./_searches.ts";

const skip = NO_BROWSER;

async function fill(dbPath: string): Promise<void> {
  await makeSearches(dbPath);
  for (const lr of [0.1, 0.2]) {
    await makeRun(dbPath, { config: { lr }, metrics: { loss: [1, lr] } });
  }
}

/** Each page, what it reads first, and what shows that it is there. */
const PAGES = [
  ["#/runs/demo", "/api/runs", ".table-row"],
  ["#/run/12", "/api/runs/12", ".curve canvas"],
  ["#/compare/11,12", "/api/compare", ".overlay canvas"],
  ["#/why/11/12", "/api/why", ".verdict"],
  ["#/history/demo", "/api/runs", ".history canvas"],
  ["#/search", "/api/studies", ".rows a"],
  ["#/search/halving", "/api/study", ".mark-best"],
] as const;

const isOf = (path: string) => (url: URL) => url.pathname === path;

const refuse = (route: Route, status: number, kind: string) =>
  route.fulfill({
    status,
    json: { error: { kind, message: `Cannot read it: it is ${kind}` } },
  });

/** Opens each page with a server that answers as the test says. */
function onEachPage(
  work: (
    page: Page,
    view: {
      readonly path: string;
      readonly sign: string;
      open(): Promise<void>;
    },
  ) => Promise<void>,
  expected: RegExp,
): Promise<void> {
  return withDashboard(
    fill,
    ({ dashboard: { url } }) =>
      withPage("about:blank", async (page) => {
        for (const [hash, path, sign] of PAGES) {
          await page.goto("about:blank");
          await work(page, {
            path,
            sign,
            open: async () => void await page.goto(url + hash),
          });
          await page.unrouteAll({ behavior: "wait" });
        }
      }, { expected }),
  );
}

test(
  "states: while a page waits it says for what",
  { skip },
  () =>
    onEachPage(async (page, { path, sign, open }) => {
      const held = Promise.withResolvers<void>();
      await page.route(isOf(path), async (route) => {
        await held.promise;
        await route.continue();
      });
      await open();
      await page.locator(".state-loading").getByText(/^Reading .+ …$/)
        .first().waitFor();
      assertEquals(await page.locator(sign).count(), 0);
      held.resolve();
      await page.locator(sign).first().waitFor({ state: "attached" });
    }, /^$/),
);

test(
  "states: while the file is busy a page says so, and tries again by itself",
  {
    skip,
  },
  () =>
    onEachPage(async (page, { path, sign, open }) => {
      // Until it has been seen: the page tries again after a second, which is short for a busy machine.
      let isBusy = true;
      await page.route(
        isOf(path),
        (route) => isBusy ? refuse(route, 503, "busy") : route.continue(),
      );
      await open();
      await page.getByRole("alert").getByText("The file is busy; trying again")
        .waitFor();
      isBusy = false;
      await page.locator(sign).first().waitFor({ state: "attached" });
      assertEquals(await page.getByRole("alert").count(), 0);
    }, /status of 503/),
);

test(
  "states: while the dashboard has too much to do a page says so, and tries again by itself",
  { skip },
  () =>
    withDashboard(
      fill,
      ({ dashboard: { url } }) =>
        withPage("about:blank", async (page) => {
          let isFull = true;
          await page.route(
            isOf("/api/why"),
            (route) => isFull ? refuse(route, 503, "full") : route.continue(),
          );
          let left = 1;
          await page.route(
            isOf("/api/sparklines"),
            (route) =>
              left-- > 0 ? refuse(route, 503, "full") : route.continue(),
          );
          await page.goto(`${url}#/why/11/12`);
          const alert = page.getByRole("alert");
          await alert.getByText("The dashboard is busy; trying again")
            .waitFor();
          await alert.getByText("Cannot read it: it is full").waitFor();
          isFull = false;
          await page.locator(".verdict").waitFor();
          assertEquals(await alert.count(), 0);
          // The small curves of the table are asked for again, too.
          await page.goto(`${url}#/runs/demo`);
          await page.locator(".spark-line").first().waitFor({
            state: "attached",
          });
        }, { expected: /status of 503/ }),
    ),
);

test(
  "states: of what is damaged a page says so, and its header leads elsewhere",
  {
    skip,
  },
  () =>
    onEachPage(async (page, { path, open }) => {
      await page.route(isOf(path), (route) => refuse(route, 500, "damaged"));
      await open();
      await page.getByRole("alert").getByText("The file is damaged").waitFor();
      await page.getByRole("alert").getByText("Cannot read it: it is damaged")
        .waitFor();
      assert(await page.getByRole("link", { name: "Searches" }).isVisible());
    }, /status of 500/),
);

test(
  "states: when the server has ended a page says so, and keeps what it shows",
  {
    skip,
  },
  () =>
    withDashboard(
      fill,
      ({ dashboard }) =>
        withPage(`${dashboard.url}#/runs/demo`, async (page) => {
          await page.locator(".table-row").nth(11).waitFor();
          await page.locator(".live-lost, .live-open").first().waitFor();
          await dashboard.close();
          await page.getByText("not connected").waitFor();
          assertEquals(await page.locator(".table-row").count(), 12);
          // What is asked now cannot be answered, and is said.
          await page.getByRole("searchbox").fill("lr<0.15");
          await page.getByRole("alert").getByText("No connection").waitFor();
          assertEquals(await page.locator(".table-row").count(), 12);
        }, { expected: /net::ERR_|Failed to load/ }),
    ),
);

test(
  "states: when another file has taken its place a page shows that one",
  { skip },
  () =>
    withDashboard(
      async (db) => {
        for (const lr of [1, 2, 3]) {
          await makeRun(db, { config: { lr }, metrics: { loss: [1, 2] } });
        }
      },
      ({ dashboard: { url }, dbPath }) =>
        withPage(`${url}#/runs/demo`, async (page) => {
          const open = async (hash: string) => {
            const tab = await page.context().newPage();
            await tab.goto(url + hash);
            return tab;
          };
          const compared = await open("#/compare/1,2");
          const run = await open("#/run/1");
          const past = await open("#/history/demo");
          await page.locator(".table-row").nth(2).waitFor();
          await compared.locator(".overlay canvas").waitFor();
          await run.getByText("last 2, min 1, max 2, 2 points").waitFor();
          await past.getByText("3 of 3 runs").waitFor();
          const other = `${dbPath}.other`;
          await makeRun(other, { name: "new", metrics: { loss: [7] } });
          await makeRun(other, { metrics: { loss: [8, 9] } });
          for (const part of ["-wal", "-shm"]) {
            rmSync(dbPath + part, { force: true });
          }
          renameSync(other, dbPath);
          await page.locator(".table-row").nth(2).waitFor({
            state: "detached",
          });
          await page.locator(".table-row").getByText("new").waitFor();
          await past.getByText("2 of 2 runs").waitFor();
          await run.getByText("last 7, min 7, max 7, 1 points").waitFor();
          // What has ended is read again, too.
          await compared.getByText(
            "run 2: 2 points, from step 0 to step 1, last 9",
          ).waitFor({ state: "attached" });
        }),
    ),
);

test(
  "states: while the file is not there a page says so and keeps what it shows, and goes on when it is back",
  { skip },
  () =>
    withDashboard(
      () => Promise.resolve(),
      ({ dashboard: { url }, dbPath }) =>
        withPage(`${url}#/runs/demo`, async (page) => {
          const alert = page.getByRole("alert").filter({
            hasText: "The file is not there",
          });
          await alert.getByText(
            `Cannot read ${dbPath}: there is no such file; put it there, or start a run that writes it`,
          ).waitFor();
          await screenshot(page, "file-not-there");
          assertEquals(await page.getByText("no runs yet").count(), 0);
          await makeRun(dbPath, { name: "first", metrics: { loss: [1, 2] } });
          await page.locator(".table-row").getByText("first").waitFor();
          await alert.waitFor({ state: "detached" });

          const away = `${dbPath}.away`;
          renameSync(dbPath, away);
          await alert.getByText("the file has been moved or deleted; put it")
            .waitFor();
          await page.locator(".table-row").getByText("first").waitFor();
          await screenshot(page, "file-gone");
          // A view that is opened now waits for the file; it is said once that there is none.
          await page.evaluate(() => location.hash = "#/run/1");
          await page.getByText("Reading run 1 …").waitFor();
          assertEquals(await page.getByRole("alert").count(), 1);
          renameSync(away, dbPath);
          await page.locator(".curve canvas").waitFor();
          await alert.waitFor({ state: "detached" });
          await page.evaluate(() => location.hash = "#/runs/demo");
          await makeRun(dbPath, { name: "second" });
          await page.locator(".table-row").getByText("second").waitFor();
        }, { expected: /status of 503/ }),
    ),
);

test(
  "states: a file without runs, searches or metrics says so on each page",
  {
    skip,
  },
  () =>
    withDashboard(
      async (dbPath) => (await openForWriting(dbPath)).close(),
      ({ dashboard: { url }, dbPath }) =>
        withPage(url, async (page) => {
          await page.getByText("There are no runs yet").waitFor();
          await page.goto(`${url}#/search`);
          await page.getByText("This file has no searches").waitFor();
          await page.goto(`${url}#/history/demo`);
          await page.getByText("There are no runs yet").waitFor();
          // One run, without metrics: the pages follow the file.
          await makeRun(dbPath);
          await page.getByText("The runs have logged no metrics").waitFor();
          for (
            const [hash, text] of [
              ["#/run/1", "The run has logged no metrics"],
              ["#/compare/1", "The runs have logged no metrics"],
              ["#/compare/1", "One run differs from nothing"],
              ["#/why/1", "No two runs are named"],
              ["#/runs/demo?where=nothing", "No run meets the filter"],
            ] as const
          ) {
            await page.goto(url + hash);
            await page.getByText(text).first().waitFor();
          }
        }),
    ),
);

const LONG = "x".repeat(3_000);

/** Names of every script and length. */
const NAMES = [
  "تجربة طويلة",
  "ניסוי",
  "👩‍🔬 🚀",
  LONG,
  "実験".repeat(200),
  "a\nb\tc\u202e",
];

for (const width of [360, 1280]) {
  test(`states: names of any script and length fit, ${width} pixels wide`, {
    skip,
  }, () =>
    withDashboard(async (dbPath) => {
      for (const name of NAMES) {
        await makeRun(dbPath, {
          project: LONG.slice(0, 300),
          name,
          config: { lr: Math.SQRT2, [name]: name },
          tags: [name],
          metrics: { [name]: [1, 2], loss: [2, NaN, 1] },
        });
      }
    }, ({ dashboard: { url } }) =>
      withPage(url, async (page) => {
        for (
          const [hash, sign] of [
            ["#/", ".table-row"],
            ["#/run/4", ".curve canvas"],
            ["#/compare/1,2,3,4,5,6", ".overlay canvas"],
            ["#/why/4/5", ".verdict"],
            [`#/history/${LONG.slice(0, 300)}`, ".history canvas"],
          ] as const
        ) {
          await page.goto(url + hash);
          await page.locator(sign).first().waitFor();
          await page.waitForFunction(() =>
            document.querySelector(".state-loading") === null
          );
          const [needed = 0, given = 0] = await page.evaluate(() => {
            const main = document.querySelector("main")!;
            return [main.scrollWidth, main.clientWidth];
          });
          assert(needed <= given, `${hash}: ${needed} of ${given} pixels`);
          const text = await page.locator("body").innerText();
          assert(!text.includes("\u202e"), "text could run backwards");
        }
      }, { width, height: 720 })));
}

test(
  "states: a name keeps its start, whatever its direction",
  { skip },
  () =>
    withDashboard(
      (dbPath) => makeRun(dbPath, { name: "تجربة ".repeat(30) }),
      ({ dashboard: { url } }) =>
        withPage(url, async (page) => {
          const name = page.locator(".table-row .short").first();
          await name.waitFor();
          assertEquals(
            await name.evaluate((one) => getComputedStyle(one).direction),
            "rtl",
          );
        }),
    ),
);
