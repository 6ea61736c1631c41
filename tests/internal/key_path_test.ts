/** Key paths as they are shown. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatPath, splitPath } from "../../internal/key_path.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

test("formatPath: plain keys are joined by dots, others are quoted", () => {
  const cases: [path: (string | number)[], text: string][] = [
    [["model", "depth"], "model.depth"],
    [["layers", 0], "layers.0"],
    [["files", "a.b"], 'files."a.b"'],
    [["a b", ""], '"a b".""'],
    [["über", "日本"], "über.日本"],
    [['say "hi"'], '"say \\"hi\\""'],
    [[], ""],
  ];
  for (const [path, text] of cases) assertEquals(formatPath(path), text);
});

test("property: formatPath: two different paths never look alike", () => {
  const key = fc.string({
    unit: fc.constantFrom("a", ".", '"', "\\", " ", "é"),
    maxLength: 4,
  });
  const path = fc.array(key, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(path, path, (a, b) => {
      const isEqual = a.length === b.length && a.every((k, i) => k === b[i]);
      assertEquals(formatPath(a) === formatPath(b), isEqual);
    }),
    { seed: 1, numRuns: 2000 },
  );
  assert(formatPath(["a.b"]) !== formatPath(["a", "b"]));
});

test("property: splitPath: returns the keys that formatPath has joined", () => {
  const keys = fc.array(fc.string({ unit: CODE_POINT, maxLength: 8 }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(fc.property(keys, (path) => {
    assertEquals(splitPath(formatPath(path)), path);
  }));
});

test("splitPath: a quoted key of a damaged file is taken as it is", () => {
  assertEquals(splitPath('a."\\q".b'), ["a", "\\q", "b"]);
});
