/** Runs and searches that travel, as the command line tells them: what is chosen, what came, and where a run was sent. */
import { test } from "node:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { addSearch } from "../sync/_searches.ts";
import { StubMlflow } from "../sync/_stub_mlflow.ts";
import { openForWriting, SQLLogger } from "../../tracker/mod.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

async function places(
  folder: string,
): Promise<{ hub: string; here: string; there: string }> {
  const [hub, here, there] = ["hub", "here.db", "there.db"]
    .map((name) => join(folder, name)) as [string, string, string];
  await ato("hub", "init", hub);
  return { hub, here, there };
}

test("ato push and pull: a search goes along and is counted; without one nothing is said of searches", async () => {
  await inFolder(async (folder) => {
    const { hub, here, there } = await places(folder);
    await addSearch(here, { project: "iris", trials: 2 });
    const dry = await ato("push", hub, "--dry-run", "--db", here);
    assertMatch(dry.out, /^would be sent: 2 new, .*; 1 search with 8 events; /);
    const sent = await ato("push", hub, "--db", here);
    assertMatch(
      sent.out,
      /^sent: 2 new, .*; 1 search with 8 events; [\d.]+ kB/,
    );
    assertMatch(
      (await ato("hub", "status", hub)).out,
      /; 1 search; \d+ objects/,
    );
    const came = await ato("pull", hub, "--db", there);
    assertMatch(came.out, /^came: 2 new, .*; 1 search with 8 events; /);
    assertNotMatch(came.out, /The hub has trials of/);
    const list = await ato("search", "list", "--db", there);
    assertMatch(list.out, /^iris +stopped +2 /m);
    for (const [verb, db] of [["push", here], ["pull", there]] as const) {
      const again = await ato(verb, hub, "--db", db);
      assertEquals([again.code, again.err], [0, ""]);
      assertNotMatch(again.out, /search/);
    }
  });
});

test("ato pull: a hub of an earlier Ato gives the runs, and is said to lack the journal", async () => {
  await inFolder(async (folder) => {
    const { hub, here, there } = await places(folder);
    await addSearch(here, { project: "iris", trials: 2 });
    // An earlier Ato sends the runs alone.
    const journals = await openForWriting(here);
    journals.exec("ALTER TABLE studies RENAME TO kept_studies");
    journals.exec(
      `CREATE TABLE studies (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, token TEXT, host TEXT, boot_id TEXT,
       pid INTEGER, pid_start TEXT, lease INTEGER, renewed INTEGER)`,
    );
    journals.close();
    await ato("push", hub, "--db", here);
    const came = await ato("pull", hub, "--db", there);
    assertEquals([came.code, came.err], [0, ""]);
    assertMatch(
      came.out,
      /^came: 2 new, [^\n]*\nThe hub has trials of iris, but not the journal of the search; push from its file/,
    );
  });
});

test("ato push, ato sync mlflow and ato sync wandb choose the same runs by the same words", async () => {
  await inFolder(async (folder) => {
    const { hub, here } = await places(folder);
    for (
      const [project, lr, tags] of [
        ["iris", 0.1, ["good"]],
        ["iris", 0.2, []],
        ["wine", 0.1, []],
        ["mnist", 0.3, ["good"]],
      ] as const
    ) await makeRun(here, { project, config: { lr }, tags: [...tags] });
    const stub = await StubMlflow.start();
    try {
      const count: Readonly<
        Record<string, (words: readonly string[]) => Promise<number>>
      > = {
        push: async (words) => {
          const { out } = await ato(
            "push",
            hub,
            ...words,
            "--dry-run",
            "--db",
            here,
          );
          return Number(/(\d+) new/.exec(out)![1]);
        },
        mlflow: async (words) => {
          const { out } = await ato(
            ...["sync", "mlflow", stub.url, ...words],
            ...["--dry-run", "--json", "--db", here],
          );
          return (JSON.parse(out) as { planned: unknown[] }).planned.length;
        },
        wandb: async (words) => {
          const { out } = await ato(
            ...["sync", "wandb", ...words, "--dry-run", "--json"],
            ...["--out", join(folder, "wandb"), "--db", here],
          );
          return (JSON.parse(out) as unknown[]).length;
        },
      };
      for (
        const [words, runs] of [
          [[], 4],
          [["iris"], 2],
          [["iris", "wine"], 3],
          [["3", "iris"], 3],
          [["latest"], 1],
          [["iris", "lr<0.15"], 1],
          [["lr<0.15"], 2],
          [["--tag", "good"], 2],
          [["iris", "--tag", "good"], 1],
          [["--status", "failed"], 0],
          [["--since", "2999-01-01"], 0],
          [["--run", "1", "--run", "2"], 2],
          [["wine", "--run", "1"], 0],
        ] as const
      ) {
        for (const [name, how] of Object.entries(count)) {
          assertEquals(await how(words), runs, `${name} ${words.join(" ")}`);
        }
      }
      for (
        const place of [
          ["push", hub],
          ["sync", "mlflow", stub.url],
          ["sync", "wandb"],
        ]
      ) {
        const wrong = await ato(...place, "irsi", "--db", here);
        assertEquals([wrong.code, wrong.out], [1, ""]);
        assertMatch(
          wrong.err,
          /^Cannot find irsi: no project and no run has this name; did you mean the project iris\?\n$/,
        );
        const status = await ato(
          ...place,
          "--status",
          "compelted",
          "--db",
          here,
        );
        assertEquals(status.code, 2);
        assertMatch(status.err, /did you mean completed\?/);
      }
    } finally {
      await stub.end();
    }
  });
});

