import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { PIPED } from "../../internal/observation.ts";
import { ASSETS as JAVASCRIPT } from "../../observe/javascript/assets.ts";
import { ASSETS as PYTHON } from "../../observe/python/assets.ts";

const OBSERVERS = { javascript: JAVASCRIPT, python: PYTHON };

for (const [name, assets] of Object.entries(OBSERVERS)) {
  test(`assets: the text of the ${name} observer is that of its files; if not: deno task embed`, () => {
    const folder = new URL(`../../observe/${name}/assets/`, import.meta.url);
    const files = readdirSync(folder).filter((file) => /\.\w+$/.test(file));
    assertEquals(Object.keys(assets).sort(), files.sort());
    for (const file of files) {
      assertEquals(assets[file], readFileSync(new URL(file, folder), "utf8"));
    }
  });
}

for (const [name, assets] of Object.entries(OBSERVERS)) {
  test(`assets: the ${name} observer says of a pipe what the collector knows`, () => {
    const texts = Object.values(assets);
    assert(texts.some((text) => text.includes(JSON.stringify(PIPED))));
  });
}
