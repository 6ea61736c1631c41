/** The frame of objects: what is read is what was stored, and never more than it says. */
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { assertEquals, assertThrows } from "@std/assert";
import {
  BlobError,
  type BlobKind,
  decodeBlob,
  encodeBlob,
  LARGEST,
  sha256,
} from "../../sync/hub/_blob.ts";

const kinds = fc.constantFrom<BlobKind>("segment", "node", "content", "file");

test("any content comes back, and equal contents give equal objects", () => {
  fc.assert(
    fc.property(kinds, fc.uint8Array({ maxLength: 5_000 }), (kind, content) => {
      const { name, bytes } = encodeBlob(kind, content);
      assertEquals(encodeBlob(kind, content), { name, bytes });
      assertEquals([...decodeBlob(name, bytes, kind)], [...content]);
    }),
  );
});

test("an object under another name is refused, however sound it is", () => {
  const [one, two] = [
    encodeBlob("content", "one"),
    encodeBlob("content", "two"),
  ];
  assertThrows(
    () => decodeBlob(one.name, two.bytes, "content"),
    BlobError,
    "checksum",
  );
  assertThrows(
    () => decodeBlob(one.name, one.bytes, "segment"),
    BlobError,
    "not a segment",
  );
});

/** An object with a head that says what the test wants, under its true name. */
function forged(
  length: number,
  body: Uint8Array,
  version = 1,
): [string, Uint8Array] {
  const head = new Uint8Array(10);
  head.set(new TextEncoder().encode("ATOh"));
  head[4] = version;
  head[5] = 2;
  new DataView(head.buffer).setUint32(6, length, true);
  const bytes = new Uint8Array([...head, ...body]);
  return [sha256(bytes), bytes];
}

test("inflating stops at the length that the head says, which has a limit", () => {
  const bomb = deflateRawSync(new Uint8Array(50_000_000), { level: 9 });
  for (
    const [length, says] of [
      [10, "cannot be inflated"],
      [49_999_998, "cannot be inflated"],
      [50_000_001, "longer or shorter"],
      [LARGEST + 1, `more than ${LARGEST}`],
    ] as const
  ) {
    const [name, bytes] = forged(length, bomb);
    assertThrows(() => decodeBlob(name, bytes, "content"), BlobError, says);
  }
});

test("what is no object, or one of a newer Ato, is refused", () => {
  for (const text of ["", "x", "ATOh", "SQLite format 3\0 and more"]) {
    const bytes = new TextEncoder().encode(text);
    assertThrows(
      () => decodeBlob(sha256(bytes), bytes, "content"),
      BlobError,
      "not an object",
    );
  }
  const [name, bytes] = forged(0, new Uint8Array(), 2);
  assertThrows(
    () => decodeBlob(name, bytes, "content"),
    BlobError,
    "update Ato",
  );
});
