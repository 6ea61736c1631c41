/**
 * A program pays for what it imports: these tests follow the static imports of a room, which are loaded at
 * once. A module behind `import()` is loaded when it is first needed.
 */
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { OPTIONAL_PACKAGES } from "../../internal/optional_package.ts";

const ROOT = new URL("../../", import.meta.url);
/** `import … from "x"` and `export … from "x"`, except those of types. */
const STATIC =
  /^(?:import|export)(?!\s+type\b)(?:[^;"']*?\bfrom)?\s*["']([^"']+)["']/gm;

/** `import("x")`, which Deno downloads ahead of time, but not the type `typeof import("x")`. */
const DYNAMIC = /(?<!typeof )\bimport\(\s*"([^"]+)"/g;

/** Follows a module's imports of the given kinds: the modules of this repository, and the other names. */
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
  test(`${entry}: importing it loads no parser, no database and no node:process`, () => {
    const { own, others } = loadedBy(entry);
    assertEquals([...others], []);
    assert(own.size > 10, "imports are followed");
    const tracker = new URL("tracker/", ROOT).href;
    assertEquals([...own].filter((url) => url.startsWith(tracker)), []);
  });
}

test("hyperopt/mod.ts: importing it loads no database and no threads", () => {
  const { own, others } = loadedBy("hyperopt/mod.ts");
  for (const name of ["@db/sqlite", "node:sqlite", "node:worker_threads"]) {
    assert(!others.has(name), `${name} is loaded`);
  }
  const loaded = [...own].filter((url) =>
    /\/tracker\/(open|sql_|_migrations)|_sqlite_journal|_thread_/.test(url)
  );
  assertEquals(loaded, []);
});

test("cli/commands/why.ts: what it loads for an answer writes no runs and does not bisect", () => {
  const entries = [
    "cli/main.ts",
    "cli/commands/why.ts",
    "cli/database.ts",
    "cli/why_text.ts",
    "tracker/reading.ts",
    "why/explain.ts",
    "why/config_differences.ts",
  ];
  const loaded = new Set(entries.flatMap((entry) => [...loadedBy(entry).own]));
  const needless =
    /\/tracker\/(mod|sql_logger|merge|_migrations|_open_with)\.|\/why\/(mod|bisect)/;
  assertEquals([...loaded].filter((url) => needless.test(url)), []);
  assert([...loaded].some((url) => url.endsWith("tracker/_history.ts")));
});

test("dashboard/mod.ts: importing it loads no server and no page, which its thread loads", () => {
  const { own, others } = loadedBy("dashboard/mod.ts");
  assertEquals([...others].sort(), ["node:timers", "node:worker_threads"]);
  const loaded = [...own].filter((url) =>
    /\/tracker\/|serve_dashboard|assets/.test(url)
  );
  assertEquals(loaded, []);
  const late = loadedBy("dashboard/mod.ts", [STATIC, DYNAMIC]).own;
  assert([...late].some((url) => url.endsWith("/dashboard/assets.ts")));
});

for (const room of ["adict", "scope", "tracker", "hyperopt"]) {
  test(`${room}/mod.ts: its graph has no reader of other tools' configs and no FFI driver`, () => {
    const { own, others } = loadedBy(`${room}/mod.ts`, [STATIC, DYNAMIC]);
    const late = [...own].filter((url) =>
      /\/readers\/(hydra\/(?!resolve\/|_(key_path|text|tree)\.ts)|openmmlab\/)(?!errors\.ts)/
        .test(url)
    );
    assertEquals(late, []);
    for (const name of ["@db/sqlite", "@lezer/python", "yaml"]) {
      assert(!others.has(name), `${name} is in the graph`);
    }
    // The tracker needs no config files, so no parser; it imports a database dynamically.
    const followed = room === "tracker" ? "node:sqlite" : "@std/yaml";
    assert(others.has(followed), "dynamic imports are followed");
    assertEquals(others.has("@std/yaml"), room !== "tracker");
  });
}

for (
  const entry of ["hyperopt/mod.ts", "hyperopt/engines/mod.ts", "cli.ts"]
) {
  test(`${entry}: its graph has no driver of an engine`, () => {
    const { own, others } = loadedBy(entry, [STATIC, DYNAMIC]);
    assert(own.size > 10, "imports are followed");
    for (const name of Object.keys(OPTIONAL_PACKAGES)) {
      assert(!others.has(name), `${name} is in the graph`);
    }
  });
}

for (const entry of ["sync/mod.ts", "tracker/mod.ts", "mod.ts"]) {
  test(`${entry}: its graph has no client of a server`, () => {
    const { own, others } = loadedBy(entry, [STATIC, DYNAMIC]);
    const clients = /\b(?:pg|aws4fetch)\b/;
    assertEquals([...others].filter((name) => clients.test(name)), []);
    for (const store of ["postgres_store.ts", "s3/s3_store.ts"]) {
      assertEquals(
        [...own].some((url) => url.endsWith(`sync/hub/${store}`)),
        entry === "sync/mod.ts",
      );
    }
  });
}

for (const room of ["scope", "tracker", "hyperopt"]) {
  test(`${room}/mod.ts: its graph has nothing of what records inputs`, () => {
    const { own } = loadedBy(`${room}/mod.ts`, [STATIC, DYNAMIC]);
    const inputs = new URL("inputs/", ROOT).href;
    assertEquals([...own].filter((url) => url.startsWith(inputs)), []);
  });
}

for (const entry of ["cli.ts", "tracker/program.ts"]) {
  test(`${entry}: its graph has what records inputs and programs, so that a binary contains them`, () => {
    const { own } = loadedBy(entry, [STATIC, DYNAMIC]);
    for (const file of ["inputs/mod.ts", "fingerprint/program/mod.ts"]) {
      assert(own.has(new URL(file, ROOT).href), file);
    }
  });
}

test("takeSnapshot: with stored facts it loads no parser", () => {
  const { own, others } = loadedBy("fingerprint/program/snapshot.ts");
  assert(own.size > 10, "imports are followed");
  assertEquals([...others].filter((name) => !name.startsWith("node:")), []);
});

test("cli.ts: its graph has the readers, so that the binary contains them", () => {
  const { own } = loadedBy("cli.ts", [STATIC, DYNAMIC]);
  for (const reader of ["hydra/compose.ts", "openmmlab/read.ts"]) {
    assert(own.has(new URL(`readers/${reader}`, ROOT).href), reader);
  }
});

test("importLate: no other module imports an address that is not literal", () => {
  const { own } = loadedBy("cli.ts", [STATIC, DYNAMIC]);
  const late = [...own].filter((url) =>
    /^(?! *\*|.*\/\/).*(?<!typeof )\bimport\([^\s")]/m.test(
      readFileSync(new URL(url), "utf8"),
    )
  );
  assertEquals(late, [new URL("internal/import_late.ts", ROOT).href]);
});
