import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ADict } from "../../adict/mod.ts";
import {
  float,
  HyperBand,
  int,
  SearchFailedError,
  trialLogger,
} from "../../hyperopt/mod.ts";
import { Scope } from "../../scope/mod.ts";
import { type Run, SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";
import { denoConfig, IS_DENO, ROOT } from "../_shared/run_script.ts";

async function inFolder(
  work: (tracker: Tracker, folder: string) => Promise<void> | void,
): Promise<void> {
  const folder = makeTempFolder("hyperopt");
  const dbPath = join(folder, "runs.db");
  try {
    await work(
      { experiment: { projectName: "demo", sql: { dbPath } } },
      folder,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Tracker {
  experiment: { projectName: string; sql: { dbPath: string } };
}

async function runsOf(
  tracker: Tracker,
  look: (runs: Run[]) => Promise<void> | void,
): Promise<void> {
  const finder = new SQLFinder(tracker);
  try {
    await look(await finder.getRunsInProject("demo"));
  } finally {
    await finder.close();
  }
}

const quick = { halvingRate: 0.5, numMinSamples: 2 } as const;
const spaces = { x: int(1, 4, { grid: 4 }) };

test("HyperBand: each tracked trial is a run with tags, name, config, objective, metrics and status", async () => {
  await inFolder(async (tracker) => {
    const scope = new Scope({ argv: ["y=5"] });
    const search = new HyperBand(scope, spaces, {
      ...quick,
      id: "abc",
      tracker,
    });
    const running = search.main((config) => {
      trialLogger(config)!.logMetric("loss", config.x / 2, 7);
      if (config.x === 1) throw new RangeError("one");
      return config.x === 2 ? NaN : config.x * config.__num_halved__;
    })();
    assertInstanceOf(running, Promise);
    const result = await running;
    assertEquals([result.config.x, result.words], [4, [
      "x=4",
      "__num_halved__=2",
    ]]);
    await runsOf(tracker, async (runs) => {
      assertEquals(
        runs.map(({ name, status, error }) => [name, status, error?.name]),
        [
          ["x=1 __num_halved__=0", "failed", "RangeError"],
          ["x=2 __num_halved__=0", "failed", "TypeError"],
          ["x=3 __num_halved__=0", "completed", undefined],
          ["x=4 __num_halved__=0", "completed", undefined],
          ["x=3 __num_halved__=1", "completed", undefined],
          ["x=4 __num_halved__=1", "completed", undefined],
          ["x=4 __num_halved__=2", "completed", undefined],
        ],
      );
      for (const run of runs) {
        assertEquals(run.tags, ["hyperopt", "search:abc"]);
        assertEquals([run.config["y"], run.config["__hyperopt_id__"]], [
          5,
          "abc",
        ]);
        assertEquals((await run.metrics.summary("loss"))?.lastStep, 7);
        assertEquals(run.history["x"]?.at(-1)?.by, `x=${run.config["x"]}`);
        const objective = await run.metrics.summary("objective");
        assertEquals(objective === undefined, run.status === "failed");
      }
    });
  });
});

test("HyperBand: a search has the same result with a tracker as without, and when it is resumed", async () => {
  await inFolder(async (tracker) => {
    const objective = (
      { x, __num_halved__ }: { x: number; __num_halved__: number },
    ) => {
      if (x === 4) throw new Error("four");
      return x === 2 ? Infinity : x + __num_halved__;
    };
    const make = (options: object) =>
      new HyperBand(new Scope({ argv: [] }), spaces, {
        ...quick,
        mode: "min",
        id: "abc",
        ...options,
      });
    const shown = (
      result: {
        logs: readonly (readonly object[])[];
        failures: readonly { error: unknown }[];
      },
    ) => [
      result.logs.map((rung) =>
        rung.map((config) => (config as ADict).toObject())
      ),
      result.failures.map(({ error }) => String(error)),
    ];
    const plain = make({}).main(objective)();
    const first = await make({ tracker }).main(objective)();
    const again = await make({ tracker }).main((): number => {
      throw new Error("it should not run");
    })();
    assertEquals(shown(first), shown(plain));
    assertEquals(shown(again), shown(plain));
    await runsOf(tracker, (runs) => assertEquals(runs.length, 4 + 2 + 1));
  });
});

test("HyperBand: another search in the same file runs again, and finished trials are kept in a wider space", async () => {
  await inFolder(async (tracker) => {
    const count = async (id: string, size: number): Promise<number> => {
      let calls = 0;
      const space = { x: int(1, size, { grid: size }) };
      const search = new HyperBand(new Scope({ argv: [] }), space, {
        ...quick,
        id,
        tracker,
      });
      await search.main(({ x }) => {
        calls++;
        return -x;
      })();
      return calls;
    };
    assertEquals([await count("a", 3), await count("b", 3)], [4, 4]);
    // The five trials of the first rung, of which three are known, and the later rungs.
    assertEquals(await count("a", 5), 2 + 1 + 1);
  });
});

test("HyperBand: a trial that runs twice at one fidelity is resumed twice", async () => {
  await inFolder(async (tracker) => {
    // A single config: its rung, and its last run, which is not halved again.
    const run = async () => {
      let calls = 0;
      const search = new HyperBand(new Scope({ argv: [] }), {
        x: int(1, 1, { grid: 1 }),
      }, {
        halvingRate: 0.5,
        numMinSamples: 1,
        id: "a",
        tracker,
      });
      await search.main(({ x }) => x + calls++)();
      return calls;
    };
    assertEquals([await run(), await run()], [2, 0]);
  });
});

test("HyperBand: the tracker is a logger, an ADict, or the place that the scope names", async () => {
  await inFolder(async (tracker) => {
    const trackers = [
      new SQLLogger(tracker),
      new ADict(tracker),
      new SQLLogger(new ADict(tracker)),
    ];
    for (const [i, given] of trackers.entries()) {
      const scope = new Scope({ config: i === 0 ? tracker : {}, argv: [] });
      const search = new HyperBand(scope, spaces, {
        ...quick,
        id: `s${i}`,
        tracker: given,
      });
      await search.main((config) => config.x)();
    }
    await runsOf(tracker, (runs) => {
      assertEquals(runs.length, 3 * 7);
      // Only a config that is recorded itself knows which keys were read.
      assertEquals(
        runs.map(({ unread }) => unread === undefined),
        runs.map(({ tags }) => !tags.includes("search:s0")),
      );
      for (const run of runs) {
        assertEquals(run.config["experiment"], tracker.experiment);
      }
    });
  });
});

test("HyperBand: if all trials fail, each run has its error", async () => {
  await inFolder(async (tracker) => {
    const search = new HyperBand(new Scope({ argv: [] }), spaces, {
      ...quick,
      tracker,
    });
    await assertRejects(search.main(() => NaN), SearchFailedError);
    await runsOf(
      tracker,
      (runs) =>
        assertEquals(runs.map(({ status }) => status), Array(4).fill("failed")),
    );
  });
});

test("trialLogger: there is no logger without a tracker", () => {
  const search = new HyperBand(new Scope({ argv: [] }), {
    lr: float(0, 1, { grid: 1 }),
  }, { halvingRate: 0.5, numMinSamples: 1 });
  let logger: unknown = "none yet";
  search.main((config) => {
    logger = trialLogger(config);
    return 1;
  })();
  assertEquals(logger, undefined);
});

test("HyperBand: a search that is killed is resumed, and no finished trial runs twice", async () => {
  const script = fileURLToPath(new URL("_tracked_search.ts", import.meta.url));
  const args = IS_DENO
    ? ["run", "-A", "--config", denoConfig(), script]
    : [...process.execArgv, script];
  await inFolder((tracker) => {
    const lives: string[] = [];
    const ran: string[] = [];
    let [best, kills] = ["", 0];
    for (let life = 0; life < 12; life++) {
      const { stdout, signal, status, stderr } = spawnSync(
        process.execPath,
        [...args, tracker.experiment.sql.dbPath, "abc", String(life % 3 + 3)],
        { cwd: ROOT, encoding: "utf8" },
      );
      lives.push(`${signal ?? status}: ${stdout}${stderr}`);
      const lines = stdout.trim().split("\n");
      const last = lines.pop();
      ran.push(...lines);
      if (signal === "SIGKILL") {
        // Whatever else kills it, e.g. for want of memory, can do so in the middle of a trial that printed its line.
        assertMatch(last ?? "", /^killed in /, lives.join("\n"));
        kills++;
        continue;
      }
      assertEquals(status, 0, stderr);
      best = last ?? "";
      break;
    }
    assert(kills >= 2);
    assertEquals(best, "best 8 8");
    assertEquals(
      ran.toSorted(),
      [
        ...[1, 2, 3, 4, 5, 6, 7, 8].map((x) => `ran ${x} 0`),
        ...[5, 6, 7, 8].map((x) => `ran ${x} 1`),
        ...[7, 8].map((x) => `ran ${x} 2`),
        ...[8, 8].map((x) => `ran ${x} 3`),
      ].toSorted(),
      lives.join("\n"),
    );
  });
});
