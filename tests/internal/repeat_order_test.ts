/** What `ato repeat` passes to the process that it starts. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { env } from "node:process";
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
