/** Options with a closed set of values, a number or a date; input that must not be ignored; streams. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { COMMANDS } from "../../cli/commands.ts";
import { dateOf } from "../../cli/date_option.ts";
import { numberOf } from "../../cli/option_values.ts";
import { commandOf } from "../examples/_examples.ts";
import { withoutWaiting } from "../_shared/run_script.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));

async function withRuns(
  work: (db: string, folder: string) => Promise<void> | void,
): Promise<void> {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    for (const lr of [0.1, 0.2]) {
      await makeRun(db, { config: { lr, model: { depth: 3 } }, tags: ["t"] });
    }
    await work(db, folder);
  });
}

/** Command lines with a mistake, and a part of the sentence about it. */
const MISUSED: readonly (readonly [
  words: string,
  said: string,
  code?: number,
])[] = [
  ["run --no-observ -- true", "did you mean --no-observe?"],
  ["run --no-obsrve -- true", "did you mean --no-observe?"],
  ["run --noobserve -- true", "did you mean --no-observe?"],
  ["run --observ -- true", "did you mean --observe?"],
  ["run --projec p -- true", "did you mean --project?"],
  ["run --nam n -- true", "did you mean --name?"],
  ["run --tags t -- true", "did you mean --tag?"],
  ["run --sed 1 -- true", "did you mean --seed?"],
  ["run --metric x -- true", "did you mean --metrics?"],
  ["run --jsn -- true", "did you mean --json?"],
  ["run --dv f -- true", "did you mean --db?"],
  ["run --no-tag t -- true", "`ato run --help` lists its options"],
  ["run --xyz -- true", "`ato run --help` lists its options"],
  ["runs --sort=nope", "no run here has such a config key or metric"],
  ["runs --sort=-model.dpeth", "did you mean model.depth?"],
  ["runs --columns lr,los", "did you mean loss?"],
  ["runs --limit=-1", "a whole number from 0"],
  ["runs --limit=1.5", "a whole number from 0"],
  ["runs --limit=NaN", "a whole number from 0"],
  ["runs --limit=Infinity", "a whole number from 0"],
  ["runs --limit=0x10", "a whole number from 0"],
  ["runs --limit=99999999999999999999", "a whole number from 0"],
  ["runs --status=compleetd", "did you mean completed?"],
  ["runs --status=x", "it is one of running, completed"],
  ["runs --since=1", "Cannot read the date 1"],
  ["runs --since=2026-02-30", "Cannot read the date 2026-02-30"],
  ["runs --since=2025-02-29", "Cannot read the date 2025-02-29"],
  ["runs --since=2026-01-01T25:00", "Cannot read the date"],
  ["runs --since=tomorrow", "Cannot read the date tomorrow"],
  ["best demo --metric loss --mode=MAX", "did you mean max?"],
  ["best demo --metric loss --mode=least", "it is one of min, max"],
  ["bisect demo --metric loss --below=0.9", "has no option --below"],
  ["bisect demo --metric loss --alpha=x", "--alpha x: give a number"],
  ["bisect demo --metric loss --alpha=1e999", "give a number from 0 to 1"],
  ["bisect demo --metric loss --alpha=2", "give a number from 0 to 1"],
  ["bisect demo --metric loss --good=1", "give both --good A and --bad B"],
  ["bisect demo", "name it with --metric M"],
  [
    "bisect demo --metric nope",
    "0 completed run(s) of demo have a finite value of it",
  ],
  ["why 1 2 --alpha=x", "--alpha x: give a number from 0 to 1"],
  ["why 1 2 --alpha=5%", "--alpha 5%: give a number from 0 to 1"],
  ["why 1 2 --alpha=1.5", "give a number from 0 to 1"],
  ["why 1 2 --alpha=0", "alpha must be above 0 and below 1"],
  ["why 1 2 --alpha=1", "alpha must be above 0 and below 1"],
  ["why 1 2 --tolerance=1e999", "give a number"],
  ["why 1 2 --tolerance=-0.1", "a number from 0"],
  ["why 1 2 --atol=NaN", "a number from 0"],
  ["why 1 2 --atol=-1", "a number from 0"],
  ["why 1 2 --at=bset", "did you mean best?"],
  ["why 1 2 --at=first", "it is one of last, best"],
  ["why 1 2 --at=best --mode=MIN", "did you mean min?"],
  ["why 1 2 --tolerence=0.1", "did you mean --tolerance?"],
  ["why 1 2 --alhpa=0.1", "did you mean --alpha?"],
  ["why --last nope", "Cannot find project nope", 1],
  ["why 1 99", "no run has this id", 1],
  ["why 1", "has no completed run before it", 1],
  ["repeat 1 --runs=0", "a whole number from 1"],
  ["repeat 1 --runs=1.5", "a whole number from 1"],
  ["repeat 1 --env=A", "write --env NAME=VALUE"],
  ["repeat 1 --env==1", "write --env NAME=VALUE"],
  ["repeat 1 --hree", "did you mean --here?"],
  ["gc --days=-1", "a number from 0 to 100000"],
  ["gc --days=1e9", "a number from 0 to 100000"],
  ["gc --days=NaN", "a number from 0 to 100000"],
  ["gc --days -1", "write --days=-1 if -1 is its value"],
  ["runs --limit -x", "write --limit=-x if -x is its value"],
  ["merge .", "it is a folder; name a database"],
  ["--db=runs.db runs", "options come after the command"],
  ["--jsno runs", "options come after the command"],
  ["gc 1", 'Cannot use "1" with ato gc'],
  ["projects demo", 'Cannot use "demo" with ato projects'],
  ["doctor demo", 'Cannot use "demo" with ato doctor'],
  ["similar 1 --outputs", "--trace ID"],
  ["similar 1 --trace nope", "Cannot find trace nope in run 1; it has none", 1],
  ["trace nope x", "Cannot find project nope", 1],
  ["why 1 2 --metric nope", "no such metric", 1],
  ["compare 1 2 --metric nope", "no run has such a metric", 1],
  ["plot 1 --metric nope", "no run has such a metric", 1],
  ["export 1 --format=JSON", "did you mean json?"],
  ["export 1 --format=xml", "it is one of json, csv"],
  ["export 1 --format=csv --table=rnus", "did you mean runs?"],
  ["export 1 --format=json --table=runs", "it is for csv and parquet"],
  ["runs --tga x", "did you mean --tag?"],
  ["repeat 1 --yse", "did you mean --yes?"],
  ["plot 1 --metric loss --forse", "did you mean --force?"],
];

