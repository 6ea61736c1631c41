/** The readers of other tools' configs: as methods of a config, and as modules of their own. */
import { test } from "node:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ADict,
  ConfigFileError,
  HydraError,
  MmConfigError,
  ReaderLoadError,
} from "@ato/ato/adict";
import { HydraError as ReaderHydraError, readHydra } from "@ato/ato/hydra";
import {
  MmConfigError as ReaderMmConfigError,
  readOpenMmlab,
} from "@ato/ato/openmmlab";
import { makeTempFolder } from "../_shared/temp_folder.ts";

const FILES: Readonly<Record<string, string>> = {
  "run.py":
    "_base_ = ['base.py']\nmodel = dict(depth=[2 * i for i in range(3)])\n",
  "base.py": "model = dict(name='m', keys={'update': None})\nlr = 1e-3\n",
  "data.json": '{"_base_": "base.py", "lr": 2}',
  "conf/config.yaml":
    "defaults:\n  - db: pg\nlr: 0.1\nname: run-${lr}\nkeys: {update: null}\n",
  "conf/db/pg.yaml": "port: 5432\n",
};

async function inFolder(
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = makeTempFolder("readers");
  try {
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("readOpenMmlab: returns the data of ADict.fromMmConfig", async () => {
  await inFolder(async (folder) => {
    for (const name of ["run.py", "data.json"]) {
      for (
        const path of [join(folder, name), pathToFileURL(join(folder, name))]
      ) {
        const data = await readOpenMmlab(path);
        const config = await ADict.fromMmConfig(path);
        assertEquals(data, config.toObject());
        assert(!(data instanceof ADict) && !(data["model"] instanceof ADict));
      }
    }
    assertEquals(await readOpenMmlab(join(folder, "run.py")), {
      model: { name: "m", keys: { update: null }, depth: [0, 2, 4] },
      lr: 1e-3,
    });
  });
});

test("readHydra: returns the data of ADict.fromHydra", async () => {
  await inFolder(async (folder) => {
    const options = {
      configDir: join(folder, "conf"),
      overrides: ["lr=0.2", "+seed=1"],
    };
    const data = await readHydra(options);
    assertEquals(data, (await ADict.fromHydra(options)).toObject());
    assert(!(data instanceof ADict) && !(data["db"] instanceof ADict));
    assertEquals(data, {
      db: { port: 5432 },
      lr: 0.2,
      name: "run-${lr}",
      keys: { update: null },
      seed: 1,
    });
  });
});

test("loadReader: a reader that is loaded late throws the exported errors", async () => {
  assertEquals<unknown>(ReaderMmConfigError, MmConfigError);
  assertEquals<unknown>(ReaderHydraError, HydraError);
  await inFolder(async (folder) => {
    const broken = join(folder, "broken.py");
    writeFileSync(broken, "a = b\n");
    for (const read of [ADict.fromMmConfig, readOpenMmlab]) {
      await assertRejects(() => read(broken), MmConfigError, "broken.py:1");
    }
    const nowhere = { configDir: join(folder, "nowhere") };
    for (const read of [ADict.fromHydra, readHydra]) {
      await assertRejects(() => read(nowhere), HydraError, "nowhere");
    }
  });
});

const REASONS: [what: string, cause: unknown, message: string][] = [
  [
    "that is not there",
    new TypeError('Module not found "file:///a/b.ts".\n  at x'),
    'Cannot read run.py: the reader of OpenMMLab configs cannot be loaded: Module not found "file:///a/b.ts"; ' +
    'add it to the program with: import "@ato/ato/openmmlab"',
  ],
  [
    "that Deno forbids",
    new TypeError(
      'Requires read access to "/a/b.ts", run again with the --allow-read flag',
    ),
    'Cannot read run.py: the reader of OpenMMLab configs cannot be loaded: Requires read access to "/a/b.ts", ' +
    "run again with the --allow-read flag",
  ],
];

for (const [what, cause, message] of REASONS) {
  test(`ReaderLoadError: a reader ${what}: the message says how to fix it`, () => {
    const error = new ReaderLoadError("openmmlab", "run.py", cause);
    assertEquals(error.message, message);
    assert(error instanceof ConfigFileError);
    assertEquals(
      [error.file, error.reader, error.cause],
      ["run.py", "@ato/ato/openmmlab", cause],
    );
  });
}
