/** What `ato repeat` passes to the process that it starts. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { env } from "node:process";
import {
  pathInProject,
  replaceFolder,
  wordInProject,
} from "../../internal/mirror_place.ts";
import { REPEAT_VARIABLE, repeatOrder } from "../../internal/repeat_order.ts";

function withVariable<T>(text: string | undefined, work: () => T): T {
  const before = env[REPEAT_VARIABLE];
  if (text === undefined) delete env[REPEAT_VARIABLE];
  else env[REPEAT_VARIABLE] = text;
  try {
    return work();
  } finally {
    if (before === undefined) delete env[REPEAT_VARIABLE];
    else env[REPEAT_VARIABLE] = before;
  }
}

test("repeatOrder: the order of the variable, or none", () => {
  const order = { run: "u-1", by: "ato repeat 41", config: '{"lr": 1}' };
  assertEquals(withVariable(JSON.stringify(order), repeatOrder), order);
  assertEquals(withVariable(undefined, repeatOrder), undefined);
  assertEquals(withVariable("", repeatOrder), undefined);
});

test("repeatOrder: a variable that is not JSON is an error that says how to fix it", () => {
  assertThrows(
    () => withVariable("{", repeatOrder),
    TypeError,
    `Cannot read ${REPEAT_VARIABLE}: it was not set by`,
  );
});
const WORDS: readonly (readonly [word: string, out: string])[] = [
  ["/work/app/train.ts", "/m/train.ts"],
  ["--allow-read=/work/app/data,/work/app", "--allow-read=/m/data,/m"],
  ["/work/app", "/m"],
  ["/work/application/train.ts", "/work/application/train.ts"],
  ["/work/app-old/train.ts", "/work/app-old/train.ts"],
  ["/my/work/app/train.ts", "/my/work/app/train.ts"],
  ["file:///work/app/train.ts", "file:///m/train.ts"],
  ["train.ts", "train.ts"],
  ["", ""],
];
for (const [word, out] of WORDS) {
  test(`replaceFolder: ${word} becomes ${out}`, () => {
    assertEquals(replaceFolder(word, "/work/app", "/m"), out);
  });
}

test("pathInProject: a path in the mirror is the project's; all others stay", () => {
  const mirror = { folder: "/tmp/m/project", root: "/work/app" };
  withVariable(JSON.stringify({ run: "u", by: "", mirror }), () => {
    assertEquals(pathInProject("/tmp/m/project/runs.db"), "/work/app/runs.db");
    assertEquals(pathInProject("/tmp/m/project"), "/work/app");
    assertEquals(pathInProject("/tmp/m/other.db"), "/tmp/m/other.db");
    assertEquals(pathInProject("runs.db"), "runs.db");
    assertEquals(wordInProject("--x=/tmp/m/project/a"), "--x=/work/app/a");
  });
  for (const order of [undefined, "{", '{"mirror": 1}', '{"mirror": {}}']) {
    withVariable(order, () => {
      assertEquals(pathInProject("/tmp/m/project/a"), "/tmp/m/project/a");
      assertEquals(wordInProject("/tmp/m/project/a"), "/tmp/m/project/a");
    });
  }
});
