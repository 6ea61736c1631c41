/** What leaves the machine: without `--with-sources` no source, diff or output does, and a stranger's run is not run unasked. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FolderStore } from "../../sync/hub/folder_store.ts";
import { inflateRawSync } from "node:zlib";
import { openForWriting, SQLFinder } from "../../tracker/mod.ts";
import { ato } from "../cli/_lib.ts";
import { ROOT, runtimeArgs } from "../_shared/run_script.ts";
import { inFolder } from "./_lib.ts";

/** All that a hub has, inflated. */
async function allOf(url: string): Promise<string> {
  let text = "";
  const store = new FolderStore(url);
  for await (const { name } of store.list()) {
    text += inflateRawSync((await store.get(name))!.subarray(10)).toString();
  }
  return text;
}

/** Runs a program under `ato run`, in a folder of its own under version control, with changes that are not committed. */
function recordProgram(folder: string, db: string): void {
  const project = join(folder, "project");
  mkdirSync(project);
  const git = (...words: string[]): void => {
    const { status, stderr } = spawnSync("git", words, {
      cwd: project,
      encoding: "utf8",
    });
    assertEquals(status, 0, stderr);
  };
  git("init", "-q");
  git("config", "user.email", "a@example.com");
  git("config", "user.name", "a");
  const train = join(project, "train.ts");
  writeFileSync(train, "console.log('old');\n");
  git("add", "-A");
  git("commit", "-qm", "first");
  writeFileSync(
    train,
    `const note = "SOURCE_MARK";
console.log("OUTPUT" + "_MARK", note.length);
`,
  );
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = runtimeArgs("run");
  const { status, stderr } = spawnSync(process.execPath, [
    ...args,
    `${ROOT}cli.ts`,
    ...["run", "--db", db, "--", process.execPath, ...args, train],
    "--api-key=SECRET_MARK",
  ], { cwd: project, encoding: "utf8", env: { ...env, NO_COLOR: "1" } });
  assertEquals(status, 0, stderr);
}

test("sources, diffs and output leave the machine only with --with-sources, and secrets never", async () => {
  await inFolder(async (folder) => {
    const [db, there, url] = ["here.db", "there.db", "hub"]
      .map((name) => join(folder, name));
    recordProgram(folder, db!);
    await ato("hub", "init", url!);
    await ato("push", url!, "--db", db!);
    const bare = await allOf(url!);
    assertStringIncludes(bare, "train.ts");
    for (const mark of ["SOURCE_MARK", "OUTPUT_MARK", "SECRET_MARK"]) {
      assert(!bare.includes(mark), `${mark} left the machine`);
    }
    assert(!bare.includes("console.log"), "a diff left the machine");
    await ato("pull", url!, "--db", there!);
    assert(!(await ato("logs", "1", "--db", there!)).out.includes("OUTPUT"));
    const words = async () => {
      const finder = new SQLFinder(there!);
      const { argv, command } = (await finder.findRun(1))!.environment!;
      await finder.close();
      return [argv, command];
    };
    assertEquals(await words(), [undefined, undefined]);
    const repeat = await ato("repeat", "1", "--print", "--db", there!);
    assertStringIncludes(
      repeat.err,
      "its command stayed where the run was pushed from",
    );

    await ato("push", url!, "--db", db!, "--with-sources");
    const whole = await allOf(url!);
    assert(!whole.includes("SECRET_MARK"));
    await ato("pull", url!, "--db", there!);
    const [argv, command] = await words();
    assert(argv!.some((word) => word.endsWith("train.ts")));
    assert(command!.includes("--api-key=***"), command!.join(" "));
    const logs = await ato("logs", "1", "--db", there!);
    assertStringIncludes(logs.out, "OUTPUT_MARK");
    // Who pulled the sources can show what changed.
    const show = await ato("show", "1", "--json", "--db", there!);
    assertStringIncludes(show.out, "SOURCE_MARK");
  });
});

test("ato repeat asks before it runs a run that somebody else recorded", async () => {
  await inFolder(async (folder) => {
    const [db, there, url] = ["here.db", "there.db", "hub"]
      .map((name) => join(folder, name));
    recordProgram(folder, db!);
    const connection = await openForWriting(db!);
    // Another user's key sealed it.
    connection.exec(
      "UPDATE attempts SET environment = json_set(environment, '$.seal', 'of another', '$.host', 'elsewhere')",
    );
    connection.close();
    await ato("hub", "init", url!);
    await ato("push", url!, "--db", db!, "--with-sources");
    await ato("pull", url!, "--db", there!);
    const { code, err } = await ato("repeat", "1", "--db", there!);
    assertEquals(code, 2);
    assertStringIncludes(
      err,
      "without asking: nothing shows that you recorded it",
    );
  });
});
