/** `ato search`: what it shows of searches, and that it only reads. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  defineSpace,
  float,
  fullFidelity,
  openStudy,
  randomSampler,
  readOptunaStudy,
  readStudy,
  sqliteJournal,
} from "@ato/ato/hyperopt";
import { Scope } from "@ato/ato/scope";
import { openForWriting } from "../../tracker/mod.ts";
import { assertGolden, type GoldenCase } from "./_golden.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";
import { commandOf } from "../examples/_examples.ts";
import { makeSearch, makeTwo } from "./_searches.ts";

const CASES: readonly GoldenCase[] = [
  ["search_list", "search list"],
  ["search_show", "search show widths"],
  ["search_show_narrow", "search show widths --limit 3", "narrow"],
  ["search_words", "search words widths"],
  ["search_plot", "search plot widths"],
  ["search_plot_wide", "search plot widths --plot best,slices", "wide"],
  ["search_plot_narrow", "search plot widths", "narrow"],
  ["search_front_show", "search show two"],
  ["search_front_plot", "search plot two --plot front,parallel,rungs,best"],
  ["search_front_narrow", "search plot two --plot front,slices", "narrow"],
  ["search_csv", "search export widths --format csv"],
];

test("ato search: the texts are the stored ones", async (t) => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    await makeSearch(db, { id: "second", until: 4 });
    await makeTwo(db);
    for (const golden of CASES) {
      const [, words, view = "piped"] = golden;
      // Words are for pasting: the terminal breaks them.
      await t.test(`${words} (${view})`, () =>
        assertGolden(golden, ["--db", db], (line) => /^ {12}lr=/.test(line)));
    }
  });
});

test("ato search: a script that is started with the words has the config of the trial", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    for (const trial of [[], ["--trial", "3"]]) {
      const said = await ato("search", "words", ...trial, "--json", "--db", db);
      const words: string[] = JSON.parse(said.out);
      const shown = JSON.parse(
        (await ato("search", "show", "--json", "--db", db)).out,
      );
      const number = trial.length === 0 ? shown.best.trial : 3;
      const { config } = shown.trials.find((one: { trial: number }) =>
        one.trial === number
      );
      const scope = new Scope({ argv: words });
      assertEquals(scope.apply().toObject(), config);
      // As a shell splits `$(ato search words)`.
      const plain = await ato("search", "words", ...trial, "--db", db);
      const split = new Scope({ argv: plain.out.trim().split(/\s+/) });
      assertEquals(split.apply().toObject(), config);
    }
  });
});

test("ato search: a search of several objectives has a front and no best trial", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeTwo(db);
    const run = (...words: string[]) => ato("search", ...words, "--db", db);
    const json = async (...words: string[]) =>
      JSON.parse((await run(...words, "--json")).out);
    const study = await readStudy(db, "two");
    const front = study.front.map(({ trial }) => trial.trial);
    assert(front.length > 1);
    const shown = await json("show", "two");
    assertEquals(shown.best, null);
    assertEquals(shown.objectives, { accuracy: "max", latency: "min" });
    assertEquals(shown.constraints, {
      memory: { max: 300 },
      accuracy: { min: 0.5 },
    });
    assertEquals(shown.front.map(({ trial }: Trial) => trial), front);
    // Each of the front comes first; no other has its rank.
    const ranks = shown.trials.map(({ rank }: { rank: number }) => rank);
    assertEquals(ranks.lastIndexOf(0), front.length - 1);
    assertEquals(
      shown.trials.slice(0, front.length).map(({ trial }: Trial) => trial),
      front,
    );
    const infeasible = shown.trials.filter((
      { violation = 0 }: { violation?: number },
    ) => violation > 0);
    assert(infeasible.length > 0);
    for (const { results: [{ metrics }] } of infeasible) {
      assert(metrics.memory > 300 || metrics.accuracy < 0.5);
    }
    const [brief] = await json("list");
    assertEquals(brief.front, shown.front);
    assertMatch((await run("words")).err, /give --trial with one of its front/);
    const words = await run("words", "--trial", String(front[0]));
    assertEquals(words.out.trim(), shown.front[0].words.join(" "));
    const plot = await json("plot", "two", "--plot", "front");
    assertEquals(
      plot.trials.filter(({ kind }: { kind: string }) => kind === "best")
        .map(({ trial }: Trial) => trial),
      front,
    );
    const both = await run("importance");
    assertMatch(both.out, /accuracy[^]*latency/);
    const one = await run("importance", "--metric", "memory");
    assertMatch(one.out, /memory/);
    assert(!one.out.includes("latency"), one.out);
  });
});

interface Trial {
  readonly trial: number;
}

test("ato search: under constraints the best trial is a feasible one, in every view", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeTwo(db, { objectives: { accuracy: "max" } });
    const { best, trials } = await readStudy(db, "two");
    const { trial } = best!.trial;
    // A better one violates the constraints.
    assert(
      trials.some(({ results: [result] }) =>
        (result?.metrics["accuracy"] ?? 0) > best!.metrics["accuracy"]!
      ),
    );
    const run = (...words: string[]) => ato("search", ...words, "--db", db);
    const shown = (await run("show", "two")).out;
    assertMatch(shown, new RegExp(`^best +trial ${trial}:`, "m"));
    assertMatch(shown, new RegExp(`violation.*\\n +${trial} +completed`));
    const plot = JSON.parse((await run("plot", "two", "--json")).out);
    assertEquals([plot.trials[0].trial, plot.trials[0].kind], [trial, "best"]);
    const csv = (await run("export", "--format", "csv")).out.split("\n");
    assertMatch(csv[0]!, /,rank,violation,.*metric\.accuracy/);
    assert(csv[1]!.startsWith(`${trial},completed,`), csv[1]);
  });
});

test("ato search export: a study of several objectives becomes CSV, JSON and a study of Optuna", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeTwo(db);
    const out = join(folder, "optuna.db");
    const run = (...words: string[]) =>
      ato("search", "export", "two", ...words, "--db", db);
    const csv = (await run("--format", "csv")).out.trim().split("\n");
    assertEquals(csv.length, 24 + 1);
    assertMatch(
      csv[0]!,
      /,config\.layers,config\.width,metric\.accuracy,metric\.latency,metric\.memory$/,
    );
    const { front, trials } = JSON.parse((await run("--format", "json")).out);
    assertEquals(trials.length, 24);
    const written = await run("--format", "optuna", "--out", out);
    assertEquals([written.code, written.out], [0, `wrote ${out}\n`]);
    const read = await readOptunaStudy({ dbPath: out });
    assertEquals([read.studyName, read.metrics, read.modes], [
      "two",
      ["accuracy", "latency"],
      ["max", "min"],
    ]);
    const first = read.trials[front[0].trial]!;
    assertEquals(first.attributes["ato:words"], front[0].words.join(" "));
    // Neither an earlier export nor the file of the runs is overwritten.
    for (
      const [words, reason] of [
        [["--out", out], /exists; name a new file/],
        [["--out", db], /exists; name a new file/],
        [["--out", out, "--force"], /never overwritten; name a new file/],
        [[], /without a file; give --out FILE\.db/],
      ] as const
    ) {
      const refused = await run("--format", "optuna", ...words);
      assertEquals([refused.code, refused.out], [2, ""]);
      assertMatch(refused.err, reason);
    }
    assertEquals((await readOptunaStudy({ dbPath: out })).trials.length, 24);
    assertEquals((await ato("search", "show", "two", "--db", db)).code, 0);
  });
});

test("ato search: the JSON has what the text has, and more", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    const shown = JSON.parse(
      (await ato("search", "show", "widths", "--json", "--db", db)).out,
    );
    assertEquals(
      [shown.id, shown.state, shown.sampler, shown.scheduler, shown.mode],
      ["widths", "done", "random", "asha", "min"],
    );
    assertEquals(shown.budget, { trials: 20, fidelity: 100 });
    assertEquals(shown.trials.length, 9);
    assertEquals(shown.trials[0].trial, shown.best.trial);
    assertEquals(shown.trials.at(-1).status, "failed");
    assertEquals(
      shown.rungs.map((
        { rung, entered, ended, failed }: Record<string, number>,
      ) => [rung, entered, ended, failed]),
      [[0, 9, 8, 1], [1, 4, 4, 0], [2, 1, 1, 0]],
    );
    const list = JSON.parse(
      (await ato("search", "list", "--json", "--db", db)).out,
    );
    assertEquals(list[0].best, shown.best);
    const out = join(folder, "trials.json");
    assertEquals(
      (await ato(
        "search",
        "export",
        "--format",
        "json",
        "--out",
        out,
        "--db",
        db,
      ))
        .code,
      0,
    );
    assertEquals(JSON.parse(readFileSync(out, "utf8")).trials, shown.trials);
  });
});

test("ato search: an earlier export or plot is replaced, another file is not", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    const commands = [
      ["export", "--format", "csv", "--out"],
      ["export", "--format", "json", "--out"],
      ["plot", "--svg"],
    ];
    for (const [i, words] of commands.entries()) {
      const file = join(folder, `out-${i}`);
      const write = () => ato("search", ...words, file, "--db", db);
      assertEquals((await write()).code, 0);
      assertEquals((await write()).code, 0);
      assertEquals(statSync(file).mode & 0o777, 0o600);
      writeFileSync(file, "mine\n");
      const refused = await write();
      assertEquals(refused.code, 2);
      assertMatch(refused.err, /--force overwrites it/);
      assertEquals(readFileSync(file, "utf8"), "mine\n");
      assertEquals(
        (await ato("search", ...words, db, "--force", "--db", db)).code,
        2,
      );
    }
    const svg = join(folder, "out-2");
    await ato("search", "plot", "--svg", svg, "--force", "--db", db);
    const text = readFileSync(svg, "utf8");
    assert(text.startsWith("<svg "), text.slice(0, 20));
    assert(!/NaN|Infinity|undefined/.test(text), "it has no place for a value");
    for (
      const title of ["best so far", "parallel coordinates", "slices", "rungs"]
    ) {
      assertStringIncludes(text, title);
    }
  });
});

test("ato search: what cannot be done is one sentence that says how to fix it", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    const without = await ato("search", "list", "--db", db);
    assertEquals([without.code, without.err], [1, "no searches\n"]);
    assertMatch((await ato("search", "show", "--db", db)).err, /has none/);
    await makeSearch(db);
    await makeSearch(db, { id: "empty", until: 0 });
    const cases:
      readonly (readonly [words: string, code: number, text: RegExp])[] = [
        ["search", 2, /write ato search list\|show/],
        ["search shwo", 2, /did you mean show\?/],
        [
          "search show width",
          1,
          /Cannot find search width: did you mean widths\?/,
        ],
        ["search show unlike", 1, /`ato search list` lists them/],
        ["search show", 2, /there are widths, empty; name one/],
        ["search show widths empty", 2, /it takes one search/],
        ["search list widths", 2, /it takes no search/],
        ["search show widths --svg x.svg", 2, /it is for ato search plot/],
        ["search list --force", 2, /it is for ato search plot and export/],
        ["search show widths --limit some", 2, /give a whole number from 0/],
        ["search plot widths --plot bset", 2, /did you mean best\?/],
        ["search importance widths --metric los", 2, /did you mean loss\?/],
        ["search importance widths --trial 1", 2, /it is for ato search words/],
        ["search export widths", 2, /give --format csv, json or optuna/],
        [
          "search export widths --format xml",
          2,
          /it is one of csv, json, optuna/,
        ],
        ["search words widths --trial 99", 1, /has trials 0 to 8/],
        ["search words empty", 1, /no trial has a result yet/],
      ];
    for (const [words, code, text] of cases) {
      const said = await ato(...words.split(" "), "--db", db);
      assertMatch(said.err, text, words);
      assertEquals([said.code, said.out], [code, ""], words);
      assertEquals(said.err.trim().split("\n").length, 1, words);
    }
    const empty = await ato("search", "show", "empty", "--db", db);
    assertEquals(empty.code, 0);
    assertStringIncludes(empty.out, "empty  stopped, 0 trials");
    assertStringIncludes(
      (await ato("search", "plot", "empty", "--db", db)).out,
      "(no result to draw)",
    );
  });
});

test("ato search: names, errors and values from the file are shown escaped", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const id = "evil\u001b]0;x\u0007\nname";
    await makeSearch(db, { id, metric: "loss", error: "red\u001b[31m\nline" });
    for (
      const words of [
        ["list"],
        ["show"],
        ["plot"],
        ["words"],
        ["resume", "--print"],
        ["show", "nearly"],
        ["export", "--format", "json"],
      ]
    ) {
      const { out, err } = await ato("search", ...words, "--db", db);
      // deno-lint-ignore no-control-regex
      assert(!/[\u001b\u0007]/.test(out + err), words.join(" "));
    }
    const { out } = await ato("search", "show", "--db", db);
    assertStringIncludes(out, "\\u001b[31m\\nline");
  });
});

test("ato search: the file is only read", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    const state = () =>
      readdirSync(folder).sort().map((name) => [
        name,
        readFileSync(join(folder, name)).toString("base64"),
      ]);
    const before = state();
    for (const words of [["list"], ["show"], ["plot"], ["words"]]) {
      assertEquals((await ato("search", ...words, "--db", db)).code, 0);
    }
    assertEquals(
      state().filter(([name]) => name === "runs.db"),
      before.filter(([name]) => name === "runs.db"),
    );
  });
});

test("ato search: a search whose process is alive is running, one whose process ended in the middle is interrupted", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    const space = defineSpace({ x: float(0, 1) });
    const study = openStudy({
      id: "live",
      space,
      sampler: randomSampler(space),
      scheduler: fullFidelity({ trials: 2 }),
      metric: "loss",
      journal: await sqliteJournal({ dbPath: db, studyId: "live" }),
    });
    study.ask();
    const shown = await ato("search", "show", "live", "--db", db);
    assertStringIncludes(shown.out, "live  running, 1 trial in 1 session");
    const refused = await ato("search", "resume", "live", "--yes", "--db", db);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.err, `process ${process.pid} on `);
    assertMatch(refused.err, / works on it; wait for it, or end that process/);
    study.close();
    assertStringIncludes(
      (await ato("search", "list", "--db", db)).out,
      "stopped",
    );
    // As a process that was killed leaves it.
    const connection = await openForWriting(db);
    connection.exec(
      "DELETE FROM study_events WHERE seq = (SELECT max(seq) FROM study_events WHERE study_id = 2) AND study_id = 2",
    );
    connection.close();
    assertStringIncludes(
      (await ato("search", "show", "live", "--db", db)).out,
      "live  interrupted",
    );
  });
});

test("ato search: a damaged search is named, and the others are listed", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    await makeSearch(db, { id: "broken", until: 3 });
    const connection = await openForWriting(db);
    connection.exec(
      "UPDATE study_events SET event = '{\"kind\":' WHERE study_id = 2 AND seq = 2",
    );
    connection.close();
    const list = await ato("search", "list", "--db", db);
    assertEquals(list.code, 2);
    assertStringIncludes(list.out, "widths");
    assertMatch(list.err, /event 2 of a study is not one that Ato writes/);
    assertEquals((await ato("search", "show", "broken", "--db", db)).code, 2);
  });
});

test("ato search: a journal of an earlier version is shown, and has no command to resume", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    const connection = await openForWriting(db);
    connection.exec(
      `UPDATE study_events SET event = json_remove(event, '$.budget', '$.start', '$.done')`,
    );
    connection.close();
    const shown = await ato("search", "show", "--db", db);
    assertEquals(shown.code, 0);
    assertStringIncludes(shown.out, "widths  stopped, 9 trials");
    const resumed = await ato("search", "resume", "--print", "--db", db);
    assertEquals(resumed.code, 2);
    assertMatch(resumed.err, /it recorded no command/);
  });
});

test("ato search resume: the recorded command is run where it ran; one that is not known to be the user's own is not", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const script = fileURLToPath(new URL("_search_script.ts", import.meta.url));
    const env = { ...process.env, XDG_STATE_HOME: join(folder, "state") };
    const run = (...words: string[]) => runOn(db, ...words);
    const runOn = (file: string, ...words: string[]) => {
      const [program, ...rest] = commandOf(
        fileURLToPath(new URL("../../cli.ts", import.meta.url)),
      );
      const { status, stdout, stderr } = spawnSync(
        program!,
        [...rest, "search", ...words, "--db", file],
        { encoding: "utf8", env },
      );
      return { status, stdout, stderr };
    };
    const [program, ...rest] = commandOf(script);
    const first = spawnSync(program!, [...rest, db, "one word"], {
      encoding: "utf8",
      env,
      cwd: folder,
    });
    assertEquals([first.status, first.stdout], [0, "one word: 1 of 3\n"]);
    const printed = run("resume", "--print");
    assertStringIncludes(printed.stdout, "'one word'");
    for (const gone of [false, true]) {
      const copy = join(folder, "copy.db");
      (gone ? renameSync : copyFileSync)(db, copy);
      const refused = runOn(copy, "resume", "--yes");
      assertEquals([refused.status, refused.stdout], [2, ""]);
      assertStringIncludes(
        refused.stderr,
        `its command works on ${realpathSync(folder)}/runs.db`,
      );
      assertMatch(refused.stderr, gone ? /that file is gone/ : /give --db/);
      if (gone) renameSync(copy, db);
    }
    const resumed = run("resume");
    assertEquals([resumed.status, resumed.stdout], [0, "one word: 2 of 3\n"]);
    const connection = await openForWriting(db);
    connection.exec(
      `UPDATE study_events SET event = replace(event, 'one word', 'another')`,
    );
    connection.close();
    const strange = run("resume");
    assertEquals(strange.status, 2);
    assertMatch(strange.stderr, /nothing shows that you recorded it/);
    assertEquals(strange.stdout, "");
    const forced = run("resume", "--yes");
    assertEquals([forced.status, forced.stdout], [0, "another: 3 of 3\n"]);
    // This session learns that there are no further trials.
    run("resume", "--yes");
    const done = run("resume", "--yes");
    assertEquals([done.status, done.stdout], [0, "another: 3 of 3\n"]);
    assertMatch(done.stderr, /search script \d+ is done/);
    assert(!forced.stderr.includes("is done"), forced.stderr);
  });
});

test("ato search importance: the parameter that decides comes first, with the method and the trials", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const space = defineSpace({ lr: float(0, 1), idle: float(0, 1) });
    const study = openStudy({
      id: "clear",
      space,
      sampler: randomSampler(space),
      scheduler: fullFidelity({ trials: 60 }),
      metric: "loss",
      mode: "min",
      journal: await sqliteJournal({ dbPath: db, studyId: "clear" }),
    });
    for (;;) {
      const answer = study.ask();
      if (answer.kind !== "job") break;
      const { lr } = answer.job.config;
      study.tell(answer.job, { metrics: { loss: (lr - 0.3) ** 2 } });
    }
    study.close();
    const said = await ato("search", "importance", "clear", "--db", db);
    assertEquals(said.code, 0, said.err);
    const [title, first, second] = said.out.split("\n");
    assertEquals(
      title,
      "share of the differences in loss: fANOVA over 60 trials at fidelity 1",
    );
    assertMatch(first ?? "", /^lr +.* [89]\d\.\d% \+- /);
    assertMatch(second ?? "", /^idle +.* \d\.\d% \+- /);
    const { kind, parameters } = JSON.parse(
      (await ato("search", "importance", "clear", "--json", "--db", db)).out,
    );
    assertEquals([kind, parameters[0].path], ["known", "lr"]);
  });
});

test("ato search importance: of few trials it is unknown, and says why", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    const said = await ato("search", "importance", "widths", "--db", db);
    assertEquals(said.code, 0, said.err);
    assertMatch(said.out, /^importance for loss is unknown\n.*trials/);
    assertEquals(/\d%/.test(said.out), false);
  });
});
