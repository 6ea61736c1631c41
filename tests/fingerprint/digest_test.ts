import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import { sha256Hex, sha256HexSync, Sha256Stream } from "@ato/ato/fingerprint";

// NIST, FIPS 180-4 example values and the CAVP short messages.
const VECTORS: [string, string | Uint8Array, string][] = [
  [
    "nothing",
    "",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ],
  [
    "one block",
    "abc",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  ],
  [
    "two blocks",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  [
    "a byte",
    Uint8Array.of(0xbd),
    "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b",
  ],
  [
    "a million letters",
    "a".repeat(1_000_000),
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  ],
];

for (const [name, data, expected] of VECTORS) {
  test(`sha256Hex, sha256HexSync, Sha256Stream: the digest of ${name}`, async () => {
    assertEquals(await sha256Hex(data), expected);
    assertEquals(sha256HexSync(data), expected);
    assertEquals(new Sha256Stream().update(data).hex(), expected);
  });
}

test("sha256Hex, sha256HexSync, Sha256Stream: a string is hashed as UTF-8, with lone surrogates replaced", async () => {
  for (const text of ["é", "€😀", "\ud800x", "\0"]) {
    const bytes = new TextEncoder().encode(text);
    const expected = sha256HexSync(bytes);
    assertEquals(sha256HexSync(text), expected);
    assertEquals(await sha256Hex(text), expected);
    assertEquals(new Sha256Stream().update(text).hex(), expected);
  }
});

test("sha256Hex, sha256HexSync, Sha256Stream: only the bytes of a view are hashed, also of shared memory", async () => {
  const whole = new Uint8Array(100).map((_, i) => i);
  const shared = new Uint8Array(new SharedArrayBuffer(100));
  shared.set(whole);
  for (const [from, to] of [[0, 100], [1, 99], [50, 50], [99, 100]]) {
    const expected = sha256HexSync(whole.slice(from, to));
    for (const view of [whole.subarray(from, to), shared.subarray(from, to)]) {
      assertEquals(sha256HexSync(view), expected);
      assertEquals(await sha256Hex(view), expected);
      assertEquals(new Sha256Stream().update(view).hex(), expected);
    }
  }
});

test("property: Sha256Stream: the digest does not depend on how the data is divided", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.nat(300), { maxLength: 5 }),
      (data, cuts) => {
        const stream = new Sha256Stream();
        let from = 0;
        for (const to of [...cuts.sort((a, b) => a - b), data.length]) {
          stream.update(data.subarray(from, to));
          from = Math.min(to, data.length);
        }
        assertEquals(stream.hex(), sha256HexSync(data));
      },
    ),
    { seed: 180, numRuns: 200 },
  );
});

test("Sha256Stream: the digest is returned once, as bytes or in hex, and further calls are errors", () => {
  const stream = new Sha256Stream();
  assertStrictEquals(stream.update("abc"), stream);
  const bytes = stream.bytes();
  assertEquals(bytes.length, 32);
  assertEquals(bytes[0], 0xba);
  assertThrows(() => stream.bytes(), Error);
  assertThrows(() => stream.hex(), Error);
  assertThrows(() => stream.update("d"), Error);
});

test("sha256HexSync: one bit changes the digest", () => {
  const data = new Uint8Array(200_000);
  const before = sha256HexSync(data);
  assertMatch(before, /^[0-9a-f]{64}$/);
  data[199_999] = 1;
  assertNotEquals(sha256HexSync(data), before);
});
