import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
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

/** What a server answers to `HEAD`, and what is recorded: the value, and what is missing. */
const ANSWERS: Readonly<
  Record<string, readonly [number, Record<string, string>, string, RegExp?]>
> = {
  "/tagged.csv": [200, {
    ETag: `"v1"`,
    "Last-Modified": "Mon, 01 Jun 2026 00:00:00 GMT",
  }, `etag:"v1"`],
  "/dated.csv": [
    200,
    { "Last-Modified": "Mon, 01 Jun 2026 00:00:00 GMT" },
    "modified:Mon, 01 Jun 2026 00:00:00 GMT",
  ],
  "/bare.csv": [200, {}, "unreadable", /neither ETag nor Last-Modified/],
  "/gone.csv": [404, { ETag: `"v1"` }, "unreadable", /the server answers 404/],
};

test("scope.input: an address is not downloaded, but its server is asked for the ETag", async () => {
  await withTempFolder(async (folder) => {
    const asked: string[] = [];
    let tag = `"v1"`;
    const server = createServer(({ method, url = "" }, response) => {
      asked.push(`${method} ${url}`);
      const [status, headers] = ANSWERS[url]!;
      const own = headers["ETag"] === undefined ? {} : { ETag: tag };
      response.writeHead(status, { ...headers, ...own }).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    const base = `http://127.0.0.1:${port}`;
    const scope = scopeIn(folder);
    const paths = Object.keys(ANSWERS);
    const inputsOf = async () => {
      const logger = new SQLLogger(scope.apply(), { snapshot: false });
      const id = await logger.run();
      for (const path of paths) {
        const address = `${base}${path}#part`;
        assertEquals(scope.input(address), address);
      }
      await logger.finish();
      const finder = new SQLFinder(join(folder, "runs.db"));
      const found = (await finder.inputsOf(id))!;
      await finder.close();
      return found;
    };
    try {
      const { inputs, coverage } = await inputsOf();
      assertEquals(asked.sort(), paths.map((path) => `HEAD ${path}`).sort());
      for (const [path, [, , value, missing]] of Object.entries(ANSWERS)) {
        const input = inputs.find(({ name }) => name.includes(path));
        assertEquals(input?.value, value, path);
        const phrases = coverage.missing.filter((one) => one.includes(path));
        assertEquals(phrases.length, missing === undefined ? 0 : 1, path);
        if (missing !== undefined) assertMatch(phrases[0]!, missing);
      }
      tag = `"v2"`;
      const later = (await inputsOf()).inputs.map(({ value }) => value);
      assert(later.includes(`etag:"v2"`) && !later.includes(`etag:"v1"`));
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
