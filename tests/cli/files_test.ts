/** Tests of `ato config` with files of every format: hash, show, diff and convert. */
import { test } from "node:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ADict } from "@ato/ato/adict";
import { ato, inFolder } from "./_lib.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "a.json": '{ "lr": 0.1, "model": { "layers": [64, 128], "name": "x" } }',
  "b.yaml": "lr: 5.5\nmodel:\n  layers: [1, 2]\n  name: y\n",
  "c.toml": 'lr = 0.25\n[model]\nlayers = [3]\nname = "z"\n',
};

async function withFiles(
  work: (folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    for (const [name, text] of Object.entries(TEXTS)) {
      writeFileSync(join(folder, name), text);
    }
    await work(folder);
  });
}

test("ato config hash: the same structure in any format has the same hash", async () => {
  await withFiles(async (folder) => {
    const { code, out } = await ato("config", "hash", join(folder, "*.*"));
    assertEquals(code, 0);
    const lines = out.trim().split("\n");
    assertEquals(lines.map((line) => line.split("/").at(-1)), [
      "a.json",
      "b.yaml",
      "c.toml",
    ]);
    const hash = await new ADict({
      lr: 1.5,
      model: { layers: [1], name: "" },
    }).getStructuralHash();
    for (const line of lines) assertEquals(line.split(" ")[0], hash);
    const json = JSON.parse(
      (await ato("config", "hash", join(folder, "a.json"), "--json")).out,
    );
    assertEquals(json[0].hash, hash);
  });
});

test("ato config show, ato config diff: values, differences and exit codes", async () => {
  await withFiles(async (folder) => {
    const [a, b] = [join(folder, "a.json"), join(folder, "b.yaml")];
    const shown = await ato("config", "show", a);
    assertMatch(shown.out, /^model\.layers {2}\[64, 128\]$/m);
    assertEquals(
      JSON.parse((await ato("config", "show", b, "--json")).out).lr,
      5.5,
    );
    const { code, out } = await ato("config", "diff", a, b);
    assertEquals(code, 1);
    assertStringIncludes(out, "structure: same\n");
    assertMatch(out, /^lr +0\.1 +5\.5$/m);
    const same = await ato("config", "diff", a, a);
    assertEquals([same.code, same.out], [0, "structure: same\nvalues: same\n"]);
  });
});

test("ato config convert: each format into each, and back to the same values", async () => {
  await withFiles(async (folder) => {
    const out = join(folder, "out");
    mkdirSync(out);
    for (const name of Object.keys(TEXTS)) {
      const original = (await ADict.fromFile(join(folder, name)) as ADict)
        .toObject();
      for (const format of ["json", "yaml", "toml", "xyz"]) {
        const words = [join(folder, name), "--to", format, "--out", out];
        assertEquals(
          (await ato("config", "convert", ...words, "--force")).code,
          0,
        );
        const target = join(out, `${name.split(".")[0]}.${format}`);
        const back = await ADict.fromFile(target) as ADict;
        assertEquals(back.toObject(), original, `${name} as ${format}`);
      }
    }
  });
});

