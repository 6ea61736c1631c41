import { assert, assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { addRunInputs, openForWriting, SQLFinder } from "../../tracker/mod.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");

/** Writes files into a folder. */
function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Records a run that logs a file and a folder, both by absolute names. */
async function runWith(folder: string, loss = 1): Promise<string> {
  const db = join(folder, "runs.db");
  await makeRun(db, {
    loss: [loss],
    more: (logger) => {
      logger.logInput(join(folder, "data/train.csv"));
      logger.logInput(join(folder, "images"));
    },
  });
  return db;
}

const FILES = {
  "data/train.csv": "1,2\n",
  "images/a.txt": "a",
  "images/b.txt": "b",
};

test("ato inputs: names, sizes, hashes and kinds, and how completely they were recorded", async () => {
  await inFolder(async (folder) => {
    write(folder, FILES);
    const db = await runWith(folder);
    const { code, out } = await ato("inputs", "1", "--db", db);
    assertEquals(code, 0);
    assertMatch(
      out,
      new RegExp(`train\\.csv +4 bytes +${sha("1,2\n").slice(0, 12)} +file`),
    );
    assertMatch(out, /images +2 bytes +[0-9a-f]{12} +folder, 2 files/);
    assertMatch(out, /recorded: in part\nonly logged inputs were recorded/);
    const shown = await ato("show", "1", "--db", db);
    assertMatch(shown.out, /^inputs$/m);
    const json = JSON.parse(
      (await ato("inputs", "1", "--json", "--db", db)).out,
    );
    assertEquals(json.inputs[1].files.length, 2);
    assertEquals(json.coverage.level, "partial");
  });
});

test("ato show, ato inputs: variables come after files, and those that were not set come last", async () => {
  await inFolder(async (folder) => {
    write(folder, FILES);
    const db = await runWith(folder);
    const asked = Array.from({ length: 30 }, (_, at) => `A_${at}`);
    const finder = new SQLFinder(db);
    const { uuid } = (await finder.findRun(1))!;
    await finder.close();
    const hidden = `ato-secret-v1:${"0".repeat(16)}:${"1".repeat(64)}`;
    await addRunInputs(db, uuid!, {
      factors: [
        ...asked.map((name) => [`env:${name}`, "unset"] as const),
        ["env:Z", hidden],
      ],
      texts: new Map(),
      coverage: { level: "full", missing: [] },
    });
    for (const command of ["show", "inputs"]) {
      const { out } = await ato(command, "1", "--db", db);
      const places = [/train\.csv/, /images/, /\bZ\b/, /\bA_0\b/]
        .map((name) => out.search(name));
      assertEquals(places, places.toSorted((a, b) => a - b), out);
      assert(places[0]! >= 0);
    }
  });
});

test("ato inputs: a run without inputs says so", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    const { code, out } = await ato("inputs", "1", "--db", db);
    assertEquals(code, 0);
    assertMatch(
      out,
      /^recorded: none\nwhat the program reads was not observed/,
    );
    assert(!(await ato("show", "1", "--db", db)).out.includes("\ninputs\n"));
  });
});

const CHANGES: readonly (readonly [
  what: string,
  change: (folder: string) => void,
  state: string,
  code: number,
])[] = [
  ["nothing", () => {}, "same", 0],
  [
    "a changed file",
    (folder) => write(folder, { "data/train.csv": "1,3\n" }),
    "changed",
    1,
  ],
  [
    "a missing file",
    (folder) => rmSync(join(folder, "data/train.csv")),
    "missing",
    1,
  ],
  [
    "a changed file of a folder",
    (folder) => write(folder, { "images/a.txt": "x" }),
    "changed",
    1,
  ],
  [
    "another file in a folder",
    (folder) => write(folder, { "images/c.txt": "c" }),
    "more",
    1,
  ],
];
test("ato inputs --check: what changed since is named, and nothing else", async () => {
  await inFolder(async (folder) => {
    write(folder, FILES);
    const db = await runWith(folder);
    for (const [what, change, state, code] of CHANGES) {
      rmSync(join(folder, "images"), { recursive: true });
      write(folder, FILES);
      change(folder);
      const checked = await ato("inputs", "1", "--check", "--json", "--db", db);
      const states = JSON.parse(checked.out).checked
        .map((one: { state: string }) => one.state);
      assertEquals(checked.code, code, what);
      assert(states.includes(state), `${what}: ${states}`);
      const others = states.filter((one: string) => one !== "same");
      assertEquals(others.length, code, what);
    }
  });
});

