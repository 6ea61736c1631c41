/**
 * The names that the package exports. Each door (a module that `deno.json` exports) lists its names, and
 * `exports/` keeps the lists, so that a change of the public names is seen in a review. To update the lists:
 * `ATO_UPDATE=1 deno task test tests/package/exports_test.ts`.
 */
import { test } from "node:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { ROOT } from "./_imports.ts";
import { assertStored } from "./_update.ts";

/** `export { … } from "…"` and `export type { … } from "…"`. */
const LIST = /^export (type )?\{([^}]*)\} from "[^"]+";\n/gm;
const COMMENT = /\/\*\*[^]*?\*\/|^\s*\/\/.*\n/gm;

/** The program of the package, which exports nothing. */
const PROGRAM = "./cli.ts";

const DOORS: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("deno.json", ROOT), "utf8"),
).exports;

function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8").replaceAll(COMMENT, "");
}

/** The names in the order of the alphabet, each with `type` before it if it is one. */
function namesOf(path: string): string[] {
  return [...textOf(path).matchAll(LIST)]
    .flatMap(([, type = "", names]) =>
      names!.split(",").map((name) => name.trim()).filter(Boolean)
        .map((name) => name.startsWith("type ") ? name : type + name)
    )
    .sort((a, b) => keyOf(a) < keyOf(b) ? -1 : 1);
}

/** Sorts a class before a function that differs from it in the first letter only. */
function keyOf(name: string): string {
  const bare = name.replace("type ", "");
  return `${bare.toLowerCase()} ${bare}`;
}

for (const [door, path] of Object.entries(DOORS)) {
  const name = door === "." ? "root" : door.slice("./".length);
  test(`exports: ${name} exports the names in exports/${name}.txt`, () => {
    const names = namesOf(path);
    assertEquals(new Set(names.map(keyOf)).size, names.length, "no doubles");
    assertStored(
      new URL(`tests/package/exports/${name}.txt`, ROOT),
      names.map((name) => `${name}\n`).join(""),
    );
  });
}

const rooms = readdirSync(ROOT).map((name) => `./${name}/mod.ts`)
  .filter((path) => existsSync(new URL(path, ROOT)) && !/bench/.test(path));

for (const path of new Set([...Object.values(DOORS), ...rooms])) {
  if (path === PROGRAM) continue;
  test(`exports: ${path.slice(2)} lists what it exports, and does nothing else`, () => {
    assertEquals(textOf(path).replaceAll(LIST, "").trim(), "");
  });
}

test("exports: the root has about forty names, all of them from the rooms", () => {
  const names = namesOf(DOORS["."]!);
  assert(names.length > 30 && names.length < 50, `${names.length} names`);
  const below = new Set(
    ["adict", "hyperopt", "scope", "tracker"].flatMap((room) =>
      namesOf(`./${room}/mod.ts`)
    ),
  );
  assertEquals(names.filter((name) => !below.has(name)), []);
});
