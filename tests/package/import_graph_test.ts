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

const TRACKER_OF_SCOPE = ["_json.ts", "repeat_order.ts", "run_source.ts"];

/** The modules of ours that a module loads at once, and the other names that they ask for. */
function loadedBy(entry: string): { own: Set<string>; others: Set<string> } {
  const [own, others] = [new Set<string>(), new Set<string>()];
  const visit = (url: URL) => {
    if (own.has(url.href)) return;
    own.add(url.href);
    for (const [, name] of readFileSync(url, "utf8").matchAll(STATIC)) {
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
    // What a scope and the tracker say to each other, and nothing that opens a file.
    const tracker = [...own].filter((url) => url.includes("/tracker/"))
      .map((url) => url.split("/").at(-1)).sort();
    assertEquals(
      tracker,
      entry.startsWith("adict") ? [] : TRACKER_OF_SCOPE,
    );
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
