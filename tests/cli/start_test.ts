/** What `ato` loads before it knows the command: every package here delays `ato --version`. */
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";

const IMPORT = /^(?:import|export) (?!type )(?:[^"';]* from )?"([^"]+)";/gm;

/** The names in the static imports of a module that exist at run time. */
function importsOf(url: URL): string[] {
  return [...readFileSync(url, "utf8").matchAll(IMPORT)].map(([, name]) =>
    name!
  );
}

test("cli: starts without any package and without other rooms", () => {
  const root = new URL("../../", import.meta.url);
  const found = new Set<string>();
  const packages: string[] = [];
  const visit = (url: URL) => {
    const path = url.href.slice(root.href.length);
    if (found.has(path)) return;
    found.add(path);
    for (const name of importsOf(url)) {
      if (name.startsWith(".")) visit(new URL(name, url));
      else if (!name.startsWith("node:")) packages.push(`${path}: ${name}`);
    }
  };
  visit(new URL("cli.ts", root));
  assertEquals(packages, []);
  assert(found.has("cli/terminal.ts") && found.has("cli/commands.ts"));
  for (const path of found) assert(/^(cli|internal)[/.]/.test(path), path);
});
