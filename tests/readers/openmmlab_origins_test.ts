import { test } from "node:test";
import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ADict, originsOf } from "@ato/ato/adict";
import { Scope } from "@ato/ato/scope";
import { writeAll } from "./_openmmlab_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const FILES = {
  "run.py": `_base_ = ['./base.py', './data.yaml']
lr = 0.2
model = dict(
    head=dict(
        n=2),
    extra=_base_.pipe)
pipe = _base_.pipe
pipe[0].scale = 2
sched = {{_base_.model}}
`,
  "base.py": `
lr, wd = 0.1, 0.01
model = dict(type='A',
    head=dict(n=1, k=3))
pipe = [
    dict(type='R',
         scale=1)]
for size in (1, 2):
    model[f's{size}'] = size
`,
  "data.yaml": "data: 1\n",
};

/** Returns the origins as \`name:line\`, by key path. */
function shown(config: object): Record<string, string> {
  const origins = originsOf(config) ?? {};
  return Object.fromEntries(
    Object.entries(origins).map(([path, { file, line }]) => [
      path,
      `${file.split("/").at(-1)}:${line}`,
    ]),
  );
}

test("originsOf: each key has the line that set it, through bases, items and attributes", async () => {
  await withTempFolder(async (folder) => {
    writeAll(folder, FILES);
    const config = await ADict.fromMmConfig(join(folder, "run.py"));
    const origins = shown(config);
    const expected: Record<string, string> = {
      "lr": "run.py:2",
      "wd": "base.py:2",
      "model": "base.py:3",
      "model.type": "base.py:3",
      "model.head": "base.py:4",
      "model.head.n": "run.py:5",
      "model.head.k": "base.py:4",
      "model.s1": "base.py:9",
      "model.extra": "run.py:6",
      "model.extra.0.type": "base.py:6",
      "pipe": "run.py:7",
      "pipe.0.scale": "run.py:8",
      "pipe.0.type": "base.py:6",
      "size": "base.py:8",
      "sched": "run.py:9",
      "sched.head.n": "base.py:4",
    };
    for (const [path, at] of Object.entries(expected)) {
      assertEquals([path, origins[path]], [path, at]);
    }
    // The lines of a YAML file are not known.
    assertEquals("data" in origins, false);
  });
});

test("originsOf: origins are not data: keys, dumps, hashes and equality ignore them", async () => {
  await withTempFolder(async (folder) => {
    writeAll(folder, FILES);
    const config = await ADict.fromMmConfig(join(folder, "run.py"));
    const plain = new ADict(config.toObject());
    assertEquals([...config.keys()], [...plain.keys()]);
    assertEquals(JSON.stringify(config), JSON.stringify(plain));
    assertEquals(
      await config.getStructuralHash(),
      await plain.getStructuralHash(),
    );
    assertEquals(Reflect.ownKeys(config), Reflect.ownKeys(plain));
    assertEquals(originsOf(plain), undefined);
    assertEquals(originsOf({}), undefined);
  });
});

test("originsOf: copies and updates keep origins; an assigned key loses its origin", async () => {
  await withTempFolder(async (folder) => {
    writeAll(folder, FILES);
    const config = await ADict.fromMmConfig(join(folder, "run.py"));
    assertEquals(originsOf(config.clone()), originsOf(config));
    const other = new ADict<Record<string, unknown>>({ seed: 1, lr: 5 });
    other.update(config);
    assertEquals(originsOf(other), originsOf(config));
    const deep = new ADict<Record<string, unknown>>({ model: { own: 1 } });
    deep.update(config, { deep: true });
    assertEquals(shown(deep)["model.head.n"], "run.py:5");
    assertEquals(shown(deep)["model.own"], undefined);
    const loaded = await new ADict<Record<string, unknown>>({ seed: 1 })
      .loadMmConfig(join(folder, "run.py"));
    assertEquals(originsOf(loaded), originsOf(config));

    config.lr = 1;
    config.model.head.n = 9;
    config.delete("wd");
    assertEquals(
      ["lr", "model.head.n", "wd", "model.head.k"].map((key) =>
        shown(config)[key]
      ),
      [undefined, undefined, undefined, "base.py:4"],
    );
    assertEquals(shown(other)["lr"], "run.py:2");
  });
});

test("explain: a key is explained by the line of the config file and keeps the name of the view", async () => {
  await withTempFolder(async (folder) => {
    writeAll(folder, FILES);
    const main = join(folder, "run.py");
    const scope = new Scope();
    scope.observe({ default: true })(async function base(config) {
      await config.loadMmConfig(main);
      config.own = 1;
    });
    scope.observe({ priority: 1 })(async function merged(config) {
      config.update(await ADict.fromMmConfig(main), { deep: true });
      config.model.head.k = 4;
    });
    const config = await scope.applyAsync(["merged", "lr=0.3"]);
    assertEquals(config.lr, 0.3);
    const where = (path: string) =>
      scope.explain(path).map(({ kind, by, at }) => [
        kind,
        by,
        at?.file.split("/").at(-1) +
        (at?.file.startsWith(folder) ? `:${at.line}` : ""),
      ]);
    assertEquals(where("lr").slice(0, 2), [
      ["view", "base", "run.py:2"],
      ["view", "merged", "run.py:2"],
    ]);
    assertEquals(where("lr").at(-1)!.slice(0, 2), ["command-line", "lr=0.3"]);
    assertEquals(where("model.head.k"), [
      ["view", "base", "base.py:4"],
      ["view", "merged", "base.py:4"],
      ["view", "merged", "openmmlab_origins_test.ts"],
    ]);
    assertEquals(where("own"), [["view", "base", "openmmlab_origins_test.ts"]]);
    // The config that the script receives has the origin too.
    assertEquals(shown(config)["model.head.n"], "run.py:5");
    assertEquals(shown(config)["lr"], undefined);
  });
});

test("explain: a config that a scope starts from, or that is a view, is explained too", async () => {
  await withTempFolder(async (folder) => {
    writeAll(folder, FILES);
    const read = await ADict.fromMmConfig(join(folder, "run.py"));
    const scope = new Scope({ config: read });
    scope.observe("preset", read, { priority: 1 });
    scope.apply(["preset"]);
    assertEquals(
      scope.explain("wd").map(({ kind, by, at }) => [kind, by, at?.line]),
      [["initial", "", 2], ["view", "preset", 2]],
    );
    assertStringIncludes(scope.explain("wd")[0]!.at!.file, "base.py");
  });
});
