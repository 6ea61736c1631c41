import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { PIPED } from "../../internal/observation.ts";
import { ASSETS as JAVASCRIPT } from "../../observe/javascript/assets.ts";
import { ASSETS as PYTHON } from "../../observe/python/assets.ts";

const OBSERVERS = { javascript: JAVASCRIPT, python: PYTHON };

/** The folder of the parts of `observer.cjs`. */
const PARTS = new URL(
  "../../observe/javascript/assets/observer/",
  import.meta.url,
);

/** Returns `observer.cjs`: its parts one after the other, without the line for the linter. */
function joinedObserver(): string {
  const names = readdirSync(PARTS).sort();
  return names.map((name) =>
    readFileSync(new URL(name, PARTS), "utf8")
      .replace(/^\/\/ deno-lint-ignore-file .*\n\n/, "")
  ).join("\n");
}

/** The texts of the files that are joined of parts. */
const JOINED: Readonly<Record<string, () => string>> = {
  "observer.cjs": joinedObserver,
};

for (const [name, assets] of Object.entries(OBSERVERS)) {
  test(`assets: the text of the ${name} observer is that of its files; if not: deno task embed`, () => {
    const folder = new URL(`../../observe/${name}/assets/`, import.meta.url);
    const names = readdirSync(folder);
    const files = names.filter((file) => /\.\w+$/.test(file));
    const joined = names.includes("observer") ? ["observer.cjs"] : [];
    assertEquals(Object.keys(assets).sort(), [...files, ...joined].sort());
    for (const file of files) {
      assertEquals(assets[file], readFileSync(new URL(file, folder), "utf8"));
    }
    for (const file of joined) assertEquals(assets[file], JOINED[file]?.());
  });
}

test("assets: every function and value of the parts of observer.cjs is used, which the linter cannot tell", () => {
  const text = joinedObserver();
  const names = text.matchAll(
    /^(?:async )?(?:function|const|let) (\w+)/gm,
  );
  for (const [, name = ""] of names) {
    const uses = text.match(new RegExp(`\\b${name}\\b`, "g")) ?? [];
    assert(uses.length > 1, `${name} is not used`);
  }
});

for (const [name, assets] of Object.entries(OBSERVERS)) {
  test(`assets: the ${name} observer says of a pipe what the collector knows`, () => {
    const texts = Object.values(assets);
    assert(texts.some((text) => text.includes(JSON.stringify(PIPED))));
  });
}
