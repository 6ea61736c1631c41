/** `ato push`, `ato pull` and `ato hub`: what they say, and how they end. */
import { test } from "node:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { editRun } from "../../tracker/mod.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

test("a team: init, push, pull, and why works on the pulled file", async () => {
  await inFolder(async (folder) => {
    const [hub, here, there] = ["hub", "here.db", "there.db"]
      .map((name) => join(folder, name));
    await makeRun(here!, { config: { lr: 0.1 }, loss: [3, 2, 1] });
    await makeRun(here!, { config: { lr: 0.2 }, loss: [3, 2.5, 2] });
    const made = await ato("hub", "init", hub!);
    assertEquals(made.code, 0);
    assertMatch(made.out, /^made a hub in .*; ato push .* sends runs\n$/);
    assertStringIncludes(
      (await ato("hub", "init", hub!)).out,
      "nothing was changed",
    );

    const dry = await ato("push", hub!, "--db", here!, "--dry-run");
    assertMatch(
      dry.out,
      /^would be sent: 2 new, 0 updated, 0 known already; [\d.]+ kB\n/,
    );
    assertStringIncludes((await ato("hub", "status", hub!)).out, "0 runs");

    const sent = await ato("push", hub!, "--db", here!);
    assertEquals([sent.code, sent.err], [0, ""]);
    assertMatch(
      sent.out,
      /^sent: 2 new, 0 updated, 0 known already; [\d.]+ kB\n/,
    );
    assertStringIncludes(sent.out, "stayed here; --with-sources sends them");
    // The dry run told the truth; compressed, the times of a push have other lengths.
    const [would, did] = [dry.out, sent.out].map((text) =>
      Number(/; ([\d.]+) kB\n/.exec(text)![1])
    );
    assert(Math.abs(would! - did!) <= 0.2, `${would} kB, then ${did} kB`);
    assertMatch(
      (await ato("push", hub!, "--db", here!)).out,
      /^sent: 0 new, 0 updated, 2 known already; 0 bytes\n/,
    );
    const whole = await ato("push", hub!, "--db", here!, "--with-sources");
    assertStringIncludes(whole.out, "went along");

    const dryPull = await ato("pull", hub!, "--db", there!, "--dry-run");
    assertMatch(dryPull.out, /^would come: 2 new/);
    const came = await ato("pull", hub!, "--db", there!);
    assertEquals([came.code, came.err], [0, ""]);
    assertMatch(came.out, /^came: 2 new, 0 updated, 0 known already/);
    const asked = ["why", "1", "2", "--json"];
    const [mine, theirs] = [
      await ato(...asked, "--db", here!),
      await ato(...asked, "--db", there!),
    ];
    assertEquals(JSON.parse(theirs.out), JSON.parse(mine.out));

    const status = await ato("hub", "status", hub!);
    assertStringIncludes(
      status.out,
      "2 runs, 0 running, 0 in the trash; 6 rows",
    );
    assertStringIncludes(status.out, "project demo: 2 runs");
    assertStringIncludes(status.out, `host ${hostname()}: last push`);
    assertMatch(
      (await ato("hub", "gc", hub!)).out,
      /^removed 0 objects, 0 bytes; \d+ are left\n$/,
    );
    assertMatch(
      (await ato("hub", "gc", hub!, "--hours", "0", "--dry-run")).out,
      /^would remove/,
    );
  });
});

test("a project and conditions choose runs, in both directions", async () => {
  await inFolder(async (folder) => {
    const [hub, here, there] = ["hub", "here.db", "there.db"]
      .map((name) => join(folder, name));
    for (
      const [project, lr, tags] of [
        ["iris", 0.1, ["good"]],
        ["iris", 0.2, []],
        ["mnist", 0.1, []],
      ] as const
    ) {
      await makeRun(here!, {
        project,
        config: { lr },
        tags: [...tags],
        loss: [lr],
      });
    }
    await ato("hub", "init", hub!);
    const push = (...words: string[]) =>
      ato("push", hub!, ...words, "--db", here!);
    assertStringIncludes(
      (await push("iris", "lr<0.15", "--dry-run")).out,
      ": 1 new",
    );
    assertStringIncludes(
      (await push("iris", "--tag", "good", "--dry-run")).out,
      ": 1 new",
    );
    assertStringIncludes(
      (await push("--status", "failed", "--dry-run")).out,
      ": 0 new",
    );
    assertStringIncludes(
      (await push("--since", "2999-01-01", "--dry-run")).out,
      ": 0 new",
    );
    await push();
    const pull = (...words: string[]) =>
      ato("pull", hub!, ...words, "--db", there!);
    assertStringIncludes((await pull("mnist", "--dry-run")).out, "1 new");
    const wrong = await pull("mnits");
    assertEquals(wrong.code, 1);
    assertStringIncludes(wrong.err, "did you mean mnist?");
    assertStringIncludes((await pull("loss>=0.15")).out, "1 new");
    assertStringIncludes((await pull("--tag", "good")).out, "1 new");
    assertStringIncludes((await pull()).out, "1 new");
  });
});

