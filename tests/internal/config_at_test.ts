/** A config value by the path that a person types. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { configAt } from "../../internal/config_at.ts";

test("configAt: key paths as they are shown, and keys with dots also without quotes", () => {
  const config = {
    lr: 0,
    model: { depth: 3, sizes: [7, { width: 8 }] },
    "a.b": 1,
    files: { "train.csv": 2 },
    both: { x: 3 },
    "both.x": 4,
  };
  const cases: [path: string, value: unknown][] = [
    ["lr", 0],
    ["model.depth", 3],
    ["model", config.model],
    ["model.sizes.1.width", 8],
    ['"a.b"', 1],
    ["a.b", 1],
    ['files."train.csv"', 2],
    // A path that leads into a mapping comes before a key with dots.
    ["both.x", 3],
    ['"both.x"', 4],
    ["model.width", undefined],
    ["lr.x", undefined],
    ["toString", undefined],
    ["__proto__", undefined],
    ["", undefined],
  ];
  for (const [path, value] of cases) {
    assertEquals(configAt(config, path), value, path);
  }
  for (const none of [undefined, null, 3]) {
    assertEquals(configAt(none, "lr"), undefined);
  }
});
