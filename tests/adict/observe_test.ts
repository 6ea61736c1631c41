import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { ADict, type LooseConfig } from "@ato/ato/adict";
import {
  configAccess,
  type ConfigWrite,
} from "../../internal/config_access.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

function observeWrites(
  config: object,
  write: (event: ConfigWrite) => void,
): () => void {
  return configAccess(config)!.listen({ write });
}

/** An event in short: `set model.depth: 50 -> 101`, `delete lr: 0.1 ->`, `set new: -> 1`. */
function spell(event: ConfigWrite): string {
  const previous = event.hadPrevious
    ? `${JSON.stringify(event.previous)} `
    : "";
  const value = event.kind === "set" ? ` ${JSON.stringify(event.value)}` : "";
  return `${event.kind} ${event.path.join(".")}: ${previous}->${value}`;
}

function make(): ADict {
  return new ADict<LooseConfig>({
    lr: 0.1,
    model: { depth: 50, head: { size: 1 } },
    layers: [64, { size: 8 }],
  });
}

const WRITES: [string, (config: ADict) => unknown, string[]][] = [
  ["a property", (c) => c.lr = 0.2, ["set lr: 0.1 -> 0.2"]],
  ["the same value", (c) => c.lr = 0.1, ["set lr: 0.1 -> 0.1"]],
  ["a new key", (c) => c.set("get", 1), ["set get: -> 1"]],
  ["a nested key", (c) => c.model.depth = 101, ["set model.depth: 50 -> 101"]],
  [
    "a mapping, as one event",
    (c) => c.model.head = { size: 2 },
    ['set model.head: {"size":1} -> {"size":2}'],
  ],
  [
    "by path, with the mappings on the way",
    (c) => c.setByPath("a.b", 1),
    ["set a: -> {}", "set a.b: -> 1"],
  ],
  ["delete", (c) => delete c.lr, ["delete lr: 0.1 ->"]],
  ["delete of what is not there", (c) => c.delete("none"), []],
  ["an array's item", (c) => c.layers[0] = 32, ["set layers.0: 64 -> 32"]],
  [
    "a mapping in an array",
    (c) => c.layers[1].size = 9,
    ["set layers.1.size: 8 -> 9"],
  ],
  ["push", (c) => c.layers.push(1), ["set layers.2: -> 1"]],
  [
    "pop",
    (c) => c.layers.pop(),
    ['delete layers.1: {"size":8} ->', "set layers.length: 2 -> 1"],
  ],
  [
    "a shorter length",
    (c) => c.layers.length = 1,
    ["set layers.length: 2 -> 1"],
  ],
  [
    "update",
    (c) => c.update({ lr: 1, epochs: 2 }),
    ["set lr: 0.1 -> 1", "set epochs: -> 2"],
  ],
  [
    "deep update",
    (c) => c.update({ model: { head: { size: 3 } } }, { deep: true }),
    ["set model.head.size: 1 -> 3"],
  ],
  [
    "updateIfAbsent",
    (c) => c.updateIfAbsent({ lr: 5, model: { depth: 1, width: 2 } }),
    ["set model.width: -> 2"],
  ],
  [
    "filter",
    (c) => c.filter((key) => key !== "lr"),
    ["delete lr: 0.1 ->"],
  ],
  [
    "replaceKeys",
    (c) => c.replaceKeys(["lr"], ["rate"]),
    ["delete lr: 0.1 ->", "set rate: -> 0.1"],
  ],
  ["defineProperty", (c) => Object.defineProperty(c, "lr", { value: 2 }), [
    "set lr: 0.1 -> 2",
  ]],
  ["a property under a symbol", (c) => {
    (c as object as Record<symbol, unknown>)[Symbol("s")] = 1;
  }, []],
  ["freezing", (c) => c.freeze().defrost(), []],
  ["reading", (c) => [c.lr, c.model.depth, c.layers[0], c.none], []],
];

for (const [name, write, expected] of WRITES) {
  test(`listen: ${name}`, () => {
    const config = make();
    const seen: string[] = [];
    const stop = observeWrites(config, (event) => seen.push(spell(event)));
    write(config);
    assertEquals(seen, expected);
    stop();
    config.lr = 99;
    config.set("after", 1);
    assertEquals(seen, expected);
  });
}

test("listen: a write that creates mappings in an auto config is reported at its leaf", () => {
  const config = ADict.auto();
  const seen: string[] = [];
  observeWrites(config, (event) => seen.push(spell(event)));
  assertEquals(typeof config.none.at.all, "object");
  config.model.backbone.layers = [64];
  assertEquals(seen, ["set model.backbone.layers: -> [64]"]);
});

test("listen: each listener gets paths from its own config", () => {
  const config = make();
  const seen: string[] = [];
  observeWrites(config, (event) => seen.push(`root ${event.path.join(".")}`));
  observeWrites(
    config.model,
    (event) => seen.push(`model ${event.path.join(".")}`),
  );
  config.model.head.size = 2;
  config.lr = 1;
  assertEquals(seen, ["model head.size", "root model.head.size", "root lr"]);
});

test("listen: a value that has left the config is not reported", () => {
  const config = make();
  const { model, layers } = config as LooseConfig;
  const item = layers[1];
  config.model = { depth: 1 };
  layers.length = 1;
  const second = config.setByPath("list", [{ a: 1 }]).list[0];
  config.list.pop();
  const seen: string[] = [];
  observeWrites(config, (event) => seen.push(spell(event)));
  model.depth = 2;
  item.size = 3;
  second.a = 4;
  assertEquals(seen, []);
  assertEquals(config.toObject(), {
    lr: 0.1,
    model: { depth: 1 },
    layers: [64],
    list: [],
  });
});

test("listen: a refused write is not reported", () => {
  const config = make();
  const seen: string[] = [];
  observeWrites(config, (event) => seen.push(spell(event)));
  const loop: Record<string, unknown> = {};
  loop.loop = loop;
  assertThrows(() => config.lr = loop, TypeError);
  config.freeze();
  assertThrows(() => config.lr = 1, TypeError);
  assertEquals(seen, []);
});

test("listen: load reports the keys that the file sets and those that it removes", async () => {
  await withTempFolder(async (folder) => {
    const file = `${folder}/config.json`;
    await new ADict({ lr: 1, epochs: 2 }).dump(file);
    const config = make();
    const seen: string[] = [];
    observeWrites(config, (event) => seen.push(spell(event)));
    await config.load(file);
    assertEquals(seen.map((line) => line.split(":")[0]), [
      "delete model",
      "delete layers",
      "set lr",
      "set epochs",
    ]);
  });
});

test("listen: only configs can be observed", () => {
  for (const other of [{}, [], null, "lr", make().toObject()]) {
    assertEquals(configAccess(other), undefined);
  }
});
