import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { assert, assertEquals } from "@std/assert";
import { ASSETS } from "../../dashboard/assets.ts";
import { isDeno } from "../../internal/runtime.ts";

const ROOT = new URL("../../", import.meta.url);

/** The bundler is a program of its own, which this platform may lack; tools run under Deno. */
async function built(): Promise<string | undefined> {
  if (!isDeno()) return undefined;
  try {
    const { embeddedPage } = await import("../../tools/build_page.ts");
    return await embeddedPage();
  } catch (error) {
    console.log(`the page is not built: ${error}`);
    return undefined;
  }
}

test("dashboard: assets.ts is what `deno task page` builds from the sources", async (context) => {
  const text = await built();
  if (text === undefined) return context.skip("the bundler does not run here");
  const stored = readFileSync(new URL("dashboard/assets.ts", ROOT), "utf8");
  assert(stored === text, "run `deno task page`");
});

test("dashboard: the page's code is at most 150 KB when compressed, and names no other site", () => {
  const all = Object.values(ASSETS).map(({ text }) => text).join("\n");
  assert(gzipSync(all).length <= 150_000, `${gzipSync(all).length} bytes`);
  const sites = [...all.matchAll(/https?:\/\/[\w.-]+/g)].map(([site]) => site);
  assertEquals(
    [...new Set(sites)].filter((site) => site !== "http://www.w3.org"),
    [],
  );
});

test("dashboard: no source of the page writes HTML or runs text as code", () => {
  const sources = readdirSync(new URL("dashboard/page/", ROOT), {
    recursive: true,
  })
    .map(String).filter((name) => /\.(tsx?|html)$/.test(name));
  assert(sources.length > 20, `${sources.length} sources`);
  for (const name of sources) {
    const text = readFileSync(new URL(`dashboard/page/${name}`, ROOT), "utf8");
    const found =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|javascript:|\son[a-z]+="/
        .exec(text);
    assertEquals(found?.[0], undefined, name);
  }
});
