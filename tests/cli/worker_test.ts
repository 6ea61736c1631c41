/** `ato worker`, and `ato search` on an engine. */
import { test } from "node:test";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  category,
  connectSearch,
  DistributedHyperBand,
  int,
  registerEngine,
} from "@ato/ato/hyperopt";
import { Scope } from "@ato/ato/scope";
import { connectRelay, RELAY, startRelay } from "../hyperopt/_relay.ts";
import { commandFor, start } from "../tracker/_helpers.ts";
import { soon, until } from "../_shared/patience.ts";
import { ato, inFolder } from "./_lib.ts";

registerEngine(RELAY, connectRelay);

const onWindows = process.platform === "win32";
const MEMBER = commandFor("../hyperopt/_shared_member.ts", []).flat();

/** What `ato search status --json` says of the search; `undefined` while no process has taken part. */
async function statusOf(url: string): Promise<
  {
    readonly state: string;
    readonly trials: number;
    readonly members: readonly { readonly state: string }[];
    readonly jobs: { readonly lost: number };
  } | undefined
> {
  const words = ["status", "cli", "--workers", url, "--json"];
  const { code, out } = await ato("search", ...words);
  return code === 0 ? JSON.parse(out) : undefined;
}

test(
  "ato worker: starts processes, shows the progress of all, and ends with the search",
  {
    skip: onWindows,
  },
  () =>
    inFolder(async (folder) => {
      const relay = await startRelay(60_000);
      try {
        // A job goes on when both processes have come: one of them could end the search before the other one has started.
        const variables = ["ATO_TEST_HOLD=5.0", `ATO_TEST_GO=${folder}`];
        const worker = ato(
          ...["worker", "--search", "cli", "-n", "2", relay.url],
          ...["env", ...variables, ...MEMBER],
        );
        await until(
          async () => (await statusOf(relay.url))?.members.length === 2,
          () => "the two processes have not come",
        );
        writeFileSync(join(folder, "5.0"), "");
        const { code, out, err } = await worker;
        assertEquals(code, 0, err);
        assertMatch(out, /^done: 27 of 27 trials, 0 running on 0 workers/m);
        assertMatch(out, /best loss [\d.]+ at 9, trial \d+/);
        for (const number of [1, 2]) {
          assertStringIncludes(err, `[${number}] best `);
        }
        const status = await ato(
          "search",
          "status",
          "cli",
          "--workers",
          relay.url,
        );
        assertEquals(status.code, 0);
        assertMatch(status.out, /^cli {2}done\n/);
        assertMatch(
          status.out,
          /^jobs +0 running, 0 waiting, \d+ done, 0 failed/m,
        );
        assertEquals(status.out.match(/ left /g)?.length, 2);
        const { state, trials, members } = (await statusOf(relay.url))!;
        assertEquals([state, trials, members.length], ["done", 27, 2]);
        const late = await ato(
          "search",
          "pause",
          "cli",
          "--workers",
          relay.url,
        );
        assertEquals(late.code, 2);
        assertStringIncludes(late.err, "it is done");
      } finally {
        await relay.end();
      }
    }),
);

test("ato worker: a process that crashes is started again", {
  skip: onWindows,
}, () =>
  inFolder(async (folder) => {
    const relay = await startRelay(2_000);
    const flag = join(folder, "crashed");
    const script = start("../cli/_worker_script.ts", [relay.url, flag], {
      env: { ATO_WORKERS: relay.url },
    });
    try {
      const end = await soon(script.ended, () => script.stderr());
      assertEquals(end.code, 0, script.stderr());
      assertMatch(
        script.stderr(),
        /process 1 was ended by SIGKILL; it is started again in 1 s/,
      );
      assert(script.lines.some((line) => /^done: 27 of 27 trials/.test(line)));
    } finally {
      script.process.kill("SIGKILL");
      await relay.end();
    }
  }));

test("ato search status: of a search by DistributedHyperBand it says only what is recorded", async () => {
  const relay = await startRelay(60_000);
  const status = async () => {
    const { out } = await ato(
      "search",
      "status",
      "band",
      "--workers",
      relay.url,
    );
    return out;
  };
  try {
    const backend = await connectSearch(relay.url, { searchId: "band" });
    const search = new DistributedHyperBand(
      new Scope({ argv: [] }),
      { width: int(1, 4, { grid: 4 }) },
      { halvingRate: 0.5, numMinSamples: 2, rank: 0, worldSize: 1, backend },
    );
    const outputs: string[] = [];
    await search.main(async ({ width }) => {
      outputs.push(await status());
      return width === 3 ? NaN : width;
    })();
    assertMatch(outputs.at(-1)!, /^band {2}running\n/);
    const end = await status();
    assertMatch(end, /^band {2}done\n/);
    assertMatch(end, /^jobs +\d+ done, 1 failed$/m);
    assertMatch(end, /^best +4 in rung \d: .*width=4/m);
    // Nobody counts its processes or its queue.
    for (const text of [...outputs, end]) {
      assert(!/ (running|waiting|lost)/.test(text.replace(/^.*/, "")), text);
    }
    await backend.close();
  } finally {
    await relay.end();
  }
});

