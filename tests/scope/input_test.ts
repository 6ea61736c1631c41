import { assert, assertEquals, assertThrows } from "@std/assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MissingInputError, Scope, ScopeUsageError } from "../../scope/mod.ts";
import { SQLFinder, SQLLogger } from "../../tracker/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

interface Config {
  lr: number;
  experiment: { projectName: string; sql: { dbPath: string } };
}

function scopeIn(folder: string): Scope<Config> {
  return new Scope<Config>({
    argv: [],
    config: {
      lr: 0.1,
      experiment: {
        projectName: "demo",
        sql: { dbPath: join(folder, "runs.db") },
      },
    },
  });
}

async function namesOf(folder: string, run: number): Promise<string[]> {
  const finder = new SQLFinder(join(folder, "runs.db"));
  const { inputs } = (await finder.inputsOf(run))!;
  await finder.close();
  return inputs.map(({ name, sha256 }) => {
    assert(sha256 !== undefined);
    return name;
  });
}

function write(folder: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), name);
  }
}

test("scope.input: the path comes back at once, for wildcards a sorted list", async () => {
  await withTempFolder((folder) => {
    write(folder, ["b.csv", "a.csv", "deep/c.csv", "deep/.d.csv"]);
    const scope = scopeIn(folder);
    const at = (name: string) => join(folder, name);
    assertEquals(scope.input(at("a.csv")), at("a.csv"));
    assertEquals(scope.input(folder), folder);
    const cases: [string, string[]][] = [
      ["*.csv", ["a.csv", "b.csv"]],
      ["**/*.csv", ["a.csv", "b.csv", "deep/c.csv"]],
      ["[ab].csv", ["a.csv", "b.csv"]],
      ["[!a].csv", ["b.csv"]],
      ["?.csv", ["a.csv", "b.csv"]],
      ["{b,a}.csv", ["a.csv", "b.csv"]],
      ["deep/.*.csv", ["deep/.d.csv"]],
    ];
    for (const [glob, files] of cases) {
      assertEquals<unknown>(scope.input(at(glob)), files.map(at), glob);
    }
    const list = scope.input([at("b.csv"), at("a.csv")]);
    assertEquals(list, [at("b.csv"), at("a.csv")]);
  });
});

test("scope.input: a file whose name has wildcards is itself", async () => {
  await withTempFolder((folder) => {
    write(folder, ["a[1].csv", "a1.csv"]);
    const path = join(folder, "a[1].csv");
    assertEquals<unknown>(scopeIn(folder).input(path), path);
  });
});

test("scope.input: inputs that are named before the run and in it belong to it", async () => {
  await withTempFolder(async (folder) => {
    write(folder, ["early.csv", "late.csv", "other.csv"]);
    const scope = scopeIn(folder);
    scope.input(join(folder, "early.csv"), { name: "early" });
    const config = scope.apply();
    const logger = new SQLLogger(config, { snapshot: false });
    await logger.run();
    scope.input(join(folder, "late.csv"), { name: "late" });
    await logger.finish();
    scope.input(join(folder, "other.csv"), { name: "other" });
    assertEquals(await namesOf(folder, 1), ["early", "late"]);
  });
});

test("scope.input: what is named for one config does not belong to the next", async () => {
  await withTempFolder(async (folder) => {
    write(folder, ["all.csv", "1.csv", "2.csv"]);
    const scope = scopeIn(folder);
    scope.input(join(folder, "all.csv"), { name: "all" });
    for (const fold of ["1", "2"]) {
      const config = scope.apply();
      const logger = new SQLLogger(config, { snapshot: false });
      await logger.run();
      scope.input(join(folder, `${fold}.csv`), { name: fold });
      await logger.finish();
    }
    assertEquals(await namesOf(folder, 1), ["1", "all"]);
    assertEquals(await namesOf(folder, 2), ["2", "all"]);
  });
});

test("scope.input: mistakes are typed errors", () => {
  const scope = new Scope();
  assertThrows(() => scope.input("not_there.csv"), MissingInputError);
  assertThrows(() => scope.input(7 as never), ScopeUsageError);
  assertThrows(
    () => scope.input("deno.json", { nmae: "x" } as never),
    ScopeUsageError,
    "did you mean name?",
  );
});
