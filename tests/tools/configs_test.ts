import { test } from "node:test";
import { readFileSync } from "node:fs";
import { assertEquals } from "@std/assert";

type Config = Record<string, unknown> & { imports: Record<string, string> };

function readConfig(name: string): Config {
  return JSON.parse(
    readFileSync(new URL(`../../${name}`, import.meta.url), "utf8"),
  );
}

const jsr = readConfig("deno.json");
const npm = readConfig("deno.npm.json");

test("deno.npm.json: describes the same package as deno.json", () => {
  for (
    const field of ["name", "version", "license", "exports", "compilerOptions"]
  ) {
    assertEquals(npm[field], jsr[field], field);
  }
});

test("deno.npm.json: has every name of deno.json, npm packages in the same range", () => {
  for (const [name, target] of Object.entries(jsr.imports)) {
    const other = npm.imports[name] ?? "missing";
    if (target.startsWith("jsr:")) {
      assertEquals(other.startsWith("./npm/"), true, name);
    } else assertEquals(other, target, name);
  }
});

/** Imported by its full name, so that a user's import map does not need it. */
const DRIVER = jsr.imports["@db/sqlite"]!;

test("deno.npm.json: adds only names that the stand-ins need", () => {
  const added = Object.keys(npm.imports).filter((name) =>
    !(name in jsr.imports)
  );
  assertEquals(added.sort(), [
    "get-east-asian-width",
    DRIVER,
    "minimist",
    "smol-toml",
  ]);
  assertEquals(npm.imports[DRIVER], npm.imports["@db/sqlite"]);
});

test("deno.json: names the version of SQLite's driver that the code imports", () => {
  const driver = readFileSync(
    new URL("../../tracker/drivers/ffi_sqlite.ts", import.meta.url),
    "utf8",
  );
  assertEquals(/"(jsr:[^"]+)"/.exec(driver)?.[1], DRIVER);
});
