import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { test } from "node:test";
import { fingerprintCode } from "@ato/ato/fingerprint";
import { DIFFERENT, EQUAL, type Pair } from "./_code_pairs.ts";
import { functionsFrom } from "./_from_text.ts";

async function fingerprints(pairs: readonly Pair[]) {
  const functions = await functionsFrom(
    pairs.flatMap(([, one, other]) => [one, other]),
  );
  return await Promise.all(functions.map((fn) => fingerprintCode(fn)));
}

const equal = await fingerprints(EQUAL);
for (const [index, [what, one, other]] of EQUAL.entries()) {
  test(`fingerprintCode: the same hash: ${what}`, () => {
    const [a, b] = equal.slice(2 * index);
    assert(a && b);
    assertNotEquals(one, other);
    assertEquals(a.source, b.source);
    assertEquals(a.hash, b.hash);
  });
}

const different = await fingerprints(DIFFERENT);
for (const [index, [what]] of DIFFERENT.entries()) {
  test(`fingerprintCode: different hashes: ${what}`, () => {
    const [a, b] = different.slice(2 * index);
    assert(a && b);
    assertNotEquals(a.hash, b.hash);
    // What differs must be seen by who compares the sources.
    assertNotEquals(a.source, b.source);
  });
}

test("fingerprintCode: different sources have different hashes, over all pairs", () => {
  const bySource = new Map<string, string>();
  const byHash = new Map<string, string>();
  for (const { hash, source } of [...equal, ...different]) {
    assertEquals(byHash.get(hash) ?? source, source);
    assertEquals(bySource.get(source) ?? hash, hash);
    byHash.set(hash, source);
    bySource.set(source, hash);
  }
});
