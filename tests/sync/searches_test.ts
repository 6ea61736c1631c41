/** The journals of searches travel: once, piece by piece, by identity; and a copy does not go on by itself. */
import { test } from "node:test";
import { copyFileSync, renameSync, rmSync } from "node:fs";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  defineSpace,
  float,
  fullFidelity,
  InProcessBackend,
  randomSampler,
  readStudy,
  runSharedStudy,
  StudyCopyError,
} from "@ato/ato/hyperopt";
import { Hub } from "../../sync/hub/_hub.ts";
import {
  gcHub,
  hubStatus,
  initHub,
  pullRuns,
  pushRuns,
} from "../../sync/mod.ts";
import { openForWriting } from "../../tracker/mod.ts";
import { ato } from "../cli/_lib.ts";
import { makeSearch, makeTwo } from "../cli/_searches.ts";
import { filesIn, inFolder, made, pull, push, record } from "./_lib.ts";
import {
  addSearch,
  journalsOf,
  openSearch,
  runTrials,
  withoutCommands,
} from "./_searches.ts";
import { Cut, FaultyStore, MemoryStore } from "./_stores.ts";

test("a pulled file answers `ato search` as the original does", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    await makeSearch(here);
    await makeTwo(here);
    await addSearch(here, { project: "iris" });
    const store = await made(new MemoryStore());
    const sent = await push(here, store);
    assertEquals(sent.searches.added, ["widths", "two", "iris"]);
    const taken = await pull(there, store);
    assertEquals(taken.notices, []);
    assertEquals(taken.searches.missing, []);
    const looks = [
      ["list"],
      ["list", "--json"],
      ...["widths", "two", "iris"].flatMap((id) => [
        ["show", id],
        ["plot", id],
        ["importance", id],
        ["export", id, "--format", "csv"],
        ["export", id, "--format", "json"],
        ...(id === "two" ? [] : [["words", id]]),
      ]),
    ];
    for (const words of looks) {
      const [a, b] = await Promise.all(
        [here, there].map((db) => ato("search", ...words, "--db", db)),
      );
      const isJson = words.includes("--json") || words.includes("json");
      const show = isJson ? withoutPlace : withoutCopy;
      assertEquals(show(b!.out), show(a!.out), words.join(" "));
      assertEquals(b!.code, a!.code, words.join(" "));
    }
    assertMatch(
      (await ato("search", "show", "iris", "--db", there)).out,
      /^copy +goes on in .*here\.db on /m,
    );
    assertNotMatch(
      (await ato("search", "show", "iris", "--db", here)).out,
      /^copy /m,
    );
    const [a, b] = [await journalsOf(here), await journalsOf(there)];
    for (const [name, events] of Object.entries(a)) {
      assertEquals(
        b[name]!.map((text) => JSON.parse(text)),
        withoutCommands(events),
      );
    }
  });
});

/** Searches come in the order in which they began, and a copy says that it is one. */
function withoutCopy(text: string): string[] {
  return text.split("\n").filter((line) => !line.startsWith("copy ")).sort();
}

/** The command stays on its machine. */
function withoutPlace(text: string): string[] {
  return JSON.stringify(JSON.parse(text), (name, value) => {
    return name === "copyOf" || name === "command" || name === "seal"
      ? undefined
      : value;
  }).split(/(?=\{"id")/).map((part) => part.replace(/[,\]]+$/, "")).sort();
}

test("a search that goes on: only what is new is sent and comes, and nothing again", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    const store = await made(new MemoryStore());
    const study = await openSearch(here);
    let events = 0;
    for (let round = 0; round < 12; round++) {
      await runTrials(study, here, { trials: 1 });
      const before = events;
      events = (await journalsOf(here))["iris"]!.length;
      const sent = await push(here, store);
      assertEquals(sent.searches.events, events - before);
      const again = await push(here, store);
      assertEquals([again.bytes, again.searches.events], [0, 0]);
      assertEquals(again.searches.same, 1);
      const taken = await pull(there, store);
      assertEquals(taken.searches.events, events - before);
      const none = await pull(there, store);
      assertEquals([none.searches.events, none.searches.bytes], [0, 0]);
    }
    assertEquals((await readStudy(there, "iris")).state, "running");
    study.close();
    await push(here, store);
    await pull(there, store);
    const copy = await readStudy(there, "iris");
    assertEquals(copy.state, "stopped");
    assertEquals(copy.trials.length, 12);
    // The parts of a journal stay few.
    const hub = await Hub.open(store);
    const { root } = await hub.head("searches");
    const node = await hub.searches.read(root!);
    assert("leaf" in node && node.leaf[0]!.parts.length <= 8);
  });
});

