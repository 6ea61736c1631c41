import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  addRunInputs,
  deleteRuns,
  emptyTrash,
  mergeRuns,
  MissingInputError,
  SQLFinder,
  SQLLogger,
  TrackerUsageError,
} from "../../tracker/mod.ts";
import { sha } from "./_factors.ts";
import { configIn, inFolder } from "./_helpers.ts";
import { inputsOf, logged, QUIET, write } from "./_inputs.ts";

test("logInput: a run without it has no inputs, and says how to get them", async () => {
  await inFolder(async (folder) => {
    const { inputs, coverage } = await logged(folder, () => {});
    assertEquals(inputs, []);
    assertEquals(coverage, {
      level: "none",
      missing: [
        "what the program reads was not observed; run it with ato run, or log inputs with scope.input or logInput",
      ],
    });
  });
});

test("logInput: a file counts as it was at the call, also if it is written right afterwards", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.csv");
    write(folder, { "a.csv": "1234" });
    const { inputs, coverage } = await logged(folder, (logger) => {
      logger.logInput(path, { name: "train" });
      writeFileSync(path, "4321");
    });
    assertEquals(inputs, [{
      id: "input:train",
      name: "train",
      kind: "file",
      value: `sha256:${sha("1234")},4`,
      bytes: 4,
      sha256: sha("1234"),
    }]);
    // What else it read is not known.
    assertEquals(coverage.level, "partial");
  });
});

test("logInput: folders, wildcards, lists and file URLs", async () => {
  await inFolder(async (folder) => {
    write(folder, {
      "d/a.csv": "1",
      "d/b.csv": "2",
      "d/.hidden": "3",
      "e/c.csv": "4",
    });
    const { inputs } = await logged(folder, (logger) => {
      logger.logInput(join(folder, "d"), { name: "folder" });
      logger.logInput(join(folder, "*", "*.csv"));
      logger.logInput([pathToFileURL(join(folder, "e/c.csv"))], {
        name: "url",
      });
    });
    const known = inputs.map(({ name, kind, bytes }) => [
      name.split("/").slice(-2).join("/"),
      kind,
      bytes,
    ]);
    assertEquals(known, [
      ["d/a.csv", "file", 1],
      ["d/b.csv", "file", 1],
      ["e/c.csv", "file", 1],
      ["folder", "folder", 3],
      ["url", "file", 1],
    ]);
    const files = inputs.find(({ name }) => name === "folder")?.files;
    assertEquals(files?.map(({ way, sha256 }) => [way, sha256]), [
      [".hidden", sha("3")],
      ["a.csv", sha("1")],
      ["b.csv", sha("2")],
    ]);
  });
});

test("logInput: the database of the run in a folder that is named is no input", async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1" });
    const { inputs, coverage } = await logged(folder, (logger) => {
      logger.logInput(folder, { name: "all" });
    });
    assertEquals(
      inputs.map(({ name, files }) => [
        name,
        files?.map(({ way }) => way),
      ]),
      [["all", ["a.csv"]]],
    );
    assertEquals(coverage.missing.length, 1);
  });
});

test("logInput: the same file twice is one input, with two contents it is unreadable", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.csv");
    write(folder, { "a.csv": "1234" });
    const twice = await logged(folder, (logger) => {
      logger.logInput(path, { name: "a" });
      logger.logInput(path, { name: "a" });
    });
    assertEquals(twice.inputs.map(({ kind }) => kind), ["file"]);
    const changed = await logged(folder, (logger) => {
      logger.logInput(path, { name: "a" });
      writeFileSync(path, "4321");
      logger.logInput(path, { name: "a" });
    });
    assertEquals(changed.inputs.map(({ kind }) => kind), ["unreadable"]);
    assert(changed.coverage.missing.includes("a: was read with two contents"));
  });
});

test("logInput: a missing file and a wrong type are typed errors, and the run goes on", async () => {
  await inFolder(async (folder) => {
    const { inputs } = await logged(folder, (logger) => {
      const error = assertThrows(
        () => logger.logInput(join(folder, "no.csv")),
        MissingInputError,
        "there is no such file",
      );
      assertEquals(error.path, join(folder, "no.csv"));
      assertThrows(
        () => logger.logInput(join(folder, "*.csv")),
        MissingInputError,
        "no file matches it",
      );
      const wrong: [unknown, unknown][] = [
        [7, {}],
        [undefined, {}],
        ["", {}],
        ["a\0b", {}],
        ["s3://bucket/x", {}],
        ["http://", {}],
        ["https://a b/", {}],
        [["runs.db", "b"], { name: "x" }],
        ["runs.db", { name: "" }],
        ["runs.db", { nmae: "x" }],
        ["runs.db", 7],
      ];
      for (const [what, options] of wrong) {
        assertThrows(
          () => logger.logInput(what as string, options as object),
          TrackerUsageError,
          "Cannot log an input",
        );
      }
    });
    assertEquals(inputs, []);
    const ended = new SQLLogger(configIn(folder), QUIET);
    assertThrows(() => ended.logInput(folder), Error, "call run first");
  });
});

