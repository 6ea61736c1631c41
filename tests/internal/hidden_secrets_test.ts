/** Tests of how secrets are hidden in what is stored. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  hideInData,
  hideInText,
  hideInWords,
  secretsIn,
  secretsInData,
} from "../../internal/hidden_secrets.ts";

const WORDS: readonly (readonly [string, string])[] = [
  ["a.py --api-key sk-12345678 --lr 1", "a.py --api-key *** --lr 1"],
  ["a.py --api-key=sk-12345678", "a.py --api-key=***"],
  ["a.py api.token=sk-12345678 x=1", "a.py api.token=*** x=1"],
  [
    "a.py --token sk-12345678 --copy=sk-12345678",
    "a.py --token *** --copy=***",
  ],
  ["a.py --token x --copy=xyz", "a.py --token *** --copy=xyz"],
  // What language models count is no secret, and a flag after a flag is none.
  [
    "a.py --max-tokens 512 --eos-token 2",
    "a.py --max-tokens 512 --eos-token 2",
  ],
  ["a.py --password --verbose", "a.py --password --verbose"],
  ["a.py --password=", "a.py --password="],
];

for (const [given, shown] of WORDS) {
  test(`hideInWords: ${given}`, () => {
    assertEquals(hideInWords(given.split(" ")).words.join(" "), shown);
  });
}

test("hideInWords: the hidden words are listed with the names of their secrets", () => {
  const words = "a.py --token sk-12345678 --copy=sk-12345678 key".split(" ");
  assertEquals(hideInWords(words).hidden, [
    { at: 2, name: "--token" },
    { at: 3, name: "--token" },
  ]);
});

test("hideInData: values under the name of a secret go, and copies of them; what says whether there is one stays", () => {
  const config = {
    lr: 0.1,
    api: { token: "sk-12345678", secret: { a: [1, "b"], b: null } },
    useToken: true,
    password: "",
    note: "uses sk-12345678",
  };
  assertEquals(hideInData(config, secretsInData(config)), {
    lr: 0.1,
    api: { token: "***", secret: { a: ["***", "***"], b: null } },
    useToken: true,
    password: "",
    note: "uses ***",
  });
});

test("hideInText: no long secret is left in any text", () => {
  fc.assert(fc.property(
    fc.string({ minLength: 8 }).filter((one) => !one.includes("*")),
    fc.array(fc.string()),
    (secret, parts) => {
      assert(!hideInText(parts.join(secret), [secret]).includes(secret));
    },
  ));
  assertEquals(secretsIn(["--token", "short"]), ["short"]);
  assertEquals(hideInText("a short text", ["short"]), "a short text");
});