for (const [line, said, expected = 2] of MISUSED) {
  test(`ato ${line}: a slip is one sentence, and nothing is done`, async () => {
    await withRuns(async (db) => {
      const { code, out, err } = await ato(...line.split(" "), "--db", db);
      const lines = err.trimEnd().split("\n").length;
      assertEquals([code, out, lines], [expected, "", 1]);
      assertStringIncludes(err, said);
    });
  });
}

test("main: no option of any command takes an empty value", async () => {
  await withRuns(async (db) => {
    for (const [name, load] of Object.entries(COMMANDS)) {
      const { options = {} } = await load();
      for (const [option, { type }] of Object.entries(options)) {
        if (type !== "string" || name === "tag") continue;
        const { code, out, err } = await ato(
          ...[name, `--${option}=`, "--db", db],
        );
        assertEquals([code, out], [2, ""], `${name} --${option}=`);
        assertStringIncludes(err, "without a value");
      }
      const { code, err } = await ato(name, "--db=");
      assertEquals([code, /without a value/.test(err)], [2, true], name);
    }
  });
});

test("main: correct values of options are accepted", async () => {
  await withRuns(async (db) => {
    for (
      const line of [
        ...["runs --limit=0", "runs --limit=1e9", "runs --sort=-loss"],
        ...["runs --status=completed --columns=lr,loss,model.depth"],
        ...["runs --since=2020-02-29", "runs --since=2020-02-29T10:00+02:00"],
        ...["gc --days=0.5", "best demo --metric=loss --mode=min"],
        ...[
          "why 1 2 --alpha=0.01 --tolerance=0.5 --atol=1 --at=best --mode=min",
        ],
      ]
    ) {
      const { code, err } = await ato(...line.split(" "), "--db", db);
      assertEquals([code, err], [0, ""], line);
    }
    const none = await ato("runs", "--status=running", "--db", db);
    assertEquals([none.code, none.err], [1, "no runs\n"]);
    const slip = await ato("runs", "lrr<1", "--db", db);
    assertEquals(slip.code, 1);
    assertStringIncludes(slip.err, "did you mean lr?");
    const empty = await ato("runs", "lr<0", "--db", db);
    assertEquals([empty.code, empty.err], [1, "no runs\n"]);
  });
});

