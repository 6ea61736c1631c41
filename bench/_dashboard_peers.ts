/** How the pages of the peers are started and used. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { BIG_PROJECT } from "../tests/dashboard/_big_file.ts";
import { ROOT, runtimeArgs } from "../tests/_shared/run_script.ts";
import type { Act } from "./_dashboard_page.ts";
import { serve } from "./_dashboard_server.ts";

/** An action, and the XPath that says that its result is drawn. */
export interface Step {
  readonly act: Act;
  readonly until: string;
}

/** A server of runs, and how a person uses its page. */
export interface Started {
  readonly child: ChildProcess;
  /** The page of the runs. */
  readonly url: string;
  /** The CSS selector of a run in the list. */
  readonly row: string;
  /** Sorts the list the other way round, so that the oldest or the newest run is the first. */
  readonly sort: Step;
  /** Leaves few runs in the list. */
  readonly filter: Step;
  /** What a person does before asking for a curve. */
  readonly beforeCurve?: readonly Step[];
  /** Shows the curves of the run with the longest curve. */
  readonly curve: Step;
}

/** The runs to show. */
export interface Shown {
  /** The file, which `writeBigFile` has written. */
  readonly db: string;
  readonly runs: number;
  /** A folder for what a peer reads; what is there already is used again. */
  readonly folder: string;
}

/** A page that shows runs. */
export interface Peer {
  readonly name: string;
  /** Its program; `undefined` for this dashboard. */
  readonly program?: string;
  /** Brings the runs into the form that it reads, and starts it. */
  start(shown: Shown): Promise<Started>;
}

/** The folder of the programs of the peers. */
const BIN = process.env["ATO_PEERS"] ?? "";

/** The reason to skip a peer; `undefined` if it is installed. */
export function reasonToSkip({ program }: Peer): string | undefined {
  if (program === undefined || existsSync(join(BIN, program))) return undefined;
  return `${program} is not installed; run \`pip install ${program}\` in an environment, and name its bin folder with ATO_PEERS`;
}

/** This dashboard, TensorBoard and MLflow. */
export const PEERS: readonly Peer[] = [
  { name: "ato dashboard", start: startAto },
  { name: "TensorBoard", program: "tensorboard", start: startTensorboard },
  { name: "MLflow", program: "mlflow", start: startMlflow },
];

async function startAto({ db, runs }: Shown): Promise<Started> {
  const { child, url } = await serve(db);
  const first = '(//*[contains(@class, "table-row")])[1]//a[text() = "1"]';
  return {
    child,
    url: `${url}#/runs/${BIG_PROJECT}`,
    row: ".table-row a",
    sort: {
      act: { click: '.table-head button[title="run"]' },
      until: `count(${first}) = 1`,
    },
    filter: {
      act: { type: [".filter", `seed=${runs / 2}`] },
      until: 'contains(//*[@class="count"], "1 of ")',
    },
    curve: { act: { hash: `#/run/${runs}` }, until: "count(//canvas) > 1" },
  };
}

async function startTensorboard(shown: Shown): Promise<Started> {
  const { runs } = shown;
  const logs = exported(shown, "tensorboard");
  const { child, url } = await startPeer("tensorboard", ["--logdir", logs]);
  // It goes on loading for a while; only then does its list have what the others have.
  await holds(`${url}data/runs`, readdirSync(logs).length);
  const row = "//tb-data-table-content-row";
  const field = 'input[placeholder*="Filter runs"]';
  return {
    child,
    url,
    row: "tb-data-table-content-row",
    sort: {
      act: { click: "tb-data-table-header-cell.table-column-run > .cell" },
      until: `starts-with(normalize-space((${row})[1]), "${runs}-")`,
    },
    filter: {
      act: { type: [field, `^${runs / 2}-`] },
      until: `count(${row}) = 1`,
    },
    beforeCurve: [{
      act: { type: [field, `^${runs}-`] },
      until:
        `count(${row}) = 1 and starts-with(normalize-space(${row}), "${runs}-")`,
    }],
    curve: {
      act: { press: "tb-data-table-content-row mat-checkbox" },
      // The lines are on a canvas; without them, the axes end at 1, and with the longest one at thousands of steps.
      until: '//line-chart-axis//*[local-name() = "text"][contains(., "k")]',
    },
  };
}

async function startMlflow(shown: Shown): Promise<Started> {
  const { runs } = shown;
  const store = exported(shown, "mlflow");
  const { child, url } = await startPeer("mlflow", [
    "server",
    "--backend-store-uri",
    store,
    "--workers",
    "1",
  ]);
  const experiment = readdirSync(store).find((name) => /^\d{2,}$/.test(name)) ??
    "";
  const page = `#/experiments/${experiment}/runs`;
  const run = readdirSync(join(store, experiment)).find((id) =>
    nameOf(join(store, experiment, id)) === `run ${runs - 1}`
  );
  const first = `normalize-space((//a[contains(@href, "/runs/")])[1])`;
  const filter = encodeURIComponent(`params.seed = "${runs / 2}"`);
  return {
    child,
    url: `${url}${page}`,
    row: `a[href*="/runs/"]`,
    sort: {
      act: { hash: `${page}?orderByKey=attributes.start_time&orderByAsc=true` },
      until: `${first} = "run 1"`,
    },
    filter: {
      act: { hash: `${page}?searchFilter=${filter}` },
      until: `${first} = "run ${runs / 2}"`,
    },
    curve: {
      act: { hash: `${page}/${run}/model-metrics` },
      until: 'count(//*[contains(@class, "js-line")]) > 1',
    },
  };
}

function nameOf(run: string): string {
  const path = join(run, "tags", "mlflow.runName");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Returns the folder with the runs in another format. */
function exported({ db, folder }: Shown, format: string): string {
  const out = join(folder, format);
  if (existsSync(out)) return out;
  const { status, stderr } = spawnSync(process.execPath, [
    ...runtimeArgs("run"),
    "cli.ts",
    "export",
    BIG_PROJECT,
    "--db",
    db,
    "--format",
    format,
    "--out",
    out,
  ], { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot export the runs: ${stderr}`);
  return out;
}

/** Starts a program of a peer, and waits until it answers. */
async function startPeer(
  program: string,
  words: readonly string[],
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const port = await freePort();
  const where = ["--port", String(port), "--host", "127.0.0.1"];
  const child = spawn(join(BIN, program), [...words, ...where], {
    stdio: "ignore",
    // A group of its own: the processes that it starts do not all end with it.
    detached: true,
    env: { ...process.env, MLFLOW_ALLOW_FILE_STORE: "true" },
  });
  const url = `http://127.0.0.1:${port}/`;
  await until(() => fetch(url).then(({ ok }) => ok));
  return { child, url };
}

/** Waits until an address lists so many things. */
async function holds(url: string, count: number): Promise<void> {
  await until(async () => {
    const list: unknown = await (await fetch(url)).json();
    return Array.isArray(list) && list.length >= count;
  });
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  // A server that does not listen yet refuses the connection.
  while (!await isDone().catch(() => false)) {
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** Ends a server and what it started. */
export function stop(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch {
    // It is no group: this dashboard, which starts no process.
    child.kill("SIGTERM");
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      server.close(() => done(port ?? 0));
    });
  });
}