test("ato inputs --check: what cannot be compared is unknown", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    const finder = new SQLFinder(db);
    const { uuid } = (await finder.findRun(1))!;
    await finder.close();
    await addRunInputs(db, uuid!, {
      factors: [
        ["env:ATO_TEST_UNSET", "unset"],
        [
          "env:ATO_TEST_SET",
          `ato-secret-v1:${"0".repeat(16)}:${"1".repeat(64)}`,
        ],
        ["input:/dev/x", "unreadable"],
        [`input:${folder}/d`, `tree:${sha("")},3,3`],
      ],
      coverage: { level: "full", missing: [] },
      texts: new Map(),
    });
    process.env["ATO_TEST_SET"] = "1";
    const { code, out } = await ato(
      "inputs",
      "1",
      "--check",
      "--json",
      "--db",
      db,
    );
    delete process.env["ATO_TEST_SET"];
    assertEquals(code, 2);
    const { checked } = JSON.parse(out);
    assertEquals(
      Object.fromEntries(
        checked.map(({ id, state }: { id: string; state: string }) => [
          id.replace(folder, ""),
          state,
        ]),
      ),
      {
        "env:ATO_TEST_UNSET": "same",
        "env:ATO_TEST_SET": "unknown",
        "input:/dev/x": "unknown",
        "input:/d": "unknown",
      },
    );
  });
});

test("ato diff, ato why: an input that differs is named, with the files of a folder", async () => {
  await inFolder(async (folder) => {
    write(folder, FILES);
    const db = await runWith(folder, 1);
    write(folder, { "images/b.txt": "x", "images/c.txt": "c" });
    await runWith(folder, 2);
    const diff = await ato("diff", "1", "2", "--db", db);
    assertEquals(diff.code, 1);
    assertMatch(
      diff.out,
      /images +[0-9a-f]{8}, 2 files, 2 bytes +[0-9a-f]{8}, 3 files/,
    );
    assert(!diff.out.includes("train.csv"));
    const why = await ato("why", "1", "2", "--db", db);
    assertMatch(why.out, /goes with input \S*images/);
    assertMatch(why.out, /^ b\.txt {3}changed\n\+c\.txt$/m);
    await runWith(folder, 2);
    assertEquals((await ato("diff", "2", "3", "--db", db)).code, 0);
  });
});

test("ato repeat: inputs that are not as they were are named before anything is run", async () => {
  await inFolder(async (folder) => {
    write(folder, FILES);
    const db = join(folder, "runs.db");
    await makeRun(db);
    // Nothing shows that it is this user's run, so nothing is run.
    const connection = await openForWriting(db);
    connection.exec(
      `UPDATE attempts SET environment =
         json_set(json_remove(environment, '$.seal'), '$.command', json('["true"]'))`,
    );
    connection.close();
    const finder = new SQLFinder(db);
    const { uuid } = (await finder.findRun(1))!;
    await finder.close();
    const path = join(folder, "data/train.csv");
    await addRunInputs(db, uuid!, {
      factors: [
        [`input:${path}`, `sha256:${sha("1,2\n")},4`],
        ["env:ATO_TEST_SCALE", "unset"],
      ],
      coverage: { level: "full", missing: [] },
      texts: new Map(),
    });
    const same = await ato("repeat", "1", "--here", "--db", db);
    assert(!same.err.includes("not as it was"), same.err);
    write(folder, { "data/train.csv": "1,3\n" });
    const words = ["--here", "--env", "ATO_TEST_SCALE=2", "--db", db];
    const { err } = await ato("repeat", "1", ...words);
    assert(err.includes(`not as it was: input ${path} has changed`), err);
    assertMatch(
      err,
      /not as it was: variable ATO_TEST_SCALE is set, and was not; set it by --env ATO_TEST_SCALE=VALUE/,
    );
  });
});

test("ato export: inputs are in JSON and CSV, and datasets of MLflow", async () => {
  await inFolder(async (folder) => {
    write(folder, FILES);
    const db = await runWith(folder);
    const json = JSON.parse(
      (await ato("export", "1", "--format", "json", "--db", db)).out,
    );
    assertEquals(json.runs[0].inputs.length, 2);
    const csv = await ato(
      "export",
      "1",
      "--format",
      "csv",
      "--table",
      "runs",
      "--db",
      db,
    );
    assertMatch(csv.out, /^run,.*input\.\S*train\.csv/);
    const out = join(folder, "mlruns");
    for (const _ of [1, 2]) {
      const words = ["--format", "mlflow", "--out", out, "--db", db];
      assertEquals((await ato("export", "1", ...words)).code, 0);
    }
    const [experiment] = readdirSync(out).filter((name) =>
      /^\d{18}$/.test(name)
    );
    const place = join(out, experiment!);
    const [run] = readdirSync(place).filter((name) => name.length === 32);
    const links = readdirSync(join(place, run!, "inputs"));
    assertEquals(links.length, 2);
    for (const link of links) {
      const text = readFileSync(
        join(place, run!, "inputs", link, "meta.yaml"),
        "utf8",
      );
      const id = /^source_id: "([0-9a-f]{32})"$/m.exec(text)![1]!;
      assert(existsSync(join(place, "datasets", id, "meta.yaml")));
    }
    const first = /^source_id: "(.*)"$/m.exec(
      readFileSync(join(place, run!, "inputs", links[0]!, "meta.yaml"), "utf8"),
    )![1]!;
    const dataset = readFileSync(
      join(place, "datasets", first, "meta.yaml"),
      "utf8",
    );
    for (const key of ["name", "digest", "source", "source_type", "profile"]) {
      assertMatch(dataset, new RegExp(`^${key}: "`, "m"));
    }
  });
});
