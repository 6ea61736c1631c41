/** What Ato relies on of `@std/cli`; passes against it and against the stand-in. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli";

test("flags with values, switches and other words", () => {
  assertEquals(
    parseArgs(
      ["--lr", "0.1", "--name=x", "word", "-v", "--no-cuda"],
      {
        boolean: ["v"],
        string: ["name"],
        negatable: ["cuda"],
      } as Parameters<typeof parseArgs>[1],
    ),
    { _: ["word"], lr: 0.1, name: "x", v: true, cuda: false } as never,
  );
});

test("defaults and aliases", () => {
  assertEquals(
    parseArgs(["-e", "3"], { alias: { e: "epochs" }, default: { lr: 1 } }),
    { _: [], e: 3, epochs: 3, lr: 1 } as never,
  );
});

test("what follows -- stays apart when asked for", () => {
  assertEquals(
    parseArgs(["a", "--", "--lr", "1"], { "--": true }),
    { _: ["a"], "--": ["--lr", "1"] } as never,
  );
});
