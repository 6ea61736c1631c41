/** What differs between Deno and Node. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import {
  getProcess,
  isDeno,
  isGranted,
  withoutWarning,
} from "../../internal/runtime.ts";

/** Runs `work` and returns the warnings that reached the process. */
function warningsOf(work: () => void): string[] {
  const process = getProcess();
  const emit = process.emitWarning;
  const seen: string[] = [];
  process.emitWarning = (warning) => {
    seen.push(typeof warning === "string" ? warning : warning.message);
  };
  try {
    work();
  } finally {
    process.emitWarning = emit;
  }
  return seen;
}

test("isDeno: a Deno global alone does not make a Node program one of Deno", () => {
  const isReallyDeno = navigator.userAgent.startsWith("Deno/");
  assertEquals(isDeno(), isReallyDeno);
  if (isReallyDeno) return;
  const global = globalThis as unknown as { Deno?: unknown };
  global.Deno = { version: { deno: "2.9.0" } };
  try {
    assertEquals(isDeno(), false);
    assertEquals(isGranted({ name: "ffi" }), true);
  } finally {
    delete global.Deno;
  }
});

test("isGranted: what the tests run with", () => {
  assertEquals(isGranted({ name: "read", path: "." }), true);
  assertEquals(isGranted({ name: "env", variable: "HOME" }), true);
});

test("withoutWarning: hides the warning that it names, and no other", () => {
  const seen = warningsOf(() => {
    const result = withoutWarning(/experimental/, () => {
      getProcess().emitWarning("SQLite is experimental");
      getProcess().emitWarning(new Error("experimental too"));
      getProcess().emitWarning("something else");
      return 7;
    });
    assertEquals(result, 7);
    getProcess().emitWarning("experimental again");
  });
  assertEquals(seen, ["something else", "experimental again"]);
});

test("withoutWarning: warnings pass again after a failure", () => {
  const seen = warningsOf(() => {
    assertThrows(
      () =>
        withoutWarning(/x/, () => {
          throw new RangeError("failed");
        }),
      RangeError,
      "failed",
    );
    getProcess().emitWarning("x");
  });
  assertEquals(seen, ["x"]);
});