test("main: a database that is not a file is named in one sentence", async () => {
  await withRuns(async (_db, folder) => {
    for (const path of [folder, "/dev/null", "/"]) {
      const { code, err } = await ato("runs", "--db", path);
      assertEquals(code, 2);
      assertStringIncludes(err, `Cannot open ${path}: it is not a file`);
    }
  });
});

test("ato config: each option belongs to the action that it is for", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "a.json");
    writeFileSync(file, "{}");
    const cases: [string, string][] = [
      ["hash --to=yaml", "it is for ato config convert"],
      ["diff --force", "it is for ato config convert"],
      ["convert --explain --to=yaml", "it is for ato config show"],
      ["show --override=a=b", "without --hydra"],
    ];
    for (const [line, said] of cases) {
      const { code, out, err } = await ato("config", ...line.split(" "), file);
      assertEquals([code, out], [2, ""], line);
      assertStringIncludes(err, said);
    }
  });
});

test("numberOf, dateOf: what is read is what was written", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      assertEquals(numberOf(String(x), "--x"), x === 0 ? Number(String(x)) : x);
    }),
    { seed: 3, numRuns: 300 },
  );
  fc.assert(
    fc.property(
      fc.date({
        min: new Date("0000-01-01T00:00Z"),
        max: new Date("9999-12-31T23:59:59.999Z"),
        noInvalidDate: true,
      }),
      (date) => {
        const text = date.toISOString();
        assertEquals(dateOf(text), date.getTime());
        assertEquals(dateOf(text.replace("T", " ").slice(0, -1)), +date);
        assertEquals(dateOf(text.slice(0, 10)), Date.parse(text.slice(0, 10)));
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

/** What a shell does with the streams of `ato`, the exit code, and the message. */
const STREAMS: readonly (readonly [
  shell: string,
  code: number,
  err: string,
])[] = [
  ['"$@" > /dev/full', 2, "Cannot write the output: the disk is full\n"],
  ['"$@" 2> /dev/full > /dev/full', 2, ""],
  ['{ "$@"; echo $? >&2; } | head -n 1 > /dev/null', 0, "0\n"],
  ['"$@" >&-', 0, ""],
  ['"$@" <&- > /dev/null', 0, ""],
];

test("cli: a full disk, a reader that stops early or closed streams never print a stack trace", async () => {
  await withRuns(async (db) => {
    // More than fits in a pipe.
    const loss = Array.from({ length: 5000 }, (_, i) => i);
    await makeRun(db, { loss });
    const words = ["export", "3", "--format", "csv", "--db", db];
    for (const [shell, code, err] of STREAMS) {
      const child = spawnSync("sh", ["-c", shell, "sh", ...CLI, ...words], {
        encoding: "utf8",
      });
      const said = withoutWaiting(child.stderr);
      assertEquals([child.status, said], [code, err], shell);
    }
    const full = ['"$@" > /dev/full', '"$@" 2> /dev/full'];
    for (const [i, line] of ["--help", "nope"].entries()) {
      const child = spawnSync("sh", ["-c", full[i]!, "sh", ...CLI, line], {
        encoding: "utf8",
      });
      assertEquals(child.status, 2, line);
      assert(withoutWaiting(child.stderr).split("\n").length <= 2);
    }
  });
});
