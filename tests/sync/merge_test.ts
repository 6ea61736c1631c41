/** Searches and `ato merge`: journals come along once, whole, and a search goes on in one file. */
import { test } from "node:test";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { copyFileSync, readFileSync, renameSync, rmSync } from "node:fs";
import { readStudy, StudyCopyError } from "@ato/ato/hyperopt";
import { type FilesMerged, mergeFiles } from "@ato/ato/sync";
import { openForWriting } from "../../tracker/mod.ts";
import { ato } from "../cli/_lib.ts";
import { filesIn, inFolder } from "./_lib.ts";
import {
  addSearch,
  journalsOf,
  openSearch,
  runTrials,
  withoutCommands,
} from "./_searches.ts";

/** Merges, and collects what is said. */
async function merge(
  to: string,
  from: string,
): Promise<FilesMerged["searches"] & { readonly said: readonly string[] }> {
  const said: string[] = [];
  const { searches } = await mergeFiles(to, from, {
    onWarning: (line) => said.push(line),
  });
  return { ...searches, said };
}

async function change(path: string, ...statements: string[]): Promise<void> {
  const connection = await openForWriting(path);
  statements.forEach((sql) => connection.exec(sql));
  connection.close();
}

const NOTHING = {
  added: [],
  updated: [],
  events: 0,
  diverged: [],
  lost: [],
  said: [],
};

test("ato merge: searches come with their runs, by identity and once", async () => {
  await inFolder(async (folder) => {
    const [all, a, b] = filesIn(folder, "all", "a", "b") as [
      string,
      string,
      string,
    ];
    await addSearch(a, { project: "iris" });
    // A run before the trials: ids of runs differ from file to file.
    await addSearch(b, { project: "wine", studyId: "wine" });
    await addSearch(b, { project: "iris", seed: 8 });
    const before = readFileSync(b);
    const first = await ato("merge", a, b, "--db", all);
    assertEquals([first.code, first.err], [0, ""]);
    assertEquals(first.out.split("\n"), [
      `${a}: 3 added, 0 updated, 0 already known; 1 search with 11 events`,
      `${b}: 6 added, 0 updated, 0 already known; 2 searches with 22 events`,
      "",
    ]);
    assertEquals(readFileSync(b), before);
    const journals = await journalsOf(all);
    const [one, wine, two = ""] = Object.keys(journals);
    assertEquals([one, wine], ["iris", "wine"]);
    assertMatch(two, /^iris~\w{8}$/);
    for (const [file, name, here] of [[a, "iris", "iris"], [b, "iris", two]]) {
      const [theirs, ours] = await Promise.all([
        readStudy(file!, name!),
        readStudy(all, here!),
      ]);
      assertEquals(ours.trials.length, 3);
      assertEquals(
        ours.trials.map(({ config, results }) => ({ config, results })),
        theirs.trials.map(({ config, results }) => ({ config, results })),
      );
      // Each trial has its run in this file.
      const shown = await ato("search", "show", here!, "--db", all, "--json");
      assertEquals(JSON.parse(shown.out).copyOf, ours.copyOf);
      assertStringIncludes(ours.copyOf!, file!);
    }
    const run = (await readStudy(all, two)).trials[0]!.runs[0]!;
    assertEquals((await ato("show", String(run), "--db", all)).code, 0);
    for (const file of [a, b]) {
      const again = await ato("merge", file, "--db", all);
      assertMatch(again.out, /0 added, 0 updated, \d already known\n$/);
    }
    assertEquals(await journalsOf(all), journals);
  });
});

test("ato merge: a search that went on gets its further events, and one that went on in both files stays", async () => {
  await inFolder(async (folder) => {
    const [all, a, old, other] = filesIn(
      folder,
      "all",
      "a",
      "old",
      "other",
    ) as [
      string,
      string,
      string,
      string,
    ];
    await addSearch(a);
    copyFileSync(a, old);
    copyFileSync(a, other);
    await merge(all, a);
    await addSearch(a, { trials: 2 });
    const more = await merge(all, a);
    assertEquals([more.updated, more.added, more.said], [["iris"], [], []]);
    assertEquals(await journalsOf(all), await journalsOf(a));
    // An older state of the file has nothing new.
    assertEquals(await merge(all, old), { ...NOTHING, same: 1 });
    // The other way round: the original gets what it lacks, and stays what it is.
    assertEquals((await merge(old, all)).updated, ["iris"]);
    assertEquals((await readStudy(old, "iris")).copyOf, undefined);
    await addSearch(other, { trials: 3 });
    const before = [await journalsOf(all), await journalsOf(other)];
    const told = await ato("merge", other, "--db", all);
    assertEquals(told.code, 1);
    assertStringIncludes(
      told.err,
      "Search iris went on here and in ",
    );
    assertStringIncludes(told.err, "both stay as they are, so keep both files");
    assertEquals([await journalsOf(all), await journalsOf(other)], before);
  });
});