test("ato pull --dry-run makes no file, and ato pull does", async () => {
  await inFolder(async (folder) => {
    const { hub, here, there } = await places(folder);
    await makeRun(here);
    await ato("push", hub, "--db", here);
    const dry = await ato("pull", hub, "--dry-run", "--db", there);
    assertMatch(dry.out, /^would come: 1 new/);
    assertEquals(existsSync(there), false);
    await ato("pull", hub, "--db", there);
    assertEquals(existsSync(there), true);
    // A file that is there counts with what it has.
    const again = await ato("pull", hub, "--dry-run", "--db", there);
    assertMatch(again.out, /^would come: 0 new, 0 updated, 1 known already/);
  });
});

test("ato show: says where a run was sent, and nothing of one that was not", async () => {
  await inFolder(async (folder) => {
    const { hub, here, there } = await places(folder);
    await makeRun(here);
    await makeRun(here);
    const show = async (run: string, db = here) =>
      (await ato("show", run, "--db", db)).out;
    assertNotMatch(await show("1"), /^ {2}sent/m);
    await ato("push", hub, "--run", "1", "--dry-run", "--db", here);
    assertNotMatch(await show("1"), /^ {2}sent/m);
    await ato("push", hub, "--run", "1", "--db", here);
    assertMatch(
      await show("1"),
      /^ {2}sent +to hub \/.*hub, last \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m,
    );
    assertNotMatch(await show("2"), /^ {2}sent/m);
    // A second push sends nothing, and who pulled it did not send it.
    const before = await show("1");
    await ato("push", hub, "--run", "1", "--db", here);
    await ato("pull", hub, "--db", here);
    assertEquals(await show("1"), before);
    await ato("pull", hub, "--db", there);
    assertNotMatch(await show("1", there), /^ {2}sent/m);
    const stub = await StubMlflow.start();
    try {
      await ato("sync", "mlflow", stub.url, "--db", here);
      assertMatch(
        await show("1"),
        /^ {2}sent +to hub .*\n {2}sent +to mlflow http/m,
      );
      assertMatch(await show("2"), /^ {2}sent +to mlflow http/m);
      const { out } = await ato("show", "2", "--json", "--db", here);
      const { sent } = JSON.parse(out) as { sent: Record<string, unknown>[] };
      assertEquals(sent.map(({ kind, address }) => [kind, address]), [
        ["mlflow", stub.url],
      ]);
    } finally {
      await stub.end();
    }
    // What another program has written there is not known, and hides nothing.
    const connection = await openForWriting(here);
    connection.exec("UPDATE hub_runs SET base = '{' WHERE uuid <> ''");
    connection.close();
    writeFileSync(`${here}.sync`, "");
    assertNotMatch(await show("1"), /^ {2}sent/m);
    writeFileSync(`${here}.sync`, "no database ".repeat(100));
    const damaged = await ato("show", "1", "--db", here);
    assertMatch(damaged.out, /^run 1 {2}completed/);
    assertMatch(damaged.err, /here\.db\.sync: it is not a sound SQLite/);
  });
});

test("a run in the trash that is named is said to be there; others are not", async () => {
  await inFolder(async (folder) => {
    const { here } = await places(folder);
    for (const loss of [3, 2, 1]) await makeRun(here, { loss: [loss] });
    await ato("delete", "2", "--db", here);
    const said =
      /^ato: run 2 is in the trash since \d{4}-\d\d-\d\d [\d:]{8}; `ato restore 2` brings it back$/m;
    for (
      const words of [
        ["why", "1", "2"],
        ["diff", "1", "2"],
        ["compare", "1", "2"],
        ["inputs", "2"],
        ["plot", "2", "--metric", "loss"],
        ["similar", "2"],
      ]
    ) {
      const named = await ato(...words, "--db", here);
      assertMatch(named.err, said, words.join(" "));
      const others = words.map((word) => word === "2" ? "3" : word);
      const rest = await ato(...others, "--db", here);
      assertNotMatch(rest.err, /trash/, others.join(" "));
      // It is answered all the same.
      assertEquals(named.out === "", rest.out === "", words.join(" "));
    }
    assertMatch(
      (await ato("show", "2", "--db", here)).out,
      /in the trash +since .*; `ato restore 2` brings it back/,
    );
  });
});

