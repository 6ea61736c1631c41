/** The ids of factors. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { countModules, splitCodeId } from "../../internal/run_factors.ts";

const IDS: readonly (readonly [id: string, path: string, name: string])[] = [
  ["code:src/loss.ts#mse", "src/loss.ts", "mse"],
  ["code:train.ts#", "train.ts", ""],
  ["code:src/model.ts#Mlp.#weights", "src/model.ts", "Mlp.#weights"],
  ["code:train.py", "train.py", ""],
];
for (const [id, path, name] of IDS) {
  test(`splitCodeId: ${id}`, () => {
    assertEquals(splitCodeId(id), [path, name]);
  });
}

test("countModules: a private member does not make a module of its own", () => {
  const ids = [...IDS.map(([id]) => id), "config:lr", "package:npm:ms"];
  assertEquals(countModules(ids), 4);
  assertEquals(countModules(["code:a.ts#A", "code:a.ts#A.#b"]), 1);
});
