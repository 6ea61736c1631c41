/**
 * The rules of the house. A room is a top-level folder of the library. It knows other rooms by their
 * doors only, and only rooms that are below it.
 */
import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { assertEquals } from "@std/assert";
import { circlesOf, importsOf, ROOT } from "./_imports.ts";

/** The rooms, from the ground floor up, and the rooms that each may import. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  internal: [],
  readers: ["internal"],
  fingerprint: ["internal"],
  adict: ["internal", "readers"],
  inputs: ["internal"],
  tracker: ["internal", "fingerprint", "inputs"],
  scope: ["internal", "fingerprint", "adict", "inputs"],
  observe: ["internal", "fingerprint", "inputs"],
  hyperopt: ["internal", "adict", "tracker", "scope"],
  why: ["internal", "tracker"],
  plot: ["internal", "tracker"],
  sync: ["internal", "tracker", "hyperopt"],
  dashboard: "internal tracker hyperopt why plot".split(" "),
  cli:
    "internal readers fingerprint adict inputs tracker scope observe hyperopt why plot sync dashboard"
      .split(" "),
};

/** Second doors of rooms, and why there are any. */
const SECOND_DOORS: Readonly<Record<string, string>> = {
  "fingerprint/program/mod.ts":
    "what takes snapshots is no part of programs that take none",
  ...Object.fromEntries(
    ["datasets", "fields", "values"].map((name) => [
      `sync/mlflow/${name}.ts`,
      "files of MLflow are written and read without a server",
    ]),
  ),
  "hyperopt/journals.ts":
    "a hub checks the journals of searches, and needs nothing that searches",
  "sync/sent_to.ts": "`ato show` sends nothing",
  "tracker/reading.ts":
    "commands that only read a file need none of the modules that write runs",
  "tracker/travel/mod.ts":
    "what moves whole runs between files is no part of programs that log or read them",
  "why/config_differences.ts": "`ato why` needs nothing of `ato bisect`",
  "why/explain.ts": "`ato why` needs nothing of `ato bisect`",
  "why/group_names.ts": "`ato why` needs nothing of `ato bisect`",
};

/** The files that import each other in a circle, and why they must. There are no others. */
const CIRCLES: Readonly<Record<string, readonly string[]>> = {
  "a list in a config holds configs, and its writes adopt what they store":
    files("adict/_", "adopt array_handler"),
  "rendering recurses over a syntax tree": files(
    "fingerprint/_render",
    " _callable _expression",
  ),
  "execution recurses over a syntax tree": files(
    "readers/openmmlab/_",
    "assign evaluate execute function",
  ),
};

/** The folders of the repository that are not part of the library. */
const OTHERS = "bench docs examples node_modules npm tests tools".split(" ");

test("rooms: the table lists every room", () => {
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^dist$/.test(entry.name))
    .map(({ name }) => name).filter((name) => !OTHERS.includes(name));
  assertEquals(folders.sort(), Object.keys(ROOMS).sort());
});

test("rooms: each may import lower floors only, so rooms form no circle", () => {
  for (const [i, [room, allowed]] of Object.entries(ROOMS).entries()) {
    const lower = Object.keys(ROOMS).slice(0, i);
    assertEquals(allowed.filter((name) => !lower.includes(name)), [], room);
  }
});

for (const [room, allowed] of Object.entries(ROOMS)) {
  const others = importsOf(room).filter(({ to }) => roomOf(to) !== room);
  test(`rooms: ${room} imports only the rooms that it may`, () => {
    const isWrong = (to: string) => !allowed.includes(roomOf(to));
    assertEquals(others.filter(({ to }) => isWrong(to)), []);
  });
  test(`rooms: ${room} imports other rooms through their doors`, () => {
    assertEquals(others.filter(({ to }) => !isDoor(to)), []);
  });
}

test("rooms: only `ato dashboard` loads the dashboard", () => {
  const loading = Object.keys(ROOMS).flatMap((room) => importsOf(room))
    .filter(({ from, to }) =>
      roomOf(to) === "dashboard" && roomOf(from) !== "dashboard"
    );
  assertEquals(loading, [
    { from: "cli/commands/dashboard.ts", to: "dashboard/mod.ts" },
  ]);
});

test("rooms: files that import each other are listed, with the reason", () => {
  const imports = Object.keys(ROOMS)
    .flatMap((room) => importsOf(room, { types: false }));
  assertEquals(circlesOf(imports), Object.values(CIRCLES));
});

/** A door is a room's `mod.ts`, another module that `deno.json` exports, or a second one; `internal/` is open. */
function isDoor(path: string): boolean {
  const { exports } = JSON.parse(
    readFileSync(new URL("deno.json", ROOT), "utf8"),
  );
  return roomOf(path) === "internal" || path === `${roomOf(path)}/mod.ts` ||
    path in SECOND_DOORS || Object.values(exports).includes(`./${path}`);
}

function roomOf(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

function files(before: string, names: string): string[] {
  return names.split(" ").map((name) => `${before}${name}.ts`);
}
