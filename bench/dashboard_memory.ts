/**
 * Measures the memory of the dashboard's server while it answers what the pages ask for, again and again; no browser
 * is needed. It must stay below 200 MB, and must not grow from round to round.
 *
 *     deno run --config deno.npm.json -A bench/dashboard_memory.ts FILE [ROUNDS]
 */
import { existsSync } from "node:fs";
import process from "node:process";
import { BIG_PROJECT, writeBigFile } from "../tests/dashboard/_big_file.ts";
import { usageOf } from "./_dashboard_page.ts";
import { serve } from "./_dashboard_server.ts";

/** The runs of `bench/dashboard.ts`; the last one has the curve of 2 million points. */
const RUNS = 10_000;

/** The runs of a comparison, and those whose sparklines are asked for at once. */
const [COMPARED, IN_SIGHT] = [50, 40];

/** A part of a round: what the pages ask for, one after the other. */
function requests(): string[] {
  const project = `project=${BIG_PROJECT}`;
  const filter = encodeURIComponent("seed>=5000 lr<0.1");
  const ids = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => from - i).join(",");
  const curve = (id: number, width: number) =>
    `runs/${id}/curve?metric=loss&width=${width}`;
  return [
    "projects",
    `runs?${project}`,
    `runs?${project}&metric=loss`,
    `sparklines?metric=loss&ids=${ids(RUNS, IN_SIGHT)}`,
    `sparklines?metric=loss&ids=${ids(RUNS / 2, IN_SIGHT)}`,
    `matches?${project}&where=${filter}`,
    `runs/${RUNS}`,
    curve(RUNS, 1200),
    curve(RUNS, 8000),
    ...Array.from({ length: COMPARED }, (_, i) => curve(i + 2, 800)),
    `compare?runs=${ids(COMPARED, COMPARED)}`,
  ];
}

/** Reads the table as a page does: until it has all runs. */
async function readTable(url: string): Promise<void> {
  for (let version = 0, isComplete = false; !isComplete;) {
    const path = `runs?project=${BIG_PROJECT}&since=${version}`;
    const reply = JSON.parse(await read(url, path));
    ({ version, isComplete } = reply);
  }
}

async function read(url: string, path: string): Promise<string> {
  const response = await fetch(`${url}api/${path}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text;
}

const [db = "", rounds = "6"] = process.argv.slice(2);
if (!existsSync(db)) await writeBigFile(db, { runs: RUNS });
const started = performance.now();
const { child, url } = await serve(db);
const tell = (what: string) => {
  const { resident, cpu } = usageOf(child.pid ?? NaN);
  console.log(`${what}\t${resident.toFixed(0)} MB\t${cpu.toFixed(1)} s of CPU`);
};
try {
  tell(`start, ${(performance.now() - started).toFixed(0)} ms`);
  for (let round = 1; round <= Number(rounds); round++) {
    for (const path of requests()) await read(url, path);
    await readTable(url);
    tell(`round ${round}`);
  }
} finally {
  child.kill("SIGTERM");
}
