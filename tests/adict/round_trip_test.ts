import { test } from "node:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { ADict, UnsupportedValueError } from "@ato/ato/adict";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

/** Equality that tells -0 from 0 and looks into dates. */
function exactly(actual: unknown, expected: unknown): void {
  assertEquals(actual, expected);
  assertEquals(spell(actual), spell(expected));
}

function spell(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(spell).join()}]`;
  if (typeof value === "object" && value !== null) {
    return `{${
      Object.keys(value).sort().map((key) =>
        `${JSON.stringify(key)}:${
          spell((value as Record<string, unknown>)[key])
        }`
      ).join()
    }}`;
  }
  return `${typeof value} ${String(value)}`;
}

// Strings that are something else in some format, if they are not quoted.
const TRAPS = [
  "",
  " ",
  "None",
  "null",
  "~",
  "true",
  "False",
  "yes",
  "on",
  "1",
  "-1",
  "1e5",
  "0x10",
  "1_000",
  ".5",
  "nan",
  ".inf",
  "-inf",
  "2020-01-01",
  "2001-12-14t21:59:43.10-05:00",
  "12:30:45",
  "[Empty Sequence]",
  "[Empty Mapping]",
  "0) x",
  "a: b",
  "a:b",
  "http://x:80/y",
  "# no comment",
  "- item",
  '"quoted"',
  '"half',
  "'single'",
  "back\\slash",
  "two\nlines",
  "trailing \n",
  "\ttab",
  "\r\n",
  "\u0000",
  "\u0085",
  "\u2028",
  "\ufeff",
  "ü💥",
  "\ud800",
  "=",
  "<<",
  "*x",
  "&x",
  "!tag",
  "%x%",
  "[1, 2]",
  "{a: 1}",
  "5n",
  "__proto__",
  "constructor",
];

const text = fc.oneof(
  fc.constantFrom(...TRAPS),
  fc.string(),
  fc.string({ unit: CODE_POINT }),
);
const key = fc.oneof(text, fc.stringMatching(/^[a-z]{1,5}$/));
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    1e21,
    1e-7,
    2 ** 53,
    -(2 ** 60),
  ),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
);
const { tree } = fc.letrec<{ tree: Record<string, unknown>; value: unknown }>((
  tie,
) => ({
  tree: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: scalar },
    { weight: 1, arbitrary: tie("tree") },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
  ),
}));

// The least share of generated configs that must make the journey; the others must be refused.
const FORMATS = [
  { extension: "json", least: 0.2 },
  { extension: "yaml", least: 0.2 },
  { extension: "toml", least: 0.1 },
  { extension: "xyz", least: 0.2 },
];

for (const { extension, least } of FORMATS) {
  test(`dump: property: ${extension}: a value is loaded as it was, or refused with its path`, async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, `config.${extension}`);
      let written = 0;
      let tried = 0;
      await fc.assert(
        fc.asyncProperty(tree, async (data) => {
          tried++;
          const config = new ADict(data);
          try {
            await config.dump(file);
          } catch (error) {
            assertInstanceOf(error, UnsupportedValueError);
            return;
          }
          written++;
          exactly((await ADict.fromFile(file)).toObject(), config.toObject());
        }),
        { seed: 20261123, numRuns: 400 },
      );
      assertEquals(
        written > least * tried,
        true,
        `${written} of ${tried} were written`,
      );
      assertEquals(
        readdirSync(folder),
        [`config.${extension}`],
        "no draft is left behind",
      );
    });
  });

  test(`dump: ${extension}: strings that look like something else stay strings`, async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, `config.${extension}`);
      for (const trap of TRAPS) {
        const config = new ADict({
          value: trap,
          list: [trap],
          nested: Object.fromEntries([[trap, trap]]),
        });
        try {
          await config.dump(file);
        } catch (error) {
          assertInstanceOf(
            error,
            UnsupportedValueError,
            `${JSON.stringify(trap)}: ${error}`,
          );
          assertEquals(
            /[\ud800\u0085\ufeff\r\0\u2028]|^$|^__proto__$/.test(trap),
            true,
            JSON.stringify(trap),
          );
          continue;
        }
        exactly((await ADict.fromFile(file)).toObject(), config.toObject());
      }
    });
  });
}
