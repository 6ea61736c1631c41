import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ADict, ConfigSyntaxError, HydraError } from "@ato/ato/adict";
import { compose, type Configs, writeConfigs } from "./_hydra_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

test("ADict.fromHydra: nothing outside the folder is read", async () => {
  await withTempFolder(async (folder) => {
    writeConfigs(folder, {
      secret: "password: 1",
      "conf/g/a": "x: 1",
      "conf/config": "defaults: [g: ../../secret]",
      "conf/path": "defaults: [../secret]",
      "conf/absolute": `defaults: ['/${folder}/secret']`,
      "conf/option": "defaults: [g: '???']",
      "conf/nested": "defaults: [g: ../g/a]",
    });
    const configDir = `${folder}/conf`;
    for (const configName of ["config", "path", "absolute", "../secret"]) {
      const error = await assertRejects(
        () => ADict.fromHydra({ configDir, configName }),
        HydraError,
        undefined,
        configName,
      );
      assertStringIncludes(error.message, "leads out of the config folder");
    }
    await assertRejects(
      () =>
        ADict.fromHydra({
          configDir,
          configName: "option",
          overrides: ["g='../../secret'"],
        }),
      HydraError,
      "leads out",
    );
    await assertRejects(
      () =>
        ADict.fromHydra({
          configDir,
          configName: "option",
          overrides: ["g='a\0b'"],
        }),
      HydraError,
    );
    // Within the folder `..` is harmless.
    const nested = await ADict.fromHydra({ configDir, configName: "nested" });
    assertEquals(nested.toObject() as object, { g: { x: 1 } });
  });
});

const CYCLES: readonly Configs[] = [
  { config: "defaults: [config]" },
  { config: "defaults: [a]", a: "defaults: [b]", b: "defaults: [a]" },
  { config: "defaults: [g: a]", "g/a": "defaults: [{/g@x: a}]" },
];

for (const configs of CYCLES) {
  test(`ADict.fromHydra: a config that includes itself: ${Object.keys(configs).join(", ")}`, async () => {
    await assertRejects(() => compose(configs), HydraError, "takes in itself");
  });
}

test("ADict.fromHydra: defaults lists that double at each step", async () => {
  const configs: Record<string, string> = {
    config: "defaults: [{g0@l: a}, {g0@r: a}]",
  };
  for (let i = 0; i < 20; i++) {
    configs[`g${i}/a`] = `defaults: [{/g${i + 1}@l: a}, {/g${i + 1}@r: a}]`;
  }
  configs["g20/a"] = "x: 1";
  await assertRejects(() => compose(configs), HydraError, "more than");
});

test("ADict.fromHydra: keys of prototypes are data", async () => {
  const configs = {
    config:
      "__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\ntoString: x",
    "__proto__/a": "x: 1",
  };
  await withTempFolder(async (folder) => {
    writeConfigs(folder, configs);
    const config = await ADict.fromHydra({
      configDir: folder,
      overrides: [
        "+a.__proto__.polluted=1",
        "__proto__.polluted=2",
        "+constructor.x=1",
        "+__proto__=a",
      ],
    });
    assertEquals(config.getByPath(["__proto__", "polluted"]), 2);
    assertEquals(config.getByPath(["a", "__proto__", "polluted"]), 1);
    assertEquals(config.getByPath(["constructor", "x"]), 1);
    assert(!("polluted" in {}));
  });
});

test("ADict.fromHydra: aliases of aliases are refused", async () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 10; i++) {
    lines.push(`a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`).join(", ")}]`);
  }
  await assertRejects(
    () => compose({ config: lines.join("\n") }),
    ConfigSyntaxError,
    "more than",
  );
});

test("ADict.fromHydra: merges of merges are read fast", async () => {
  const lines = ["a0: &a0 {k0: 1}"];
  for (let i = 1; i < 30; i++) {
    const before = `*a${i - 1}`;
    lines.push(
      `a${i}: &a${i} {<<: [${before}, ${before}, ${before}], k${i}: 1}`,
    );
  }
  const data = await compose({ config: lines.join("\n") }) as Record<
    string,
    object
  >;
  assertEquals(Object.keys(data.a29!).length, 30);
  await assertRejects(
    () => compose({ config: "a: &a {<<: *a, x: 1}" }),
    ConfigSyntaxError,
    "that it is in",
  );
});

test("ADict.fromHydra: deep nesting is read, or refused with its own error", async () => {
  const deep = (count: number) => "[".repeat(count) + "]".repeat(count);
  await assertRejects(
    () => compose({ config: `a: ${deep(100_000)}` }),
    ConfigSyntaxError,
  );
  await assertRejects(
    () => compose({ config: "a: 1" }, [`+b=${deep(5000)}`]),
    Error,
    "levels",
  );
  await assertRejects(
    () => compose({ config: `a: '${"${".repeat(5000)}'` }),
    ConfigSyntaxError,
  );
});

test("resolve: interpolations are limited", async () => {
  const lines = ["a0: [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 12; i++) {
    lines.push(`a${i}: [${Array(10).fill(`'\${a${i - 1}}'`).join(", ")}]`);
  }
  await withTempFolder(async (folder) => {
    writeConfigs(folder, { config: lines.join("\n") });
    const config = await ADict.fromHydra({ configDir: folder });
    await assertRejects(
      () => Promise.resolve().then(() => config.resolve()),
      Error,
      "more than",
    );
    assertEquals(config.getByPath("a1.0"), "${a0}");
  });
});

test("ADict.fromHydra: the names of object methods are not functions, resolvers or groups", async () => {
  for (
    const word of ["a=toString(1)", "a=constructor(1)", "a=hasOwnProperty(x)"]
  ) {
    await assertRejects(
      () => compose({ config: "a: 1" }, [word]),
      Error,
      "no function",
    );
  }
  await assertRejects(
    () => compose({ config: "defaults: [hydra/constructor: x]" }),
    HydraError,
  );
});
