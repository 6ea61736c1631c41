/// <reference lib="dom" />
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { NO_BROWSER, screenshot } from "./_browser.ts";
import { withOpenPage } from "./_open_page.ts";
import { MSE, record } from "./_recorded.ts";

const skip = NO_BROWSER;

/** Ten runs; the code changes at run 6, the config at run 8. Run 10 recorded no code. */
async function fill(db: string): Promise<void> {
  for (let i = 1; i <= 10; i++) {
    await record(db, {
      config: { lr: i < 8 ? 0.1 : 0.2 },
      seed: i,
      ...(i < 10 && { mse: MSE[i < 6 ? 0 : 1] }),
      train: "1\n",
      loss: [1, (i < 6 ? 0.5 : 0.9) + i / 1000],
    });
  }
}

test(
  "page: the history names where code and config changed, and leads to why",
  {
    skip,
  },
  () =>
    withOpenPage(fill, "#/history/demo?metric=loss", async (page) => {
      const rows = page.locator(".history .section", {
        hasText: "what changed",
      }).locator("tbody tr");
      await rows.first().waitFor();
      const texts = await rows.evaluateAll((all) =>
        all.map((one) =>
          [...one.querySelectorAll("td")].map((cell) => cell.textContent)
        )
      );
      assertEquals(texts, [
        ["7 → 8", "0.907 → 0.908", "config:lr 0.1 → 0.2"],
        ["5 → 6", "0.505 → 0.906", "code:loss.ts#mse changed"],
      ]);
      await page.getByText(
        "2 runs differ from the run before; of 1 not all is known",
      ).waitFor();
      // The lanes are drawn: their colours differ where something changed.
      await page.waitForFunction(() => {
        const canvas = document.querySelector<HTMLCanvasElement>(
          ".lanes canvas",
        )!;
        const { data } = canvas.getContext("2d")!
          .getImageData(0, 0, canvas.width, canvas.height);
        const colours = new Set<number>();
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3] === 255) colours.add(data[i]!);
        }
        return colours.size > 1;
      });
      await screenshot(page, "history-light");
      await rows.nth(1).getByRole("link").click();
      await page.locator(".verdict").waitFor();
      assertEquals(new URL(page.url()).hash, "#/why/5/6?metric=loss");
    }),
);

test(
  "page: the history is read run by run with the keyboard: what changed, what did not, what is not known",
  {
    skip,
  },
  () =>
    withOpenPage(fill, "#/history/demo", async (page) => {
      await page.getByText("7 → 8").waitFor();
      const plot = page.locator(".history-plot");
      await plot.focus();
      const readout = page.locator(".readout");
      const steps = [
        ["run 10", "not known: code"],
        ["run 9", "nothing changed"],
        ["run 8", "config:lr 0.1 → 0.2"],
        ["run 7", "nothing changed"],
        ["run 6", "code:loss.ts#mse changed"],
      ] as const;
      for (const [run, text] of steps) {
        await plot.press("ArrowLeft");
        await readout.filter({ hasText: run }).waitFor();
        const said = (await readout.textContent())!;
        assert(said.includes(text), said);
        // The environment of these runs is not recorded in full: then nothing is said to be the same for sure.
        assertEquals(said.includes("not known: code"), run === "run 10");
      }
      await plot.press("Enter");
      await page.locator(".verdict").waitFor();
      assertEquals(new URL(page.url()).hash, "#/why/5/6?metric=loss");
    }),
);

test(
  "page: a click on the history asks why a run differs from the one before",
  {
    skip,
  },
  () =>
    withOpenPage(fill, "#/history/demo", async (page) => {
      await page.getByText("7 → 8").waitFor();
      const over = page.locator(".history .u-over");
      const box = (await over.boundingBox())!;
      await page.mouse.move(box.x + box.width - 3, box.y + 40);
      await page.locator(".readout").filter({ hasText: "run 10" })
        .waitFor();
      await page.mouse.click(box.x + box.width - 3, box.y + 40);
      await page.locator(".verdict").waitFor();
      assertEquals(new URL(page.url()).hash, "#/why/9/10?metric=loss");
    }),
);

test(
  "page: the history is filtered in the language of ato runs, and compares neighbours that are left",
  {
    skip,
  },
  () =>
    withOpenPage(fill, "#/history/demo", async (page) => {
      await page.getByText("7 → 8").waitFor();
      await page.getByRole("searchbox", { name: "Filter" }).fill("lr=0.1");
      await page.getByText("7 of 10 runs").waitFor();
      await page.getByText("1 run differs from the run before").waitFor();
      assertEquals(await page.getByText("7 → 8").count(), 0);
      await page.getByRole("searchbox", { name: "Filter" }).fill("loss>5");
      await page.getByText("No run has a finite value").waitFor();
      await page.getByRole("searchbox", { name: "Filter" }).fill("");
      await page.getByLabel("Value").selectOption("max");
      await page.locator("tbody").getByText("1 → 1").first().waitFor();
      await page.getByLabel("Across").selectOption("time");
      await page.locator(".history canvas").first().waitFor();
      assert(page.url().includes("x=time"));
    }),
);

test(
  "page: versions of a factor are listed with their means, and what no run has is said",
  {
    skip,
  },
  () =>
    withOpenPage(fill, "#/history/demo?metric=loss", async (page) => {
      const box = page.getByRole("combobox", { name: "Trace or factor" });
      await box.fill("code:loss.ts#mse");
      await box.press("Enter");
      const rows = page.locator(".history .section", {
        hasText: "Versions",
      })
        .locator("tbody tr");
      await rows.first().waitFor();
      assertEquals(
        await rows.evaluateAll((all) =>
          all.map((one) =>
            [...one.querySelectorAll("td")].slice(2).map((cell) =>
              cell.textContent
            )
          )
        ),
        [["5", "run 1", "run 5", "0.503"], [
          "4",
          "run 6",
          "run 9",
          "0.9075",
        ]],
      );
      await box.fill("config:nope");
      await box.press("Enter");
      await page.getByText("No run has config:nope").waitFor();
    }),
);

test(
  "page: the history of 3,000 runs is drawn, and says nothing of what was not recorded",
  {
    skip,
  },
  () =>
    withOpenPage(
      async (db) => {
        const { writeBigFile } = await import("./_big_file.ts");
        await writeBigFile(db, { runs: 3_000, points: 10_000 });
      },
      "#/history/big?metric=loss",
      async (page) => {
        await page.getByText("2999 of 3000 runs").waitFor();
        await page.getByText(
          /runs? differ from the run before; of 2998 not all/,
        )
          .waitFor();
        assertEquals(
          await page.locator(".history tbody tr").count(),
          25,
        );
        await screenshot(page, "history-3000-light");
      },
    ),
);
