/** What plain JavaScript can pass to fingerprints. */
import { test } from "node:test";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import * as fingerprint from "@ato/ato/fingerprint";
import { FingerprintUsageError } from "@ato/ato/fingerprint";

// As JavaScript sees it: nothing is checked before it runs.
// deno-lint-ignore no-explicit-any -- every argument here is wrong on purpose
const js = fingerprint as any;

const one = (x: number): number => x;
const recorder = new js.OutputRecorder();
const module = import.meta.url;

const WRONG: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    "a slip in precision",
    () => js.fingerprintValue(0.1, { precison: 6 }),
    /there is no option "precison"; did you mean precision\?/,
  ],
  [
    "an option that no other resembles",
    () => js.fingerprintValue(0.1, { workers: 6 }),
    /there is no option "workers"; the options are precision, bits, handlers$/,
  ],
  [
    "digits without a name",
    () => js.fingerprintValue(0.1, 6),
    /the options are 6; give an object/,
  ],
  ["no options", () => js.fingerprintValue(0.1, null), /the options are null/],
  [
    "one handler",
    () => js.fingerprintValue({}, { handlers: {} }),
    /handlers is an object; give an array of/,
  ],
  [
    "handlers that are none",
    () => js.fingerprintValue({}, { handlers: [{}] }),
    /handlers is a list that holds something else/,
  ],
  [
    "a wrapped number",
    () => recorder.wrap(3, { id: "x" }),
    /it is 3; give a function/,
  ],
  ["no id", () => recorder.wrap(one), /the options are undefined/],
  [
    "an id that is no text",
    () => recorder.wrap(one, { id: 3 }),
    /id is 3; give the id/,
  ],
  [
    "a slip in inspectFn",
    () => recorder.wrap(one, { id: "x", inspect: one }),
    /no option "inspect"; did you mean inspectFn\?/,
  ],
  [
    "an option of wrap that no other resembles",
    () => recorder.wrap(one, { id: "x", workers: 1 }),
    /no option "workers"; the options are id, initFn, inspectFn/,
  ],
  [
    "initFn that was called",
    () => recorder.wrap(one, { id: "x", initFn: 3 }),
    /initFn is 3; give a function/,
  ],
  [
    "a listener that is none",
    () => recorder.subscribe({}),
    /the listener is an object; give a function/,
  ],
  [
    "a slip in warn",
    () => new js.OutputRecorder({ warm: one }),
    /no option "warm"; did you mean warn\?/,
  ],
  [
    "an option of a recorder that no other resembles",
    () => new js.OutputRecorder({ priority: one }),
    /no option "priority"; the options are warn$/,
  ],
];

for (const [name, call, message] of WRONG) {
  test(`mod: a wrong argument is an error that says what to give: ${name}`, () => {
    const error = assertThrows(call, FingerprintUsageError);
    assertMatch(error.message, message);
    assertMatch(error.message, /^Cannot [^\n]+$/);
  });
}

const WRONG_LATER: typeof WRONG = [
  [
    "the text of a function",
    () => js.fingerprintCode("(x) => x"),
    /it is "\(x\) => x"; give a function/,
  ],
  [
    "a slip in uses",
    () => js.fingerprintCode(one, { use: [one] }),
    /no option "use"; did you mean uses\?/,
  ],
  [
    "an option of fingerprintCode that no other resembles",
    () => js.fingerprintCode(one, { priority: [one] }),
    /no option "priority"; the options are uses$/,
  ],
  [
    "one helper",
    () => js.fingerprintCode(one, { uses: one }),
    /uses is a function; give a list of helpers/,
  ],
  ["no module", () => js.fingerprintDeep(one), /the options are undefined/],
  [
    "a path",
    () => js.fingerprintDeep(one, { module: "/train.ts" }),
    /module is "\/train\.ts"; give import\.meta\.url/,
  ],
  [
    "a slip in captures",
    () => js.fingerprintDeep(one, { module, capture: {} }),
    /no option "capture"/,
  ],
  [
    "a name to include",
    () => js.fingerprintDeep(one, { module, includes: ["f"] }),
    /one of includes is "f"; give a function/,
  ],
];

for (const [name, call, message] of WRONG_LATER) {
  test(`mod: a wrong argument is an error that says what to give: ${name}`, async () => {
    const error = await assertRejects(
      call as () => Promise<unknown>,
      FingerprintUsageError,
    );
    assertMatch(error.message, message);
  });
}

test("sha256Hex: what is neither a string nor bytes is refused", async () => {
  await assertRejects(
    () => js.sha256Hex(3),
    TypeError,
    "Cannot hash 3: give a string",
  );
});

test("mod: known options are accepted, also if they are undefined", async () => {
  const handler = { name: "n", matches: (): boolean => false, describe: one };
  assertEquals(
    js.fingerprintValue(0.1 + 0.2, {
      precision: 6,
      bits: undefined,
      handlers: [handler],
    }),
    js.fingerprintValue(0.3, { precision: 6 }),
  );
  assertEquals(
    (await js.fingerprintCode(one, { uses: { one } })).uses.one,
    (await js.fingerprintCode(one)).hash,
  );
  const seen: string[] = [];
  recorder.subscribe(({ hash }: { hash: string }) => seen.push(hash));
  recorder.wrap(() => 0.1 + 0.2, { id: "f", precision: 6 })();
  assertEquals(seen, [js.fingerprintValue(0.3, { precision: 6 })]);
});
