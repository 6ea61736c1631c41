/**
 * Makes the picture of the README: `deno task screenshot`. Eight runs of the iris example, four of each learning rate,
 * are recorded in a temporary folder, and the dashboard says why two of them differ. The seeds are fixed and so is the
 * size, so that a picture that differs shows a page that differs.
 *
 * Chromium is needed; `ATO_CHROMIUM` names one.
 *
 * @module
 */
import { join } from "node:path";
import { serveInThread } from "../dashboard/mod.ts";
import { CHROMIUM, CHROMIUM_ARGS } from "../tests/dashboard/_chromium.ts";
import { SQLFinder } from "../tracker/mod.ts";
import { runCommand } from "./process.ts";
import { chooseRegistry, configFlags, ROOT } from "./registry.ts";

const PICTURE = `${ROOT}docs/dashboard.png`;

const [WIDTH, HEIGHT] = [1200, 930];

/** Pixels of the picture for one of the page. */
const SCALE = 1.4;

/** The picture must stay light: it is part of each clone. */
const MOST_BYTES = 200_000;

const [RATES, SEEDS] = [[0.02, 0.001], [1, 2, 3, 4]] as const;

/** Records the runs, and returns their ids. */
async function record(folder: string): Promise<number[]> {
  const deno = ["run", ...configFlags(await chooseRegistry()), "-A"];
  const dbPath = join(folder, "iris.db");
  for (const lr of RATES) {
    for (const seed of SEEDS) {
      const { code, output } = await runCommand(Deno.execPath(), [
        ...deno,
        `${ROOT}cli.ts`,
        "run",
        "--db",
        dbPath,
        "--",
        Deno.execPath(),
        ...deno,
        `${ROOT}examples/train_iris.ts`,
        `lr=${lr}`,
        `seed=${seed}`,
        "epochs=120",
      ], { cwd: folder, quiet: true });
      if (code !== 0) {
        throw new Error(`Cannot record a run of the example: ${output}`);
      }
    }
  }
  const finder = new SQLFinder(dbPath);
  try {
    const runs = await finder.getRunsInProject("iris");
    return runs.map(({ id }) => id).sort((a, b) => a - b);
  } finally {
    await finder.close();
  }
}

/** Takes the picture of a page. */
async function photograph(url: string): Promise<Uint8Array> {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
    args: [...CHROMIUM_ARGS],
  });
  try {
    const page = await browser.newPage({
      viewport: { width: WIDTH, height: HEIGHT },
      deviceScaleFactor: SCALE,
      reducedMotion: "reduce",
      colorScheme: "light",
    });
    await page.goto(url);
    await page.locator(".parting").waitFor();
    await page.locator(".evidence").first().waitFor();
    await page.locator(".chart canvas").first().waitFor();
    return await page.screenshot();
  } finally {
    await browser.close();
  }
}

const temporary = await Deno.makeTempDir({ prefix: "ato-screenshot-" });
// The page has the name of the folder.
const folder = join(temporary, "iris");
try {
  await Deno.mkdir(folder);
  const ids = await record(folder);
  const [a, b] = [ids[0], ids[SEEDS.length]];
  const dashboard = await serveInThread({ dbPath: join(folder, "iris.db") });
  try {
    const picture = await photograph(
      `${dashboard.url}#/why/${a}/${b}?metric=loss&step=60`,
    );
    if (picture.length > MOST_BYTES) {
      throw new Error(
        `The picture has ${picture.length} bytes, more than ${MOST_BYTES}: make it smaller in tools/screenshot.ts`,
      );
    }
    await Deno.writeFile(PICTURE, picture);
    console.log(`docs/dashboard.png is written: ${picture.length} bytes`);
  } finally {
    await dashboard.close();
  }
} finally {
  await Deno.remove(temporary, { recursive: true });
}
