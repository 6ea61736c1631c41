/**
 * Measures the dashboard beside the pages of TensorBoard and MLflow on the same runs, in a real browser. It needs
 * Chromium, and `ATO_PEERS`, the folder with the programs of the peers:
 *
 *     ATO_PEERS=venv/bin deno run --config deno.npm.json -A bench/dashboard_peers.ts [RUNS] [POINTS] [FOLDER]
 *
 * What is written is kept in FOLDER for the next time, if it is given: to export millions of points takes minutes.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { writeBigFile } from "../tests/dashboard/_big_file.ts";
import {
  closeBrowser,
  NO_BROWSER,
  withPage,
} from "../tests/dashboard/_browser.ts";
import { firstContent, SETTLE, timed, usageOf } from "./_dashboard_page.ts";
import {
  type Peer,
  PEERS,
  reasonToSkip,
  type Shown,
  stop,
} from "./_dashboard_peers.ts";

/** How often a page is opened and used: other programs of the machine only add time, so the least is told. */
const ROUNDS = 2;

/** Milliseconds, by what was done. */
type Figures = Record<"first content" | "sort" | "filter" | "curve", number>;

async function measure(peer: Peer, shown: Shown): Promise<void> {
  const started = await peer.start(shown);
  const { child, url, row, sort, filter, beforeCurve = [], curve } = started;
  const pid = child.pid ?? NaN;
  const idle = usageOf(pid);
  const least: Figures = {
    "first content": Infinity,
    sort: Infinity,
    filter: Infinity,
    curve: Infinity,
  };
  const note = (what: keyof Figures, time: number) =>
    least[what] = Math.min(least[what], time);
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await withPage("about:blank", async (page) => {
        note("first content", await firstContent(page, url, row));
        await page.waitForTimeout(SETTLE);
        note("sort", await timed(page, sort.act, sort.until));
        note("filter", await timed(page, filter.act, filter.until));
        for (const step of beforeCurve) {
          await timed(page, step.act, step.until);
          await page.waitForTimeout(SETTLE);
        }
        note("curve", await timed(page, curve.act, curve.until));
        // What their pages report as errors is not measured.
      }, { expected: /./ });
    }
    const used = usageOf(pid);
    const times = Object.entries(least).map(([what, time]) =>
      `${what} ${time.toFixed(0)} ms`
    );
    console.log(
      `${peer.name}\t${times.join("\t")}\tmemory ${
        used.shared.toFixed(0)
      } MB\tCPU ${(used.cpu - idle.cpu).toFixed(1)} s`,
    );
  } finally {
    stop(child);
  }
}

const [runs = "1000", points = "1000000", given] = process.argv.slice(2);
if (NO_BROWSER !== false) {
  console.log(`skipped: ${NO_BROWSER}`);
  process.exit(0);
}
const folder = given ?? mkdtempSync(join(tmpdir(), "ato-peers-"));
mkdirSync(folder, { recursive: true });
try {
  const db = join(folder, "runs.db");
  if (!existsSync(db)) {
    await writeBigFile(db, { runs: Number(runs), points: Number(points) });
  }
  for (const peer of PEERS) {
    const reason = reasonToSkip(peer);
    if (reason === undefined) {
      await measure(peer, { db, runs: Number(runs), folder });
    } else console.log(`${peer.name}\tskipped: ${reason}`);
  }
} finally {
  await closeBrowser();
  if (given === undefined) rmSync(folder, { recursive: true });
}
