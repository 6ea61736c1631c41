/** The study in two threads, by real processes: killed in the middle, resumed, looked at, and its best config applied. */
import { test } from "node:test";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { readStudy } from "@ato/ato/hyperopt";
import { SQLFinder } from "@ato/ato/tracker";
import { ato } from "../cli/_lib.ts";
import { commandOf, train, withExamples } from "./_examples.ts";

test("a study in two threads that is killed goes on, has one run a trial, and another script takes its best config", async () => {
  await withExamples(async (folder) => {
    const db = join(folder, "iris.db");
    const [program, ...args] = commandOf(join(folder, "search_threads.ts"));
    const child = spawn(program!, args, { cwd: folder, stdio: "ignore" });
    const ended = new Promise((done) => child.once("close", done));
    for (;;) {
      const said = await ato("search", "list", "--json", "--db", db);
      const [study] = said.code === 0 ? JSON.parse(said.out) : [];
      if (study?.best != null || child.exitCode !== null) break;
      await pause(20);
    }
    process.kill(child.pid!, "SIGKILL");
    await ended;
    const between = await readStudy(db, "iris");
    assertEquals(between.state, "interrupted");
    const again = spawnSync(program!, args, { cwd: folder, encoding: "utf8" });
    assertEquals(again.status, 0, again.stderr);
    const { trials, state, best } = await readStudy(db, "iris");
    assertEquals([state, trials.length], ["done", 16]);
    const finder = new SQLFinder(db);
    const runs = (await finder.getRunsInProject("iris")).filter(({ tags }) =>
      tags.includes("search:iris")
    );
    assertEquals(runs.map(({ status }) => status), Array(16).fill("completed"));
    await finder.close();
    const words = (await ato("search", "words", "iris", "--db", db)).out.trim()
      .split(/\s+/);
    assertMatch(again.stdout, /^train .*train_iris\.ts lr=/m);
    const applied = train(folder, "epochs=5", "print", ...words);
    const lr = String((best!.trial.config as { lr: number }).lr);
    assert(applied.stdout.includes(lr), applied.stdout + applied.stderr);
  });
});