test("ato config convert: overwrites nothing without --force, and says what it cannot do", async () => {
  await withFiles(async (folder) => {
    const a = join(folder, "a.json");
    writeFileSync(join(folder, "a.yaml"), "kept: true\n");
    const refused = await ato("config", "convert", a, "--to", "yaml");
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.err, "--force");
    assertEquals(readFileSync(join(folder, "a.yaml"), "utf8"), "kept: true\n");
    assertEquals(
      (await ato("config", "convert", a, "--to", "yaml", "--force")).code,
      0,
    );
    writeFileSync(join(folder, "null.json"), '{ "x": { "y": null } }');
    const cannot = await ato(
      "config",
      "convert",
      join(folder, "null.json"),
      "--to",
      "toml",
    );
    assertEquals(cannot.code, 2);
    assertStringIncludes(cannot.err, "x.y");
    assertEquals(existsSync(join(folder, "null.toml")), false);
    writeFileSync(join(folder, "bad.yaml"), "a: 1\n b: [\n");
    writeFileSync(join(folder, "list.json"), "[1, 2]");
    writeFileSync(join(folder, "b.json"), "{}");
    const cases: [string[], string][] = [
      [["hash", join(folder, "none.json")], "no such file"],
      [["hash", join(folder, "*.ini")], "no file matches"],
      [["hash", join(folder, "bad.yaml")], "bad.yaml:"],
      [["hash", join(folder, "list.json")], ""],
      [["hash"], "name a file"],
      [["hsah", a], "did you mean hash"],
      [["diff", a], "name two"],
      [["convert", a, "--to", "yml2"], "yaml"],
      [["convert", a], "--to"],
      [["convert", a, "--to", "json"], "onto itself"],
      [
        [
          "convert",
          join(folder, "b.*"),
          "--to",
          "toml",
          "--out",
          join(folder, "x"),
        ],
        "it is not a folder",
      ],
      [["convert", join(folder, "b.*"), "--to", "toml"], "two files"],
    ];
    for (const [words, mention] of cases) {
      const { code, out, err } = await ato("config", ...words);
      assertEquals([code, out], [2, ""], words.join(" "));
      assertStringIncludes(err, mention);
      assertEquals(err.trim().split("\n").length, 1, err);
    }
  });
});

test("ato config show: --explain names the line of the base that set a key", async () => {
  await inFolder(async (folder) => {
    const run = join(folder, "run.py");
    writeFileSync(
      join(folder, "base.py"),
      "model = dict(\n    depth=50,\n    width=2)\n",
    );
    writeFileSync(run, "_base_ = 'base.py'\nmodel = dict(depth=101)\nlr = 1\n");
    const { code, out } = await ato("config", "show", "--explain", run);
    assertEquals(code, 0);
    assertMatch(out, /^model\.depth +101 +\S*run\.py:2$/m);
    assertMatch(out, /^model\.width +2 +\S*base\.py:3$/m);
    const json = JSON.parse(
      (await ato("config", "show", "--explain", run, "--json")).out,
    );
    assertEquals(json[0].origins.lr.line, 3);
    const plain = join(folder, "a.json");
    writeFileSync(plain, '{"lr": 1}');
    assertMatch(
      (await ato("config", "show", "--explain", plain)).out,
      /^lr +1 +\S*a\.json$/m,
    );
    writeFileSync(run, "_base_ = 'base.py'\nmodel = open('x')\n");
    const bad = await ato("config", "show", run);
    assertEquals([bad.code, bad.out], [2, ""]);
    assertStringIncludes(bad.err, "run.py:2");
  });
});

test("ato config show: --hydra composes a folder, and names file, line or override", async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, "db"));
    const config = join(folder, "config.yaml");
    writeFileSync(config, "defaults: [{ db: mysql }, _self_]\nlr: 0.1\n");
    writeFileSync(join(folder, "db", "mysql.yaml"), "name: mysql\n");
    writeFileSync(join(folder, "db", "pg.yaml"), "name: pg\nport: 5432\n");
    const words = ["config", "show", "--hydra", "--explain", config];
    const plain = await ato(...words);
    assertMatch(plain.out, /^db\.name +"mysql" +\S*mysql\.yaml:1$/m);
    assertMatch(plain.out, /^lr +0\.1 +\S*config\.yaml:2$/m);
    const other = await ato(
      ...words,
      "--override",
      "db=pg",
      "--override",
      "lr=1",
    );
    assertMatch(other.out, /^db\.port +5432 +\S*pg\.yaml:2$/m);
    assertMatch(other.out, /^lr +1 +lr=1$/m);
    const slip = await ato(...words, "--override", "db=pq");
    assertEquals([slip.code, slip.out], [2, ""]);
    assertStringIncludes(slip.err, "mysql, pg");
  });
});