test("the end of a search that was sent while it ran is sent, too", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    const store = await made(new MemoryStore());
    const study = await openSearch(here, { lease: 1 });
    await runTrials(study, here, { trials: 1 });
    await push(here, store);
    await pull(there, store);
    assertEquals((await readStudy(there, "iris")).state, "running");
    // Its process is killed: the claim stays, and nothing else is written.
    const connection = await openForWriting(here);
    connection.exec("UPDATE studies SET token = NULL");
    connection.close();
    await push(here, store);
    await pull(there, store);
    assertEquals((await readStudy(there, "iris")).state, "interrupted");
  });
});

test("two people's searches of one name stay two", async () => {
  await inFolder(async (folder) => {
    const [ana, ben, team] = filesIn(folder, "ana", "ben", "team") as [
      string,
      string,
      string,
    ];
    const store = await made(new MemoryStore());
    await addSearch(ana, { trials: 3, seed: 1 });
    await addSearch(ben, { trials: 5, seed: 2 });
    await push(ana, store);
    await push(ben, store);
    const taken = await pull(team, store);
    assertEquals(taken.searches.added.length, 2);
    const [first, second] = taken.searches.added as [string, string];
    assertEquals(first, "iris");
    assertMatch(second, /^iris~[0-9a-f]{8}$/);
    assertEquals((await readStudy(team, first)).trials.length, 3);
    assertEquals((await readStudy(team, second)).trials.length, 5);
    // Each gets the other's as a second one; their own stays theirs, and goes on.
    await pull(ben, store);
    assertEquals((await readStudy(ben, "iris")).trials.length, 5);
    const own = await openSearch(ben, { seed: 2 });
    await runTrials(own, ben, { trials: 1 });
    own.close();
    await push(ben, store);
    await pull(team, store);
    assertEquals((await readStudy(team, first)).trials.length, 3);
    assertEquals((await readStudy(team, second)).trials.length, 6);
    // What a file has under another name does not rename it for others.
    const [other] = filesIn(folder, "other");
    await push(ben, store);
    await pull(other!, store);
    assertEquals((await readStudy(other!, "iris")).trials.length, 3);
  });
});

test("a copy does not go on, and says where the search does; the original, a moved file and a restored one do", async () => {
  await inFolder(async (folder) => {
    const [here, there, moved] = filesIn(folder, "here", "there", "moved") as [
      string,
      string,
      string,
    ];
    const store = await made(new MemoryStore());
    await addSearch(here);
    await push(here, store);
    await pull(there, store);
    const before = await journalsOf(there);
    await assertRejects(
      () => openSearch(there),
      StudyCopyError,
      "its journal is a copy, and it goes on in ",
    );
    assertEquals(await journalsOf(there), before);
    for (const words of [[], ["--print"], ["--yes"]]) {
      const resumed = await ato(
        "search",
        "resume",
        "iris",
        ...words,
        "--db",
        there,
      );
      assertEquals([resumed.code, resumed.out], [2, ""]);
      assertMatch(
        resumed.err,
        /Cannot resume iris in \S+there\.db: its journal is a copy, and it goes on in \S+here\.db on \S+; resume it there/,
      );
    }
    // A search of another name, in the same file.
    await addSearch(there, { studyId: "other" });
    // The original.
    const own = await ato("search", "resume", "iris", "--print", "--db", here);
    assertEquals(own.code, 0);
    await addSearch(here, { trials: 1 });
    // A file that was only moved.
    renameSync(here, moved);
    await addSearch(moved, { trials: 1 });
    renameSync(moved, here);
    await addSearch(here, { trials: 1 });
    await push(here, store);
    // A file that was lost, and pulled again to its place.
    rmSync(here);
    await pull(here, store);
    assertEquals((await readStudy(here, "iris")).copyOf, undefined);
    await addSearch(here, { trials: 1 });
    assertEquals((await readStudy(here, "iris")).trials.length, 7);
  });
});

