import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  fileValue,
  inFolder,
  record,
  sha,
  valuesOf,
  write,
} from "./_record.ts";

const SECRET = /^ato-secret-v1:[0-9a-f]{16}:[0-9a-f]{64}$/;

const SECRET_FILES = [
  ".env",
  ".env.local",
  "prod.env",
  "api_key.txt",
  "conf/token",
  "conf/password.yaml",
  "secrets/a.csv",
  "id_rsa",
  "server.pem",
];
const OPEN_FILES = [
  "environment.yaml",
  "tokenizer.json",
  "vocab/special_tokens_map.json",
  "secretary.csv",
  "max_token.txt",
];
test("recordInputs: what a name list takes for a secret has an HMAC, and no text", async () => {
  await inFolder(async (root) => {
    git(root);
    const names = [...SECRET_FILES, ...OPEN_FILES];
    write(root, Object.fromEntries(names.map((name) => [name, `x=${name}`])));
    const inputs = await record(root, names);
    const values = valuesOf(inputs);
    for (const name of SECRET_FILES) {
      assert(SECRET.test(values[`input:${name}`]!), name);
      assert(!inputs.texts.has(sha(`x=${name}`)), name);
    }
    for (const name of OPEN_FILES) {
      assertEquals(values[`input:${name}`], fileValue(`x=${name}`));
      assertEquals(inputs.texts.get(sha(`x=${name}`)), `x=${name}`);
    }
    const all = JSON.stringify([inputs.factors, [...inputs.texts]]);
    for (const name of SECRET_FILES) {
      assert(!all.includes(sha(`x=${name}`)), `${name} can be guessed`);
    }
  });
});

test("recordInputs: two secrets never have one value, and one secret always has the same", async () => {
  await inFolder(async (root) => {
    const value = async (text: string) => {
      write(root, { ".env": text });
      return valuesOf(await record(root, [".env"]))["input:.env"];
    };
    const [first, again, other] = [
      await value("A=1"),
      await value("A=1"),
      await value("A=2"),
    ];
    assertEquals(first, again);
    assertNotEquals(first, other);
  });
});

test("recordInputs: small ignored files have an HMAC, large ones a SHA-256, and neither a text", async () => {
  await inFolder(async (root) => {
    git(root);
    const large = "x".repeat(65_537);
    const edge = "y".repeat(65_536);
    write(root, {
      ".gitignore": "ignored/\n",
      "ignored/small.csv": "1",
      "ignored/edge.csv": edge,
      "ignored/large.csv": large,
      "open.csv": "2",
    });
    const inputs = await record(root, [
      "ignored/small.csv",
      "ignored/edge.csv",
      "ignored/large.csv",
      "open.csv",
    ]);
    const values = valuesOf(inputs);
    assert(SECRET.test(values["input:ignored/small.csv"]!));
    assert(SECRET.test(values["input:ignored/edge.csv"]!));
    assertEquals(values["input:ignored/large.csv"], fileValue(large));
    assertEquals(values["input:open.csv"], fileValue("2"));
    assertEquals([...inputs.texts], [[sha("2"), "2"]]);
  });
});

test("recordInputs: a repository inside of the project, and data behind a link, are asked apart", async () => {
  await inFolder(async (folder) => {
    const root = join(folder, "project");
    write(root, {
      "inner/.gitignore": "*.csv\n",
      "inner/a.csv": "1",
      "b.csv": "2",
    });
    write(folder, { "data/c.csv": "3" });
    symlinkSync(join(folder, "data"), join(root, "data"));
    git(root);
    git(join(root, "inner"));
    const inputs = await record(root, ["inner/a.csv", "b.csv", "data/c.csv"]);
    const values = valuesOf(inputs);
    assert(SECRET.test(values["input:inner/a.csv"]!));
    assertEquals(values["input:b.csv"], fileValue("2"));
    assertEquals(values["input:data/c.csv"], fileValue("3"));
    assertEquals([...inputs.texts.values()], ["2"]);
  });
});

