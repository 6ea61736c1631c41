/** Every value that a config can have works in every command, and no value is mistaken for another. */
import { test } from "node:test";
import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FAULT, ownCommands, RAW, READING, say } from "./_campaign.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

/** Pairs of values that must not be mistaken for each other. */
const PAIRS:
  readonly (readonly [a: unknown, b: unknown, text: string, other: string])[] =
    [
      [
        12345678901234567890n,
        12345678901234567891n,
        "12345678901234567890n",
        "12345678901234567891n",
      ],
      [5n, 5, "5n", "5"],
      [NaN, null, "NaN", "null"],
      [Infinity, -Infinity, "Infinity", "-Infinity"],
      [-0, 0, "-0", "0"],
      [
        new Date(0),
        "1970-01-01T00:00:00.000Z",
        "1970-01-01T00:00:00.000Z",
        '"1970-01-01T00:00:00.000Z"',
      ],
      [new Date(NaN), null, "Invalid Date", "null"],
      [undefined, null, "undefined", "null"],
      ["5", 5, '"5"', "5"],
      [new Float32Array([1, 2]), [1, 2], "Float32Array [1, 2]", "[1, 2]"],
      [
        [1n, NaN, { deep: 2n }],
        [1, null, { deep: 2 }],
        '[1n, NaN, { "deep": 2n }]',
        '[1, null, { "deep": 2 }]',
      ],
      ["\ud800", "\udfff", "ud800", "udfff"],
      [2 ** 60, 2n ** 60n, "1152921504606847000", "1152921504606846976n"],
      [true, "true", "true", '"true"'],
      [{}, [], "{}", "[]"],
    ];

for (const [index, [a, b, text, other]] of PAIRS.entries()) {
  test(`main: ${text} and ${other} are two values in every command`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      for (const value of [a, b, a, b]) {
        await makeRun(db, {
          project: "vision",
          config: { value, nested: { list: [value] }, lr: 1 },
        });
      }
      const differs = await ato("diff", "1", "2", "--db", db);
      assertEquals(differs.code, 1);
      assertStringIncludes(differs.out, text);
      assertStringIncludes(differs.out, other);
      assertEquals(
        (await ato("diff", "1", "3", "--db", db)).code,
        0,
        "a value is itself",
      );
      assertEquals(
        (await ato("diff", "1", "1", "--db", db)).out,
        "structure: same\nvalues: same\n",
      );
      for (const command of ownCommands(READING, index)) {
        const { code, out, err } = await say(command, db, join(folder, "out"));
        assert([0, 1, 2].includes(code), `${command}: ${out}${err}`);
        assert(!err.includes(FAULT), `${command}: ${err}`);
        if (command.includes("--json") && code === 0) JSON.parse(out);
      }
      const { values } = JSON.parse(
        (await ato("diff", "1", "2", "--json", "--db", db)).out,
      );
      assertEquals(values.map((one: { path: string }) => one.path), [
        "value",
        "nested.list",
      ]);
    });
  });
}

const KEYS = [
  "a.b",
  "",
  " ",
  "__proto__",
  "constructor",
  "toString",
  "ключ",
  "a\u001b[2Jb",
  "=",
  "\ud800",
  "length",
];

for (const key of KEYS) {
  test(`main: the key ${JSON.stringify(key)} works in every command`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      for (const value of [1, 2, 1n]) {
        const config = JSON.parse(
          `{${JSON.stringify(key)}: 0, "in": {${JSON.stringify(key)}: 0}}`,
        );
        for (const at of [config, config.in]) {
          Object.defineProperty(at, key, { value, enumerable: true });
        }
        await makeRun(db, { project: "vision", config });
      }
      assertEquals((await ato("diff", "1", "2", "--db", db)).code, 1);
      for (const command of READING) {
        const { code, out, err } = await say(command, db, join(folder, "out"));
        assert([0, 1, 2].includes(code), `${command}: ${out}${err}`);
        assert(!err.includes(FAULT), `${command}: ${err}`);
        assert(
          !(command.includes("csv") ? err : out + err).includes("\u001b"),
          command,
        );
      }
    });
  });
}

test("ato runs: conditions and sorting compare numbers of both kinds, to the last digit", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const values = [
      9007199254740993n,
      9007199254740992,
      7,
      5n,
      NaN,
      "text",
      undefined,
      -Infinity,
    ];
    for (const seed of values) await makeRun(db, { config: { seed } });
    const ids = async (...words: string[]) => {
      const { out } = await ato("runs", ...words, "--json", "--db", db);
      return JSON.parse(out).map(({ id }: { id: number }) => id).sort();
    };
    // A string is compared as a string.
    assertEquals(await ids("seed>9007199254740992"), [1, 6]);
    assertEquals(await ids("seed=9007199254740993"), [1]);
    assertEquals(await ids("seed>=9007199254740992n"), [1, 2, 6]);
    assertEquals(await ids("seed<6.5"), [4, 8]);
    assertEquals(await ids("seed=text"), [6]);
    assertEquals(await ids("seed=NaN"), []);
    const sorted = await ato("runs", "--sort", "seed", "--json", "--db", db);
    const order = JSON.parse(sorted.out).map(({ id }: { id: number }) => id);
    assertEquals(order.slice(0, 5), [8, 4, 3, 2, 1], "numbers by their size");
    assertEquals(order.slice(6).sort(), [5, 7], "what has no place comes last");
  });
});

test("--json: keeps what JSON can represent, and is JSON without control characters", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const config = {
      zero: -0,
      wide: 12345678901234567890n,
      nan: NaN,
      text: "\u001b[2J\u009b\u2028\u202e\ud800\n",
      array: new Uint8Array([1, 2]),
    };
    await makeRun(db, { config });
    const { out } = await ato("show", "1", "--json", "--db", db);
    assert(!RAW.test(out) && !out.includes("\u2028"));
    const read = JSON.parse(out).config;
    assertEquals(Object.is(read.zero, -0), true);
    assertEquals([read.wide, read.nan, read.text, read.array], [
      "12345678901234567890",
      "NaN",
      config.text,
      [1, 2],
    ]);
  });
});