test("a search that went on in two files is not mixed: both are told, and stay", async () => {
  await inFolder(async (folder) => {
    const [here, copied, team] = filesIn(folder, "here", "copied", "team") as [
      string,
      string,
      string,
    ];
    const store = await made(new MemoryStore());
    await addSearch(here);
    copyFileSync(here, copied);
    await addSearch(here, { trials: 1 });
    await addSearch(copied, { trials: 2 });
    await push(here, store);
    const sent = await push(copied, store);
    assertEquals(sent.searches.diverged, ["iris"]);
    assertEquals(sent.notices, [
      "Search iris went on here and elsewhere: both stay as they are, here and on the hub",
    ]);
    const before = await journalsOf(copied);
    const taken = await pull(copied, store);
    assertEquals(taken.searches.diverged, ["iris"]);
    assertEquals(await journalsOf(copied), before);
    await pull(team, store);
    assertEquals((await readStudy(team, "iris")).trials.length, 4);
    // A copy that did not go on has nothing to tell.
    const [idle] = filesIn(folder, "idle");
    copyFileSync(here, idle!);
    await addSearch(here, { trials: 1 });
    await push(here, store);
    const behind = await push(idle!, store);
    assertEquals([behind.notices, behind.searches.behind], [[], 1]);
    assertEquals((await pull(idle!, store)).searches.updated, ["iris"]);
    assertEquals(await journalsOf(idle!), {
      iris: (await journalsOf(idle!))["iris"]!,
    });
    assertEquals((await readStudy(idle!, "iris")).trials.length, 5);
  });
});

test("a search that a process of this machine works on is not written to", async () => {
  await inFolder(async (folder) => {
    const [here, old] = filesIn(folder, "here", "old") as [string, string];
    const store = await made(new MemoryStore());
    await addSearch(here);
    copyFileSync(here, old);
    await addSearch(here, { trials: 1 });
    await push(here, store);
    const connection = await openForWriting(old);
    const claim = connection.prepare(
      "UPDATE studies SET token = ?, host = 'elsewhere', pid = 1, lease = 1e6, renewed = ?",
    );
    claim.run("somebody", Date.now());
    const taken = await pull(old, store);
    assertEquals(taken.searches.lost, ["iris"]);
    assertMatch(
      taken.notices[0]!,
      /a process of this machine works on it; try again/,
    );
    claim.run(null, Date.now());
    connection.close();
    assertEquals((await pull(old, store)).searches.updated, ["iris"]);
  });
});

test("a filter takes the searches of the runs that it takes, and no others", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    await addSearch(here, { project: "iris", studyId: "one" });
    await addSearch(here, { project: "wine", studyId: "two" });
    await addSearch(here, { studyId: "without runs" });
    const store = await made(new MemoryStore());
    const some = await push(here, store, {
      filter: (_, project) => project === "iris",
    });
    assertEquals(some.searches.added, ["one"]);
    const all = await push(here, store);
    assertEquals(all.searches.added, ["two", "without runs"]);
    const [wine] = [
      await pull(there, store, {
        chooses: ({ project }) => project === "wine",
      }),
    ];
    assertEquals(wine.searches.added, ["two"]);
    const none = await pull(there, store, { filter: () => false });
    assertEquals(none.searches.added, []);
    assertEquals((await pull(there, store)).searches.added, [
      "one",
      "without runs",
    ]);
  });
});

test("the command that starts a search and the logins of checkpoints stay here", async () => {
  await inFolder(async (folder) => {
    const [here] = filesIn(folder, "here") as [string];
    await addSearch(here);
    const connection = await openForWriting(here);
    connection.exec(
      `UPDATE study_events SET event = json_set(event, '$.start.command', json('["deno","run","--api-key=hunter2"]'))
       WHERE seq = 0`,
    );
    connection.exec(
      `UPDATE study_events SET event = json_set(event, '$.checkpoint',
         json('{"uri":"https://ana:hunter2@files.example/a.bin","sha256":"x"}'))
       WHERE event LIKE '{"kind":"completed"%'`,
    );
    connection.close();
    const written = (await journalsOf(here))["iris"]!.join();
    assertEquals(written.split("hunter2").length, 5);
    const store = await made(new MemoryStore());
    await push(here, store, { sources: true });
    const hub = await Hub.open(store);
    const { root } = await hub.head("searches");
    const node = await hub.searches.read(root!);
    assert("leaf" in node);
    const part = await hub.read(node.leaf[0]!.parts[0]![0], "content");
    const text = new TextDecoder().decode(part);
    assertStringIncludes(text, "opened");
    assertStringIncludes(text, "@files.example/a.bin");
    assertNotMatch(text, /hunter2|command|seal/);
  });
});

