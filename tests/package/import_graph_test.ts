/**
 * Pay for what you import: what a room loads at once, by its static imports. A module that is only
 * loaded when it is needed stands behind `import()`, and costs an import nothing.
 */
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);
/** `import … from "x"` and `export … from "x"`, but for those of types alone. */
const STATIC =
  /^(?:import|export)(?!\s+type\b)(?:[^;"']*?\bfrom)?\s*["']([^"']+)["']/gm;

/** `import("x")`, but not the type `typeof import("x")`: Deno downloads what it names. */
const DYNAMIC = /(?<!typeof )\bimport\(\s*"([^"]+)"/g;

/**
 * The modules of ours that a module's imports of the given kinds lead to, and the other names that they ask
 * for.
 */
function loadedBy(
  entry: string,
  kinds: readonly RegExp[] = [STATIC],
): { own: Set<string>; others: Set<string> } {
  const [own, others] = [new Set<string>(), new Set<string>()];
  const visit = (url: URL) => {
    if (own.has(url.href)) return;
    own.add(url.href);
    const text = readFileSync(url, "utf8");
    for (const [, name] of kinds.flatMap((kind) => [...text.matchAll(kind)])) {
      if (name!.startsWith(".")) visit(new URL(name!, url));
      else others.add(name!);
    }
  };
  visit(new URL(entry, ROOT));
  return { own, others };
}

for (const entry of ["adict/mod.ts", "scope/mod.ts"]) {
  test(`importing ${entry} loads no parser, no database and no node:process`, () => {
    const { own, others } = loadedBy(entry);
    assertEquals([...others], []);
    assert(own.size > 10, "the imports were followed");
    assertEquals([...own].filter((url) => url.includes("/tracker/")), []);
  });
}

test("importing hyperopt loads no database and no threads", () => {
  const { own, others } = loadedBy("hyperopt/mod.ts");
  for (const name of ["@db/sqlite", "node:sqlite", "node:worker_threads"]) {
    assert(!others.has(name), `${name} is loaded`);
  }
  const loaded = [...own].filter((url) =>
    /\/tracker\/(open|sql_|_migrations)|_sqlite_journal|_thread_/.test(url)
  );
  assertEquals(loaded, []);
});

for (const room of ["adict", "scope", "tracker", "hyperopt"]) {
  test(`the graph of ${room} holds no reader of other tools' configs and no FFI driver`, () => {
    const { own, others } = loadedBy(`${room}/mod.ts`, [STATIC, DYNAMIC]);
    const late = [...own].filter((url) =>
      /\/readers\/(hydra\/(?!resolve\/)|openmmlab\/)(?!errors\.ts)/.test(url)
    );
    assertEquals(late, []);
    for (const name of ["@db/sqlite", "@lezer/python", "yaml"]) {
      assert(!others.has(name), `${name} is in the graph`);
    }
    assert(others.has("@std/yaml"), "dynamic imports were followed");
  });
}

test("the command line holds the readers, so that its binary does", () => {
  const { own } = loadedBy("cli.ts", [STATIC, DYNAMIC]);
  for (const reader of ["hydra/compose.ts", "openmmlab/read.ts"]) {
    assert(own.has(new URL(`readers/${reader}`, ROOT).href), reader);
  }
});

test("one module alone imports what it cannot name", () => {
  const { own } = loadedBy("cli.ts", [STATIC, DYNAMIC]);
  const late = [...own].filter((url) =>
    /^(?! *\*|.*\/\/).*(?<!typeof )\bimport\([^\s")]/m.test(
      readFileSync(new URL(url), "utf8"),
    )
  );
  assertEquals(late, [new URL("internal/import_late.ts", ROOT).href]);
});
