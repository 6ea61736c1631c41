/**
 * The rooms of the house: which folder may import which. A room knows other rooms by their doors, and
 * only the rooms below it.
 */
import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** What each room may import, from the ground floor up. `internal` has no door: all of it is open. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  internal: [],
  readers: ["internal"],
  fingerprint: ["internal"],
  adict: ["internal", "readers"],
  tracker: ["internal", "fingerprint"],
  scope: ["internal", "adict", "fingerprint"],
  hyperopt: ["internal", "adict", "scope", "tracker"],
  why: ["internal", "scope", "tracker"],
  plot: ["internal", "tracker"],
  cli: [
    "internal",
    "readers",
    "adict",
    "tracker",
    "scope",
    "hyperopt",
    "why",
    "plot",
  ],
};

/** A room's doors: its `mod.ts`, and every other module that `deno.json` exports. */
const EXPORTS: readonly string[] = Object.values(
  JSON.parse(readFileSync(new URL("deno.json", ROOT), "utf8")).exports,
);

/** `from "./x.ts"` and `import("./x.ts")`, also of types; not in the examples of a doc comment. */
const RELATIVE = /^(?!\s*\*).*?(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/gm;

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(room: string): Import[] {
  return readdirSync(new URL(`${room}/`, ROOT), { recursive: true })
    .map(String).filter((path) => path.endsWith(".ts"))
    .flatMap((path) => {
      const from = `${room}/${path.replaceAll("\\", "/")}`;
      const text = readFileSync(new URL(from, ROOT), "utf8");
      return [...text.matchAll(RELATIVE)].map(([, name]) => ({
        from,
        to: new URL(name!, new URL(from, ROOT)).href.slice(ROOT.href.length),
      }));
    });
}

function roomOf(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

function isDoor(path: string): boolean {
  return roomOf(path) === "internal" || path === `${roomOf(path)}/mod.ts` ||
    EXPORTS.includes(`./${path}`);
}

test("rooms: the table names every room", () => {
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name);
  const others = [
    "bench",
    "docs",
    "examples",
    "node_modules",
    "npm",
    "tests",
    "tools",
  ];
  assertEquals(
    folders.filter((name) => !others.includes(name)).sort(),
    Object.keys(MAY_IMPORT).sort(),
  );
});

for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
  test(`rooms: ${room} imports only the rooms below it`, () => {
    const wrong = importsOf(room).filter(({ to }) =>
      roomOf(to) !== room && !allowed.includes(roomOf(to))
    );
    assertEquals(wrong, []);
  });

  test(`rooms: ${room} imports other rooms through their doors`, () => {
    const wrong = importsOf(room).filter(({ to }) =>
      roomOf(to) !== room && !isDoor(to)
    );
    assertEquals(wrong, []);
  });
}