test("recordInputs: outside of a repository there are no texts", async () => {
  await inFolder(async (root) => {
    write(root, { "a.csv": "1" });
    const inputs = await record(root, ["a.csv"]);
    assertEquals(valuesOf(inputs), { "input:a.csv": fileValue("1") });
    assertEquals(inputs.texts.size, 0);
  });
});

test("recordInputs: only small UTF-8 files have a text", async () => {
  await inFolder(async (root) => {
    git(root);
    const large = "x".repeat(65_537);
    write(root, {
      "text.csv": "ä\n",
      "large.csv": large,
      "image.png": new Uint8Array([0x89, 0xff, 1]),
      "zero.bin": new Uint8Array([65, 0, 66]),
    });
    const inputs = await record(root, [
      "text.csv",
      "large.csv",
      "image.png",
      "zero.bin",
    ]);
    assertEquals([...inputs.texts.values()], ["ä\n"]);
  });
});

test("recordInputs: a secret in a large folder is not in its listing", async () => {
  await inFolder(async (root) => {
    const names = Array.from({ length: 70 }, (_, i) => `d/${i}.csv`);
    write(root, Object.fromEntries(names.map((name) => [name, name])));
    write(root, { "d/.env": "A=1" });
    const inputs = await record(root, [...names, "d/.env"]);
    const values = valuesOf(inputs);
    assert(values["input:d"]!.startsWith("tree:"));
    assert(SECRET.test(values["input:d/.env"]!));
    assert(![...inputs.texts.values()].some((text) => text.includes(".env")));
  });
});

test("recordInputs: the value of a variable is an HMAC, and one that is not set is known as that", async () => {
  await inFolder(async (root) => {
    const inputs = await record(root, [], {
      variables: [["SCALE", "0.5"], ["LR", null], ["SCALE", "0.7"]],
    });
    const values = valuesOf(inputs);
    assertEquals(Object.keys(values), ["env:LR", "env:SCALE"]);
    assertEquals(values["env:LR"], "unset");
    assert(SECRET.test(values["env:SCALE"]!));
    // The first process that read it decides.
    const first = await record(root, [], { variables: [["SCALE", "0.5"]] });
    assertEquals(values["env:SCALE"], valuesOf(first)["env:SCALE"]);
    const empty = await record(root, [], { variables: [["SCALE", ""]] });
    assertNotEquals(valuesOf(empty)["env:SCALE"], "unset");
    const other = await record(root, [], { variables: [["SCALF", "0.5"]] });
    assertNotEquals(valuesOf(other)["env:SCALF"], values["env:SCALE"]);
  });
});

const SESSION =
  "PATH HOME PWD _ USER TERM COLUMNS LANG LC_ALL TMPDIR XDG_CACHE_HOME SSH_AUTH_SOCK npm_config_x VIRTUAL_ENV CONDA_PREFIX PYTHONPATH _PYTHON_PROJECT_BASE NODE_OPTIONS DENO_DIR ATO_OBSERVE GIT_DIR SLURM_JOB_ID HTTPS_PROXY"
    .split(" ");
const DECIDING =
  "OMP_NUM_THREADS CUDA_VISIBLE_DEVICES PYTHONHASHSEED TZ NODE_ENV SCALE HF_HOME XLA_FLAGS RANK WORLD_SIZE HOMEPAGE PATHS"
    .split(" ");
test("recordInputs: variables of the session are left out, those that decide results are not", async () => {
  await inFolder(async (root) => {
    const variables = [...SESSION, ...DECIDING]
      .map((name) => [name, null] as const);
    const { factors, coverage } = await record(root, [], { variables });
    assertEquals(
      factors.map(([id]) => id),
      DECIDING.map((name) => `env:${name}`).sort(),
    );
    assertEquals(coverage.level, "full");
  });
});

function git(folder: string): void {
  execFileSync("git", ["init", "-q", folder]);
}