test("logInput: no secret is in the file, in clear or as a hash that can be guessed", async () => {
  await inFolder(async (folder) => {
    const secret = "API_KEY=hunter2-hunter2";
    write(folder, { ".env": secret, "open.csv": "1" });
    await logged(folder, (logger) => {
      logger.logInput([join(folder, ".env"), join(folder, "open.csv")]);
    });
    const bytes = readdirSync(folder).filter((name) => name.startsWith("runs"))
      .map((name) => readFileSync(join(folder, name), "latin1")).join("");
    assert(bytes.includes(sha("1")), "the hash of an open file is there");
    assert(!bytes.includes("hunter2"));
    assert(!bytes.includes(sha(secret)));
  });
});

test("logInput: what is logged while the file is not writable is there afterwards", async () => {
  await inFolder(async (folder) => {
    const database = join(folder, "db");
    mkdirSync(database);
    write(folder, { "d/a.csv": "1", "d/b.csv": "2" });
    const config = configIn(database);
    const logger = new SQLLogger(config, QUIET);
    await logger.run();
    const uuid = logger.runUuid!;
    // The run moves to a new file, and takes its inputs with it.
    renameSync(join(database, "runs.db"), join(folder, "away.db"));
    logger.logInput(join(folder, "d"), { name: "d" });
    await logger.finish();
    const { inputs } = await inputsOf(config, uuid);
    assertEquals(
      inputs.map(({ name, count, files }) => [
        name,
        count,
        files?.length,
      ]),
      [["d", 2, 2]],
    );
  });
});

test("logInput: each attempt of a run has its inputs, and other ones make them partial", async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1", "b.csv": "2" });
    const logger = new SQLLogger(configIn(folder), QUIET);
    const run = await logger.run();
    logger.logInput(join(folder, "a.csv"), { name: "a" });
    await logger.finish();
    await logger.run({ resume: { run, step: 0 } });
    logger.logInput(join(folder, "b.csv"), { name: "b" });
    await logger.finish();
    const finder = new SQLFinder(configIn(folder));
    const names = async (attempt: number) =>
      (await finder.inputsOf(run, { attempt }))?.inputs.map(({ name }) => name);
    assertEquals([await names(1), await names(2)], [["a"], ["b"]]);
    const { coverage } = (await finder.inputsOf(run))!;
    assert(coverage.missing.includes("attempt 1 read other inputs"));
    await finder.close();
  });
});

test("mergeRuns: inputs and their texts are copied, and stay until the run is erased", async () => {
  await inFolder(async (folder) => {
    write(folder, { "d/a.csv": "1", "d/b.csv": "2" });
    const from = join(folder, "from");
    mkdirSync(from);
    const { inputs: [own] } = await logged(from, (logger) => {
      logger.logInput(join(folder, "d"), { name: "d" });
    });
    await mergeRuns(configIn(folder), join(from, "runs.db"));
    const config = configIn(folder);
    const { inputs: [copied] } = await inputsOf(config, 1);
    assertEquals(copied, own);
    const other = await logged(folder, () => {});
    assertEquals(other.inputs, []);
    // Another run is erased: the texts of this one stay.
    await deleteRuns(config, [2]);
    assertEquals(await emptyTrash(config, { olderThanDays: 0 }), [2]);
    assertEquals((await inputsOf(config, 1)).inputs[0]?.files?.length, 2);
    await deleteRuns(config, [1]);
    await emptyTrash(config, { olderThanDays: 0 });
    const finder = new SQLFinder(config);
    assertEquals(await finder.textOf(own!.sha256!), undefined);
    await finder.close();
  });
});

test("addRunInputs: what observers saw joins what was logged", async () => {
  await inFolder(async (folder) => {
    write(folder, { "a.csv": "1" });
    const config = configIn(folder);
    await logged(folder, (logger) => {
      logger.logInput(join(folder, "a.csv"), { name: "a" });
    });
    const finder = new SQLFinder(config);
    const { uuid } = (await finder.findRun(1))!;
    await finder.close();
    const add = (level: "full" | "partial", value: string) =>
      addRunInputs(config, uuid!, {
        factors: [["input:a", value], ["env:LR", "unset"]],
        coverage: { level, missing: level === "full" ? [] : ["a gap"] },
        texts: new Map(),
      });
    assert(await add("full", `sha256:${sha("1")},1`));
    const seen = await inputsOf(config, 1);
    assertEquals(seen.inputs.map(({ name }) => name), ["LR", "a"]);
    assertEquals(seen.coverage, { level: "full", missing: [] });
    assertEquals(
      await addRunInputs(config, "no such run", {
        factors: [],
        coverage: { level: "full", missing: [] },
        texts: new Map(),
      }),
      false,
    );
    // A content that is not the logged one is never silent.
    await add("full", `sha256:${sha("2")},1`);
    const other = await inputsOf(config, 1);
    assertEquals(other.coverage.level, "partial");
    assertNotEquals(other.coverage.missing, []);
  });
});