test("ato worker: SIGTERM ends its processes, and gives their trials back", {
  skip: onWindows,
}, async () => {
  const relay = await startRelay(60_000);
  // A job holds on, so that the search does not end before the signal.
  const script = start("../cli/_worker_script.ts", [relay.url], {
    env: { ATO_WORKERS: relay.url, ATO_TEST_HOLD: "5.0" },
  });
  try {
    await script.line("running: ");
    // A process that is still coming is ended by the signal at once, and has nothing to give back.
    await until(
      () => script.stderr().includes("[1] holding 5.0\n"),
      () => `no job is held: ${script.stderr()}`,
    );
    process.kill(script.process.pid!, "SIGTERM");
    const { code } = await soon(script.ended, () => script.stderr());
    assertEquals(code, 143);
    const { members, jobs } = (await statusOf(relay.url))!;
    assertEquals(members.map(({ state }) => state), ["left"]);
    assertEquals(jobs.lost, 0);
  } finally {
    script.process.kill("SIGKILL");
    await relay.end();
  }
});

test("ato search: pause, resume and stop a search on an engine", {
  skip: onWindows,
}, async () => {
  const relay = await startRelay(60_000);
  const on = ["cli", "--workers", relay.url];
  const member = start("../hyperopt/_shared_member.ts", [], {
    env: {
      ATO_WORKERS: relay.url,
      ATO_SEARCH: "cli",
      // A job holds on, so that the search does not end before it is stopped.
      ATO_TEST_HOLD: "5.0",
    },
  });
  try {
    await member.line("ended");
    const paused = await ato("search", "pause", ...on);
    assertEquals(paused.code, 0);
    assertStringIncludes(paused.out, "is paused");
    assertMatch((await ato("search", "status", ...on)).out, /^cli {2}paused/);
    assertStringIncludes(
      (await ato("search", "resume", ...on)).out,
      "goes on",
    );
    assertStringIncludes((await ato("search", "stop", ...on)).out, "stops");
    assertEquals(await member.ended, { code: 0, signal: null });
    const watched = await ato("search", "status", ...on, "--watch");
    assertMatch(watched.out, /^stopped: /);
  } finally {
    member.process.kill("SIGKILL");
    await member.ended;
    await relay.end();
  }
});

test("ato search status: a search by DistributedHyperBand is shown, and cannot be paused", async () => {
  const relay = await startRelay(60_000);
  try {
    const backend = await connectRelay(relay.url, { searchId: "halving" });
    const search = new DistributedHyperBand(new Scope({ argv: [] }), {
      x: category([1, 2, 3, 4]),
    }, {
      halvingRate: 0.5,
      numMinSamples: 1,
      rank: 0,
      worldSize: 1,
      backend,
    });
    await search.main((config) => config.x)();
    const on = ["halving", "--workers", relay.url];
    const { out, code } = await ato("search", "status", ...on);
    assertEquals(code, 0);
    assertMatch(out, /^kind +HyperBand/m);
    assertMatch(out, /^jobs +\d+ done, 0 failed$/m);
    const { err } = await ato("search", "pause", ...on);
    assertStringIncludes(err, "DistributedHyperBand");
    await backend.close();
  } finally {
    await relay.end();
  }
});

test("ato worker, ato search: mistakes are one sentence each, and no password is shown", async () => {
  const relay = await startRelay(60_000);
  try {
    const cases: [string[], RegExp][] = [
      [["worker", "x.ts"], /name the search/],
      [["worker", "--search", "s", "relay://host"], /without a script/],
      [
        ["worker", "--search", "s", relay.url, "missing.ts"],
        /there is no file missing\.ts/,
      ],
      [
        ["worker", "--search", "s", "-n", "0", relay.url, ...MEMBER],
        /whole number from 1/,
      ],
      [
        ["search", "status", "nobody", "--workers", relay.url],
        /no process has taken part/,
      ],
      [["search", "status", "--workers", relay.url], /name the search/],
      [
        ["search", "status", "s", "--workers", "rediss3://me:secret@host"],
        /no engine is known for .*\*\*\*/,
      ],
      [
        ["search", "list", "--workers", relay.url],
        /it is for ato search resume and status and pause and stop/,
      ],
    ];
    for (const [words, message] of cases) {
      const { code, out, err } = await ato(...words);
      assert(code !== 0, words.join(" "));
      assertMatch(err, message);
      assertEquals(/secret/.test(out + err), false);
      assertEquals(/ at .*:\d+:\d+/.test(err), false);
    }
    // In a process of its own, whose command line `ps` shows.
    const secret = relay.url.replace("://", "://me:secret@");
    const script = start("../cli/_ato_relay.ts", [
      "search",
      "status",
      "nobody",
      "--workers",
      secret,
    ]);
    assertEquals((await script.ended).code, 1);
    assertMatch(script.stderr(), /every user of this machine can see/);
    assertEquals(/secret/.test(script.stderr() + script.lines), false);
  } finally {
    await relay.end();
  }
});
