/** What an error says, and which errors are meant for the user. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  isForUser,
  markForUser,
  messageOf,
  UserError,
} from "../../internal/errors.ts";

/** Values that most ways of looking at them make throw. */
function hostile(): unknown[] {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const throwing = () => {
    throw new Error("no");
  };
  return [
    proxy,
    Object.create(null),
    { toString: throwing },
    Object.defineProperty(new Error(), "message", { get: throwing }),
    Symbol("s"),
  ];
}

test("messageOf: an error's message, anything else as text", () => {
  assertEquals(messageOf(new TypeError("Cannot read x")), "Cannot read x");
  assertEquals(messageOf("thrown text"), "thrown text");
  assertEquals(messageOf(undefined), "undefined");
  assertEquals(messageOf({ toString: () => "own" }), "own");
  assertEquals(messageOf(Symbol("s")), "Symbol(s)");
  assertEquals(
    messageOf(Object.assign(new Error(), { message: 404 })),
    "404",
  );
});

test("messageOf, isForUser: nothing that can be thrown makes them throw", () => {
  for (const value of hostile()) {
    assertEquals(typeof messageOf(value), "string");
    assertEquals(isForUser(value), false);
  }
});

test("property: messageOf: any value has a message", () => {
  const anything = fc.anything({
    withNullPrototype: true,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withTypedArray: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      assertEquals(typeof messageOf(value), "string");
      assertEquals(isForUser(value), false);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("markForUser: only marked errors are meant for the user", () => {
  class ConfigError extends SyntaxError {
    constructor(message: string) {
      super(message);
      markForUser(this);
    }
  }
  const error = new ConfigError("Cannot read a.yaml");
  assert(isForUser(error));
  assert(isForUser(new UserError("Cannot read a.yaml")));
  assertEquals(isForUser(new SyntaxError("Cannot read a.yaml")), false);
  assertEquals(isForUser("Cannot read a.yaml"), false);
  // The mark is not data: it is neither listed nor copied.
  assertEquals(Object.keys(error), []);
});

test("UserError: name, message and cause", () => {
  const cause = new Error("why");
  const error = new UserError("Cannot read a.yaml", { cause });
  assertEquals(
    [error.name, error.message, error.cause],
    ["UserError", "Cannot read a.yaml", cause],
  );
});
