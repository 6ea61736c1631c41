/** Factors of runs of several processes. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { chmodSync, copyFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { finding } from "./_factors.ts";
import { type Child, inFolder, isDeno, start } from "./_helpers.ts";

function child(args: readonly string[], options = {}): Child {
  return start("_factor_child.ts", args, options);
}

async function ended(process: Child): Promise<void> {
  const { code } = await process.ended;
  assertEquals(code, 0, process.stderr());
}

test("factorsOf: kill -9 loses nothing of what a run recorded at its start", async () => {
  await inFolder(async (folder) => {
    const process = child(["killed", folder]);
    await process.line("run 1");
    process.process.kill("SIGKILL");
    await process.ended;
    await finding(folder, async (finder) => {
      const { factors, coverage } = (await finder.factorsOf(1))!;
      assertEquals(factors.get("config:lr"), "0.1");
      assertEquals(factors.get("seed"), "1");
      assertEquals(factors.get("code:m39.ts#g"), "ato-code-v1:39");
      assertEquals(coverage.code, { level: "full", missing: [] });
      assertEquals((await finder.programOf(1))!.modules.length, 40);
      const { a } = (await finder.history(1, 1))!;
      assertEquals(a.status, "crashed");
    });
  });
});

test("factorsOf: processes that write at the same time share what is the same", async () => {
  await inFolder(async (folder) => {
    const both = ["a", "b"].map((name) => child(["many", folder, name]));
    await Promise.all(both.map(ended));
    await finding(folder, async (finder) => {
      const { a, b, others } = (await finder.history(1, 2))!;
      assertEquals(others.length, 38);
      const all = [a, b, ...others];
      for (const run of all) {
        assertEquals(run.sets?.code, a.sets?.code);
        assertEquals(run.factors.get("code:m7.ts#f"), "ato-code-v1:7");
      }
      const lrs = all.map(({ factors }) => factors.get("config:lr"));
      assertEquals(new Set(lrs).size, 20);
    });
    const database = new DatabaseSync(join(folder, "runs.db"));
    const count = (table: string): unknown =>
      database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!["n"];
    assertEquals(["programs", "texts"].map(count), [1, 40]);
    database.close();
  });
});

test("factorsOf: secrets are hashed with the key of the user, and those of another key are unknown", async () => {
  await inFolder(async (folder) => {
    const write = async (state: string, value: string): Promise<void> => {
      const env = { XDG_STATE_HOME: join(folder, state) };
      await ended(child(["secret", folder, value], { env }));
    };
    await write("one", "hunter-two");
    await write("one", "hunter-two");
    await write("one", "hunter-three");
    await write("other", "hunter-two");
    const key = join(folder, "one", "ato", "key");
    assertEquals(statSync(key).mode & 0o777, 0o600);
    const id = "config:api.apiKey";
    await finding(folder, async (finder) => {
      const all = (await finder.history(1, 4))!;
      const runs = [all.a, ...all.others, all.b]
        .sort((one, other) => one.id - other.id);
      const [first, second, third, fourth] = runs.map(({ factors }) =>
        factors.get(id)
      );
      assertMatch(first!, /^ato-secret-v1:[0-9a-f]{16}:[0-9a-f]{64}$/);
      assertEquals(second, first);
      assert(third !== first);
      assertEquals(fourth, undefined);
      assertEquals(all.a.coverage.config, { level: "full", missing: [] });
      assertEquals(all.b.coverage.config, {
        level: "partial",
        missing: ["command", id].map((one) =>
          `${one}: a secret that was hashed with another key`
        ),
      });
      assertEquals(all.a.factors.get("config:api.key"), '"plain"');
      assertEquals(all.a.factors.get("config:api.token"), "null");
      assertEquals(all.a.factors.get("config:api.useToken"), "true");
    });
    const database = new DatabaseSync(join(folder, "runs.db"));
    const rows = database.prepare("SELECT * FROM factor_values").all();
    database.close();
    // Not even in the words of the command line, which have it, too.
    assert(!JSON.stringify(rows).includes("hunter"));
    const bytes = readFileSync(join(folder, "runs.db"), "latin1");
    assert(!bytes.includes(readFileSync(key, "utf8").trim()));
  });
});

test("factorsOf: a secret without a key is unknown", async () => {
  await inFolder(async (folder) => {
    const state = join(folder, "file");
    copyFileSync(fileURLToPath(import.meta.url), state);
    chmodSync(state, 0o400);
    await ended(
      child(["secret", folder, "hunter"], { env: { XDG_STATE_HOME: state } }),
    );
    const { factors, coverage } = (await finding(folder, (finder) =>
      finder.factorsOf(1)))!;
    assertEquals(factors.has("config:api.apiKey"), false);
    assertEquals(coverage.config.level, "partial");
    assertMatch(coverage.config.missing.join(), /^config:api\.apiKey: .*key/);
  });
});

test(
  "factorsOf: without permissions, each missing part names the flag to add",
  {
    skip: !isDeno && "Node has no permissions",
  },
  async () => {
    await inFolder(async (folder) => {
      const limited = (command: string[]): string[] =>
        command.flatMap((word) =>
          word === "-A"
            ? [
              "--no-prompt",
              `--allow-read=${folder},.`,
              `--allow-write=${folder}`,
              "--allow-env",
              "--deny-run",
              "--deny-sys",
            ]
            : [word]
        );
      await ended(child(["own", folder], { wrap: limited }));
      const { factors, coverage } = (await finding(folder, (finder) =>
        finder.factorsOf(1)))!;
      const { level, missing } = coverage.environment;
      assertEquals(level, "partial");
      assertEquals(missing.filter((one) => /^(?:os|cpu|gpu): /.test(one)), [
        "os: not permitted; add --allow-sys=osRelease",
        "cpu: not permitted; add --allow-sys=cpus",
        "gpu: not permitted; add --allow-run=nvidia-smi",
      ]);
      assertEquals(factors.has("environment:os"), false);
      assertEquals(factors.has("environment:runtime"), true);
    });
  },
);
