import { test } from "node:test";
import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { streamHider } from "../../cli/run/hide_in_stream.ts";

const SECRETS = ["sk-0123456789", "sk-0123abcdef", "pässword"];

/** Hides the secrets in bytes that come in pieces. */
function hidden(bytes: Uint8Array, cuts: readonly number[]): Buffer {
  const hider = streamHider(SECRETS);
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const cut of cuts) parts.push(hider.take(bytes.subarray(at, at += cut)));
  parts.push(hider.take(bytes.subarray(at)), hider.end());
  return Buffer.concat(parts);
}

test("streamHider: no secret stays, however the bytes are cut, and nothing else changes", () => {
  const words = fc.constantFrom(
    ...SECRETS,
    "sk-0123",
    "sk-",
    "p",
    "\n",
    "loss=1 ",
    "ü",
  );
  const cuts = fc.array(fc.nat({ max: 9 }));
  fc.assert(
    fc.property(fc.array(words, { maxLength: 20 }), cuts, (texts, at) => {
      const text = texts.join("");
      const expected = SECRETS.reduce(
        (rest, secret) => rest.replaceAll(secret, "***"),
        text,
      );
      assertEquals(hidden(Buffer.from(text), at).toString(), expected);
    }),
    { seed: 8, numRuns: 300 },
  );
});

test("streamHider: bytes that are no text stay as they are", () => {
  const bytes = Buffer.from([
    0,
    255,
    254,
    10,
    195,
    40,
    ...Buffer.from("sk-0123456789"),
  ]);
  assertEquals(
    [...hidden(bytes, [3, 2])],
    [0, 255, 254, 10, 195, 40, 42, 42, 42],
  );
});

test("streamHider: short secrets are parts of too many words, and without secrets nothing is held back", () => {
  assertEquals(
    Buffer.from(streamHider(["lr"]).take(Buffer.from("lr=1"))).toString(),
    "lr=1",
  );
});
