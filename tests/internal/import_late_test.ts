/** Modules that are imported by an address of run time. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { addressBeside, importLate } from "../../internal/import_late.ts";

test("addressBeside: the module beside the one that asks, with its extension", () => {
  const cases: [path: string, from: string, address: string][] = [
    ["./b", "file:///work/a.ts", "file:///work/b.ts"],
    ["./c/b", "file:///work/a.js", "file:///work/c/b.js"],
    ["../b", "https://host/v1/x/a.ts", "https://host/v1/b.ts"],
    ["./b", "https://host/a.mjs?x=.y", "https://host/b.mjs"],
  ];
  for (const [path, from, address] of cases) {
    assertEquals(addressBeside(path, from), address);
  }
});

test("addressBeside: a module without an address is an error", () => {
  assertThrows(() => addressBeside("./b", ""), TypeError, "bundled");
});

test("importLate: the same module as an import by name", async () => {
  const address = addressBeside(
    "../../internal/promises",
    import.meta.url,
  );
  const late = await importLate(address) as { isPromise: unknown };
  const { isPromise } = await import("../../internal/promises.ts");
  assertEquals(late.isPromise, isPromise);
});