test("ids of runs become UUIDs, because another file has other ids", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    await record(there);
    const uuid = await record(here);
    const study = await openSearch(here);
    await runTrials(study, here, { trials: 2 });
    study.link(0, 1);
    study.link(1, 99);
    study.close();
    const store = await made(new MemoryStore());
    await push(here, store);
    await pull(there, store);
    const { trials } = await readStudy(there, "iris");
    assertEquals(trials.map(({ runs }) => runs), [[uuid], ["erased"]]);
    // A run that is erased here changes nothing there, and is no other journal.
    const connection = await openForWriting(here);
    connection.exec("DELETE FROM experiments");
    connection.close();
    const again = await push(here, store);
    assertEquals([again.notices, again.searches.same], [[], 1]);
  });
});

test("a hub without journals gives its runs, and says which searches it lacks", async () => {
  await inFolder(async (folder) => {
    const [here, there, more] = filesIn(folder, "here", "there", "more") as [
      string,
      string,
      string,
    ];
    const store = await made(new MemoryStore());
    await addSearch(here, { project: "iris" });
    await push(here, store);
    // What an earlier Ato has sent.
    store.refs.delete("searches");
    const taken = await pull(there, store);
    assertEquals(taken.added.length, 3);
    assertEquals(taken.notices, []);
    assertEquals(taken.searches.missing, ["iris"]);
    await push(here, store);
    const whole = await pull(more, store);
    assertEquals(whole.searches.missing, []);
    assertEquals((await pull(there, store)).searches.added, ["iris"]);
  });
});