test("ato merge: a search goes on where it was, and in the merged file when that is gone", async () => {
  await inFolder(async (folder) => {
    const [all, a, hidden] = filesIn(folder, "all", "a", "hidden") as [
      string,
      string,
      string,
    ];
    await addSearch(a);
    await merge(all, a);
    await assertRejects(
      () => openSearch(all),
      StudyCopyError,
      `its journal is a copy, and it goes on in ${a} on `,
    );
    const refused = await ato("search", "resume", "iris", "--db", all);
    assertEquals(refused.code, 2);
    assertStringIncludes(
      refused.err,
      `its journal is a copy, and it goes on in ${a} on `,
    );
    // The original goes on, and the copy learns of it.
    await addSearch(a, { trials: 1 });
    await merge(all, a);
    // A file that came from another machine is not where the search goes on: that one can be there still.
    const [far, copied] = filesIn(folder, "far", "copied") as [string, string];
    copyFileSync(a, copied);
    await change(
      copied,
      `UPDATE study_events SET event = json_set(event, '$.start.host', 'gpu2') WHERE event LIKE '{"kind":"opened"%'`,
    );
    await merge(far, copied);
    renameSync(a, hidden);
    rmSync(copied);
    assertMatch((await readStudy(far, "iris")).copyOf!, /a\.db on gpu2$/);
    await assertRejects(() => openSearch(far), StudyCopyError, "gpu2");
    // The file of this machine is gone: its search goes on here, by its program.
    assertEquals((await readStudy(all, "iris")).copyOf, undefined);
    const print = await ato(
      ...["search", "resume", "iris", "--print", "--db", all],
    );
    assertEquals(print.code, 0);
    assertEquals(
      print.out,
      (await ato(
        ...["search", "resume", "iris", "--print", "--db", hidden],
      )).out,
    );
    const resumed = await ato(
      ...["search", "resume", "iris", "--yes", "--db", all],
    );
    assertEquals(resumed.code, 2);
    assertStringIncludes(
      resumed.err,
      `its command works on ${a}; that file is gone; move the search back, or start its program by hand with this file`,
    );
    await addSearch(all, { trials: 1 });
    assertEquals((await readStudy(all, "iris")).trials.length, 5);
    // It is of this file from then on, also if the old one comes back.
    renameSync(hidden, a);
    await addSearch(all, { trials: 1 });
    assertEquals(await merge(all, a), { ...NOTHING, same: 1 });
    assertEquals((await readStudy(all, "iris")).copyOf, undefined);
  });
});

test("ato merge: the file in which a search was goes on with it if it is lost and merged again", async () => {
  await inFolder(async (folder) => {
    const [all, a] = filesIn(folder, "all", "a") as [string, string];
    await addSearch(a);
    await merge(all, a);
    rmSync(a);
    await merge(a, all);
    assertEquals(
      (await journalsOf(a))["iris"]!.map((text) => JSON.parse(text)),
      (await journalsOf(all))["iris"]!.map((text) => JSON.parse(text)),
    );
    await addSearch(a, { trials: 1 });
    assertEquals((await readStudy(a, "iris")).trials.length, 4);
    // Then it is not gone any more.
    await assertRejects(() => openSearch(all), StudyCopyError);
  });
});

