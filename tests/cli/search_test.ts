/** `ato search`: what it shows of searches, and that it only reads. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
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
  sqliteJournal,
} from "@ato/ato/hyperopt";
import { Scope } from "@ato/ato/scope";
import { openForWriting } from "../../tracker/mod.ts";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";
import { commandOf } from "../examples/_examples.ts";
import { makeSearch } from "./_searches.ts";

const GOLDEN = fileURLToPath(new URL("golden", import.meta.url));
const WRITE = process.env.ATO_GOLDEN === "write";

/** The terminals that a text is written for. */
const VIEWS = {
  piped: {},
  wide: { width: 120, color: true, interactive: true },
  narrow: { width: 60, color: false, interactive: true },
} as const;

const CASES: readonly (readonly [
  name: string,
  words: string,
  view?: keyof typeof VIEWS,
])[] = [
  ["search_list", "search list"],
  ["search_show", "search show widths"],
  ["search_show_narrow", "search show widths --limit 3", "narrow"],
  ["search_words", "search words widths"],
  ["search_plot", "search plot widths"],
  ["search_plot_wide", "search plot widths --plot best,slices", "wide"],
  ["search_plot_narrow", "search plot widths", "narrow"],
  ["search_csv", "search export widths --format csv"],
];

test("ato search: the texts are the stored ones", async (t) => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    await makeSearch(db, { id: "second", until: 4 });
    for (const [name, words, view = "piped"] of CASES) {
      await t.test(`${words} (${view})`, async () => {
        let text = "";
        const write = (more: string) => void (text += more);
        const terminal = new Terminal({ write, warn: write, ...VIEWS[view] });
        const code = await main([...words.split(" "), "--db", db], terminal);
        text += `exit code ${code}\n`;
        const path = join(GOLDEN, `${name}.txt`);
        if (WRITE) writeFileSync(path, text);
        assert(existsSync(path), `${path} is missing`);
        assertEquals(text, readFileSync(path, "utf8"));
        if (view !== "narrow") return;
        for (const line of text.split("\n")) {
          // Words are for pasting: the terminal breaks them.
          if (line.startsWith("           lr=")) continue;
          assert([...line].length <= 60, `${[...line].length}: ${line}`);
        }
      });
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
    const space = defineSpace({ x: float(0, 1) });
    const study = openStudy({
      id: "two",
      space,
      sampler: randomSampler(space),
      scheduler: fullFidelity({ trials: 3 }),
      objectives: { a: "min", b: "max" },
      journal: await sqliteJournal({ dbPath: db, studyId: "two" }),
    });
    const command = (name: string) => ato("search", name, "two", "--db", db);
    assertStringIncludes((await command("words")).err, "no trial has a result");
    for (const [a, b] of [[1, 1], [2, 0], [2, 5]]) {
      const answer = study.ask();
      if (answer.kind !== "job") break;
      study.tell(answer.job, { metrics: { a: a!, b: b! } });
    }
    study.close();
    assertMatch((await command("show")).out, /front +trials 0, 2 \(of a, b\)/);
    assertStringIncludes(
      (await command("words")).err,
      "it has the objectives a, b; give --trial with one of its front: 0, 2",
    );
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
        ["search export widths", 2, /give --format csv or json/],
        ["search export widths --format xml", 2, /it is one of csv, json/],
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
    assertMatch(refused.err, /a process works on it/);
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
    const run = (...words: string[]) => {
      const [program, ...rest] = commandOf(
        fileURLToPath(new URL("../../cli.ts", import.meta.url)),
      );
      const { status, stdout, stderr } = spawnSync(
        program!,
        [...rest, "search", ...words, "--db", db],
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
    assertMatch(said.out, /^unknown: .*trials/);
    assertEquals(/\d%/.test(said.out), false);
  });
});