test("an earlier Ato that cleans up removes journals; the next push brings them back", async () => {
  await inFolder(async (folder) => {
    const [ana, ben] = filesIn(folder, "ana", "ben") as [string, string];
    const store = await made(new MemoryStore());
    await addSearch(ana, { studyId: "ana's" });
    await addSearch(ben, { studyId: "ben's" });
    await push(ana, store);
    await push(ben, store);
    const parts = async (): Promise<{ root: string; part: string }> => {
      const { value } = store.refs.get("searches")!;
      const { root } = JSON.parse(value) as { root: string };
      const node = await (await Hub.open(store)).searches.read(root);
      assert("leaf" in node);
      return { root, part: node.leaf[0]!.parts[0]![0] };
    };
    for (const what of ["part", "root", "all"] as const) {
      const found = await parts();
      if (what === "all") store.objects.clear();
      else store.objects.delete(found[what]);
      const [there] = filesIn(folder, `there ${what}`) as [string];
      const taken = await pull(there, store);
      assert(taken.notices.length > 0);
      for (const line of taken.notices) {
        assertMatch(line, /^(Search|A part of the hub's index of searches)/);
      }
      await push(ana, store);
      await push(ben, store);
      const [fresh] = filesIn(folder, `fresh ${what}`) as [string];
      const whole = await pull(fresh, store);
      assertEquals(whole.notices, []);
      assertEquals(whole.searches.added.toSorted(), ["ana's", "ben's"]);
    }
  });
});

test("`gcHub` keeps what journals need, and removes parts that were put together", async () => {
  await inFolder(async (folder) => {
    const hub = `${folder}/hub`;
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    await initHub(hub);
    const study = await openSearch(here);
    for (let i = 0; i < 12; i++) {
      await runTrials(study, here, { trials: 1 });
      await pushRuns(here, hub);
    }
    study.close();
    await pushRuns(here, hub);
    assertEquals((await hubStatus(hub)).searches, 1);
    const { removed } = await gcHub(hub, { graceHours: -1 });
    assert(removed > 5);
    const { searches } = await pullRuns(there, hub);
    assertEquals(searches.added, ["iris"]);
    assertEquals((await gcHub(hub, { graceHours: -1 })).removed, 0);
  });
});

test("a push and a pull that are cut at any operation lose nothing of a search", async () => {
  await inFolder(async (folder) => {
    const [source] = filesIn(folder, "source") as [string];
    await addSearch(source);
    const expected = withoutCommands((await journalsOf(source))["iris"]!);
    for (let at = 0, isCut = true; isCut; at++) {
      isCut = false;
      for (const isDone of [false, true]) {
        const [here, there] = filesIn(
          folder,
          `h${at}${isDone}`,
          `t${at}${isDone}`,
        ) as [string, string];
        copyFileSync(source, here);
        const store = await made(new MemoryStore());
        for (const work of [push, pull] as const) {
          const path = work === push ? here : there;
          try {
            await work(path, new FaultyStore(store, { at, isDone }));
          } catch (error) {
            if (!(error instanceof Cut)) throw error;
            isCut = true;
          }
          await work(path, store);
        }
        const { iris } = await journalsOf(there);
        assertEquals(iris!.map((text) => JSON.parse(text)), expected);
      }
    }
  });
});

test("two pushes at once both succeed", async () => {
  await inFolder(async (folder) => {
    const store = await made(new MemoryStore());
    const files = filesIn(folder, "a", "b", "c");
    for (const [seed, file] of files.entries()) await addSearch(file, { seed });
    await Promise.all(files.map((file) => push(file, store)));
    const [there] = filesIn(folder, "there");
    assertEquals((await pull(there!, store)).searches.added.length, 3);
  });
});

test("a dry run counts searches, and writes nothing", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    await addSearch(here);
    const store = await made(new MemoryStore());
    assertEquals((await push(here, store, { dryRun: true })).searches.added, [
      "iris",
    ]);
    assertEquals(store.refs.has("searches"), false);
    await push(here, store);
    assertEquals((await pull(there, store, { dryRun: true })).searches.added, [
      "iris",
    ]);
    assertEquals(await journalsOf(there), {});
  });
});

test("a pull that waits is told of a search alone", async () => {
  await inFolder(async (folder) => {
    const hub = `${folder}/hub`;
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    await initHub(hub);
    const stop = new AbortController();
    const rounds: string[][] = [];
    const told = Promise.withResolvers<void>();
    const pulling = pullRuns(there, hub, {
      live: true,
      signal: stop.signal,
      onRound: ({ searches }) => {
        rounds.push([...searches.added]);
        told.resolve();
      },
    });
    await addSearch(here);
    await pushRuns(here, hub);
    await told.promise;
    stop.abort();
    const result = await pulling;
    assertEquals(rounds, [["iris"]]);
    assertEquals(result.searches.added, ["iris"]);
  });
});

test("a search that several processes share is one search, whichever file it is pushed from", async () => {
  await inFolder(async (folder) => {
    const files = filesIn(folder, "one", "two") as [string, string];
    const [team, more] = filesIn(folder, "team", "more") as [string, string];
    const shared = new InProcessBackend({ searchId: "team" });
    const space = defineSpace({ lr: float(0, 1) });
    const run = (db: string, trials: number) =>
      runSharedStudy(
        () => ({
          space,
          sampler: randomSampler(space),
          scheduler: fullFidelity({ trials }),
          metric: "loss",
          mode: "min",
        }),
        ({ config }) => config.lr,
        { backend: shared.connect(), db },
      );
    await Promise.all(files.map((file) => run(file, 6)));
    const store = await made(new MemoryStore());
    let added = 0;
    for (const file of files) {
      const { notices, searches } = await push(file, store);
      assertEquals([notices, searches.diverged], [[], []]);
      added += searches.added.length;
    }
    assertEquals(added, 1);
    assertEquals((await pull(team, store)).searches.added, ["team"]);
    assertEquals((await readStudy(team, "team")).trials.length, 6);
    // A process whose file has a pulled copy takes part, and leaves the copy alone.
    await pull(more, store);
    const before = await journalsOf(more);
    const view = await run(more, 6);
    assertEquals(view.trials.length, 6);
    assertEquals(await journalsOf(more), before);
  });
});