test("a project without runs is neither listed nor one to choose from", async () => {
  await inFolder(async (folder) => {
    const { here } = await places(folder);
    await makeRun(here, { project: "folder" });
    for (const loss of [2, 1]) {
      await makeRun(here, { project: "iris", loss: [loss] });
    }
    const list = async () =>
      JSON.parse((await ato("projects", "--json", "--db", here)).out) as {
        name: string;
      }[];
    assertEquals((await list()).map(({ name }) => name), ["folder", "iris"]);
    assertMatch(
      (await ato("why", "--last", "--db", here)).err,
      /there are folder, iris; name one/,
    );
    await ato("delete", "1", "--db", here);
    assertEquals((await list()).map(({ name }) => name), ["iris"]);
    assertEquals((await ato("why", "--last", "--db", here)).code, 1);
    // Its name is still known, and it comes back with its run.
    assertEquals((await ato("runs", "folder", "--db", here)).err, "no runs\n");
    await ato("restore", "1", "--db", here);
    assertEquals((await list()).map(({ name }) => name), ["folder", "iris"]);
  });
});

function print(logger: SQLLogger, text: string): void {
  logger.logConsole("stdout", new TextEncoder().encode(text));
}

test("what stayed where a run was pushed from is said to be there, and is not said to be missing", async () => {
  await inFolder(async (folder) => {
    const { hub, here, there } = await places(folder);
    await makeRun(here, { more: (logger) => print(logger, "hello\n") });
    await makeRun(here);
    await ato("push", hub, "--db", here);
    await ato("pull", hub, "--db", there);
    const behind =
      /stayed where the run was pushed from; ato push --with-sources sends it\n$/;
    for (const run of ["1", "2"]) {
      const logs = await ato("logs", run, "--db", there);
      assertEquals(logs.out, "");
      assertMatch(logs.err, behind);
      const repeat = await ato("repeat", run, "--yes", "--db", there);
      assertEquals(repeat.code, 2);
      assertMatch(repeat.err, behind);
    }
    await ato("push", hub, "--with-sources", "--db", here);
    await ato("pull", hub, "--db", there);
    assertEquals((await ato("logs", "1", "--db", there)).out, "hello\n");
    const none = await ato("logs", "2", "--db", there);
    assertMatch(none.err, /no output of run 2 is recorded/);
    const quiet = await ato("logs", "1", "--stream", "stderr", "--db", there);
    assertEquals(quiet.err, "ato: run 1 printed nothing to stderr\n");
  });
});

test("a run in a thread that did not know its command is not said to have left it elsewhere", async () => {
  await inFolder(async (folder) => {
    const { here } = await places(folder);
    await makeRun(here);
    const connection = await openForWriting(here);
    // What such a run records: Deno tells a thread the words of its process only if everything is permitted.
    connection.exec(
      "UPDATE attempts SET environment = json_remove(environment, '$.argv', '$.command', '$.script')",
    );
    connection.close();
    const logs = await ato("logs", "1", "--db", here);
    assertMatch(logs.err, /no output of run 1 is recorded/);
    const repeat = await ato("repeat", "1", "--yes", "--db", here);
    assertMatch(repeat.err, /it recorded no command/);
  });
});

/** What a file has of a run that a hub takes only with the sources. */
async function sourcesOf(db: string): Promise<unknown> {
  const first = await ato("logs", "1", "--attempt", "1", "--db", db);
  const second = await ato("logs", "1", "--attempt", "2", "--db", db);
  const { out } = await ato("show", "1", "--json", "--db", db);
  const { attempts } = JSON.parse(out) as {
    attempts: { environment: { argv?: unknown; command?: unknown } }[];
  };
  const connection = await openForWriting(db);
  const texts = connection.prepare("SELECT sha256 FROM texts ORDER BY sha256")
    .all();
  connection.close();
  const words = attempts.map(({ environment: { argv, command } }) => [
    argv,
    command,
  ]);
  return [first.out, second.out, words, texts];
}

test("ato merge: a run that came from a hub without its sources gets them, and takes none away", async () => {
  await inFolder(async (folder) => {
    const { hub, here, there } = await places(folder);
    await makeRun(here, { more: (logger) => print(logger, "first\n") });
    await ato("push", hub, "--db", here);
    await ato("pull", hub, "--db", there);
    const logger = new SQLLogger({
      experiment: { projectName: "demo", sql: { dbPath: there } },
    });
    await logger.run({ resume: { run: 1, step: 1 } });
    logger.logMetric("loss", 0.5, 2);
    print(logger, "second\n");
    await logger.finish();
    const merged: unknown[] = [];
    for (const order of [[here, there], [there, here]]) {
      const all = join(folder, `all${merged.length}.db`);
      for (const file of order) await ato("merge", file, "--db", all);
      merged.push(await sourcesOf(all));
      for (const file of order) {
        const again = await ato("merge", file, "--db", all);
        assertMatch(again.out, /: 0 added, 0 updated, 1 already known/);
      }
    }
    assertEquals(merged[1], merged[0]);
    const [first, second, words] = merged[0] as [string, string, unknown[][]];
    assertEquals([first, second], ["first\n", "second\n"]);
    for (const [argv] of words) assertEquals(Array.isArray(argv), true);
  });
});
