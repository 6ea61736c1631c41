/** Tests of what counts as a secret in command lines, addresses and configs. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  HIDDEN,
  hideInData,
  hideInText,
  hideInWords,
} from "../../internal/hidden_secrets.ts";

const TEXTS: readonly (readonly [text: string, shown: string])[] = [
  ["https://u:pw@h/a?x=1", "https://***@h/a?x=1"],
  ["mlflow+https://token@h/a", "mlflow+https://***@h/a"],
  ["nats://token@h:4222", "nats://***@h:4222"],
  [
    "get https://ghp_x@github.com/a.git now",
    "get https://***@github.com/a.git now",
  ],
  ["postgres://ann:p@ss/w@db/x", "postgres://ann:***@ss/w@db/x"],
  ["postgres://ann:p@ss@db/x", "postgres://ann:***@db/x"],
  ["ssh://git@h/a", "ssh://git@h/a"],
  [
    "https://h/a?lr=1&token=abc&x-amz-signature=f0#t",
    "https://h/a?lr=1&token=***&x-amz-signature=***#t",
  ],
  ["https://h/cb#access_token=abc", "https://h/cb#access_token=***"],
  ["https://h/a?max_tokens=5&keys=3", "https://h/a?max_tokens=5&keys=3"],
  ["https://h/@user/a:b", "https://h/@user/a:b"],
  ["a://b c://d:e@f", "a://b c://d:***@f"],
];

for (const [text, shown] of TEXTS) {
  test(`hideInText: ${text}`, () => {
    assertEquals(hideInText(text, []), shown);
    assertEquals(hideInText(shown, []), shown, "hidden once");
  });
}

test("hideInWords: each secret of an address has a name", () => {
  const { words, hidden } = hideInWords(
    [
      "get",
      "--url",
      "https://u:p@h/a?token=t",
      "--to=s3://k:v@b",
      "https://u@h",
    ],
  );
  assertEquals(words, [
    "get",
    "--url",
    "https://***@h/a?token=***",
    "--to=s3://k:***@b",
    "https://***@h",
  ]);
  assertEquals(hidden.map(({ at, name }) => `${at} ${name}`), [
    "2 url.user",
    "2 url.token",
    "3 to.password",
    "4 word 4.user",
  ]);
});

test("hideInData: addresses, and words of a command line that a parser kept", () => {
  assertEquals(
    hideInData({
      url: "https://u:p@h",
      set: ["password=abc", "lr=1"],
      words: ["--token", "abc", "--lr", "1"],
      one: "api_key=abc",
      sizes: [1, "a"],
    }),
    {
      url: "https://***@h",
      set: ["password=***", "lr=1"],
      words: ["--token", "***", "--lr", "1"],
      one: "api_key=***",
      sizes: [1, "a"],
    },
  );
});

test("hideInText: no text is too long or too strange, and nothing else is changed", () => {
  const pieces = fc.constantFrom(
    ...["://", "@", ":", "?", "&", "=", "#", "/", "token", "https", "a", " "],
  );
  fc.assert(fc.property(fc.array(pieces, { maxLength: 40 }), (list) => {
    const text = list.join("");
    const shown = hideInText(text, []);
    if (!text.includes("://")) assertEquals(shown, text);
    assertEquals(hideInText(shown, []), shown);
    const kept = shown.split(HIDDEN);
    assert(kept.every((part) => text.includes(part)));
  }));
  assertEquals(hideInText("a://".repeat(20_000), []).length, 80_000);
  assertEquals(hideInText("a".repeat(200_000), []).length, 200_000);
  assertEquals(hideInText("a?b=".repeat(50_000), []).length, 200_000);
});
