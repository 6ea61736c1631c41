/** Names that MLflow takes: its own rules, and no two texts share one. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { posix } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { mlflowName, tagName } from "../../sync/mlflow/_names.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

/** The rules of `mlflow.utils.validation`, with the stricter ones of servers on Windows. */
function isValid(name: string): boolean {
  const normal = posix.normalize(name);
  return /^[/\p{L}\p{N}_.\- ]+$/u.test(name) && [...name].length <= 250 &&
    normal === name && normal !== "." && !normal.startsWith("..") &&
    !normal.startsWith("/") && !normal.endsWith("/");
}

const TEXT = fc.oneof(
  fc.string({ unit: CODE_POINT }),
  fc.string({
    unit: fc.constantFrom(
      "a",
      "A",
      ".",
      "/",
      " ",
      "_",
      "-",
      "é",
      ":",
      '"',
      "@",
    ),
  }),
  fc.string({
    unit: fc.constantFrom("a", "/"),
    minLength: 200,
    maxLength: 400,
  }),
);

test("every text gets a name that MLflow takes, and keeps it", () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      for (const nameOf of [mlflowName, tagName]) {
        const name = nameOf(text);
        assert(isValid(name), JSON.stringify([text, name]));
        assertEquals(nameOf(text), name);
      }
      if (isValid(text) && !/_[0-9a-f]{16}$/.test(text)) {
        assertEquals(mlflowName(text), text);
      }
    }),
    { numRuns: 2000 },
  );
});

test("two texts never share a name, also if one looks like the name of the other", () => {
  fc.assert(
    fc.property(TEXT, TEXT, (a, b) => {
      if (a === b) return;
      for (const nameOf of [mlflowName, tagName]) {
        assertNotEquals(nameOf(a), nameOf(b));
      }
    }),
    { numRuns: 2000 },
  );
  for (const text of ["acc@1", "", "..", "a//b", "x".repeat(300)]) {
    const name = mlflowName(text);
    assertNotEquals(
      mlflowName(name),
      name,
      "a run can have a metric with this very name",
    );
  }
});

test("a tag of a user never has a name that means something to MLflow or ato", () => {
  for (
    const text of ["mlflow.runName", "MLFLOW.x", "ato.run_uuid", "ato.names"]
  ) {
    assert(!/^(mlflow|ato)\./i.test(tagName(text)), tagName(text));
  }
});