test("JSON says the same for scripts", async () => {
  await inFolder(async (folder) => {
    const [hub, here, there] = ["hub", "here.db", "there.db"]
      .map((name) => join(folder, name));
    await makeRun(here!);
    const made = JSON.parse((await ato("hub", "init", hub!, "--json")).out);
    assertEquals(made.isNew, true);
    const sent = JSON.parse(
      (await ato("push", hub!, "--db", here!, "--json")).out,
    );
    assertEquals([sent.added.length, sent.rows, sent.dryRun], [1, 3, false]);
    assert(sent.bytes > 0);
    const came = JSON.parse(
      (await ato("pull", hub!, "--db", there!, "--json")).out,
    );
    assertEquals([came.added, came.lost], [sent.added, []]);
    const status = JSON.parse((await ato("hub", "status", hub!, "--json")).out);
    assertEquals([status.id, status.runs], [made.id, 1]);
  });
});

test("what is left out or was changed twice is said, and the exit code is 1", async () => {
  await inFolder(async (folder) => {
    const [hub, here, there] = ["hub", "here.db", "there.db"]
      .map((name) => join(folder, name));
    await makeRun(here!);
    await ato("hub", "init", hub!);
    await ato("push", hub!, "--db", here!);
    await ato("pull", hub!, "--db", there!);
    await editRun(here!, 1, { notes: "\u001b[31mmine" });
    await editRun(there!, 1, { notes: "theirs" });
    await ato("push", hub!, "--db", here!);
    const { code, err } = await ato("push", hub!, "--db", there!);
    assertEquals(code, 1);
    assertStringIncludes(err, "notes was changed here and on the hub");
    assert(!err.includes("\u001b"));
    const { out } = await ato("hub", "status", hub!);
    assertStringIncludes(out, "conflict: notes of run");
    assert(!out.includes("\u001b"));
  });
});

/** Words that are wrong, and what is said; each ends with 2, or 1 where something was not found. */
const WRONG:
  readonly (readonly [words: readonly string[], code: number, says: RegExp])[] =
    [
      [["push"], 2, /^Cannot push: no hub is named; write ato push FOLDER/],
      [["pull"], 2, /^Cannot pull: no hub is named/],
      [["hub"], 2, /^Cannot tell what to do: write ato hub init URL/],
      [["hub", "int", "x"], 2, /did you mean init\?/],
      [["hub", "status"], 2, /no hub is named; write ato hub status FOLDER/],
      [
        ["hub", "status", "x", "--hours", "3"],
        2,
        /^Cannot use --hours with ato hub status/,
      ],
      [["hub", "gc", "x", "--hours", "soon"], 2, /--hours/],
      [
        ["push", "nohub"],
        2,
        /^Cannot open .*nohub: there is no hub; make one with ato hub init/,
      ],
      [["pull", "nohub"], 2, /there is no hub/],
      [
        ["push", "postgrs://ana:s3cret@db/team"],
        2,
        /did you mean postgres:\/\/\?/,
      ],
      [
        ["push", "http://ana:s3cret@db/team"],
        2,
        /a hub is a folder, postgres/,
      ],
      [
        ["push", "postgres://ana:s3cret@127.0.0.1:1/team"],
        2,
        /the server does not answer/,
      ],
      [["push", "postgres://ana:s3cret@127.0.0.1:1"], 2, /names no database/],
      [["push", "s3://ana:s3cret@team/x"], 2, /AWS_SECRET_ACCESS_KEY/],
      [["push", "s3+https://ana:s3cret@host/team"], 2, /keys are not taken/],
      [["hub", "init", "s3+http://host"], 2, /names no bucket/],
      [
        ["push", "postgres://ana:s3cret@127.0.0.1:1/team?schema=a-b"],
        2,
        /its schema/,
      ],
      [["hub", "init", "file"], 2, /it is a file|part of its path is a file/],
      [["hub", "init", "file/hub"], 2, /part of its path is a file/],
      [["hub", "init", "full"], 2, /the folder is not empty/],
      [
        ["push", "hub", "nothing"],
        1,
        /^Cannot find nothing: no project and no run has this name; `ato projects`/,
      ],
      [["push", "hub", "demos"], 1, /did you mean the project demo\?/],
      [["push", "hub", "demo", "b"], 1, /^Cannot find b: no project/],
      [["push", "hub", "--status", "done"], 2, /--status/],
      [
        ["pull", "hub", "nothing"],
        1,
        /^Cannot find project nothing in .*hub: it has none/,
      ],
    ];

for (const [words, code, says] of WRONG) {
  test(`ato ${words.join(" ")}: says what is wrong`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      await makeRun(db);
      await ato("hub", "init", join(folder, "hub"));
      writeFileSync(join(folder, "file"), "x");
      mkdirSync(join(folder, "full"));
      writeFileSync(join(folder, "full", "thesis.tex"), "x");
      const placed = words.map((word) =>
        /^(?:hub|nohub|file(?:\/hub)?|full)$/.test(word) && word !== words[0]
          ? join(folder, word)
          : word
      );
      const own = words[0] === "hub" ? [] : ["--db", db];
      const said = await ato(...placed, ...own);
      assertEquals(said.code, code, said.err);
      assertMatch(said.err, says);
      assertEquals(said.err.trim().split("\n").length, 1);
      assert(!(said.out + said.err).includes("s3cret"));
      assert(existsSync(join(folder, "full", "thesis.tex")));
    });
  });
}