test("ato merge: a copy without the command and a journal with it are the same search", async () => {
  await inFolder(async (folder) => {
    const [all, a, hub, team] = filesIn(folder, "all", "a", "hub", "team") as [
      string,
      string,
      string,
      string,
    ];
    await addSearch(a, { project: "iris" });
    await ato("hub", "init", hub);
    await ato("push", hub, "--db", a);
    await ato("pull", hub, "--db", team);
    await merge(all, team);
    assertEquals(await merge(all, a), { ...NOTHING, same: 1 });
    assertEquals(
      (await journalsOf(all))["iris"]!.map((text) => JSON.parse(text)),
      withoutCommands((await journalsOf(team))["iris"]!),
    );
    // What was merged goes to a hub as if it came from its first file.
    const sent = await ato("push", hub, "--db", all);
    assertEquals([sent.code, /search/.test(sent.out.split("\n")[0]!)], [
      0,
      false,
    ]);
  });
});

test("ato merge: a search that a process works on is copied as running, and not written to", async () => {
  await inFolder(async (folder) => {
    const [all, a, old] = filesIn(folder, "all", "a", "old") as [
      string,
      string,
      string,
    ];
    const study = await openSearch(a);
    await runTrials(study, a, { trials: 1 });
    await merge(all, a);
    assertEquals((await readStudy(all, "iris")).state, "running");
    study.close();
    assertEquals((await merge(all, a)).updated, ["iris"]);
    assertEquals((await readStudy(all, "iris")).state, "stopped");
    copyFileSync(a, old);
    await addSearch(a, { trials: 1 });
    await change(
      old,
      `UPDATE studies SET token = 'x', host = 'elsewhere', pid = 1, lease = 1e6, renewed = ${Date.now()}`,
    );
    const left = await merge(old, a);
    assertEquals(left.lost, ["iris"]);
    assertMatch(left.said[0]!, /a process of this machine works on it; try/);
  });
});

/** What a file may say of the search `liar`. */
const LIES: Readonly<Record<string, string>> = {
  "no JSON": "UPDATE study_events SET event = '{' WHERE seq = 2",
  "bytes": "UPDATE study_events SET event = x'00ff' WHERE seq = 2",
  "no session": "DELETE FROM study_events WHERE seq = 0",
  "a gap": "DELETE FROM study_events WHERE seq = 2",
  "a place beyond all": "UPDATE study_events SET seq = 1e15 WHERE seq = 3",
  "a metric that is a text":
    `UPDATE study_events SET event = json_set(event, '$.metrics.loss', 'low') WHERE event LIKE '%"completed"%'`,
  "the end of another attempt":
    `UPDATE study_events SET event = json_set(event, '$.attempt', 1) WHERE event LIKE '%"completed"%'`,
  "a session of another search":
    "INSERT INTO study_events SELECT study_id, 8, json_set(event, '$.nonce', 'another') FROM study_events WHERE seq = 0",
  "a command that is none":
    "UPDATE study_events SET event = json_set(event, '$.start.command', 7) WHERE seq = 0",
};

test("ato merge: a journal that no search writes is left out whole, with a sentence; the others come", async () => {
  await inFolder(async (folder) => {
    const [liars] = filesIn(folder, "liars") as [string];
    await addSearch(liars, { studyId: "liar" });
    for (const [i, [name, lie]] of Object.entries(LIES).entries()) {
      const [all, from] = filesIn(folder, `all ${i}`, `from ${i}`) as [
        string,
        string,
      ];
      copyFileSync(liars, from);
      await change(from, lie);
      await addSearch(from, { studyId: "honest", trials: 1 });
      const taken = await merge(all, from);
      assertEquals([taken.lost, taken.added], [["liar"], ["honest"]], name);
      assertMatch(taken.said[0]!, /^Search liar of .* is left out: [^\n]+$/);
      assertEquals(Object.keys(await journalsOf(all)), ["honest"], name);
    }
  });
});

test("ato merge: a forged journal of a search that a file has does not reach it", async () => {
  await inFolder(async (folder) => {
    const [mine, forged] = filesIn(folder, "mine", "forged") as [
      string,
      string,
    ];
    await addSearch(mine);
    copyFileSync(mine, forged);
    await addSearch(forged, { trials: 1 });
    await change(
      forged,
      `UPDATE study_events SET event = json_set(event, '$.metrics.loss', -1e9) WHERE event LIKE '%"completed"%'`,
    );
    const before = await journalsOf(mine);
    assertEquals((await merge(mine, forged)).diverged, ["iris"]);
    assertEquals(await journalsOf(mine), before);
  });
});
