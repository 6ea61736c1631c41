import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { test } from "node:test";
import { runInThisContext } from "node:vm";
import { fingerprintCode } from "@ato/ato/fingerprint";
import {
  meaning,
  mutants,
  PLAIN,
  program,
  STRANGE,
  Writer,
} from "./_programs.ts";

const SETTINGS = { seed: 20_251, numRuns: 150 };

function hashOf(text: string): Promise<string> {
  const fn = runInThisContext(`"use strict"; (${text}\n)`);
  return fingerprintCode(fn).then(({ hash }) => hash);
}

test("property: fingerprintCode: local names, formatting, syntactic sugar and spelling of literals do not change the hash", async () => {
  await fc.assert(
    fc.asyncProperty(program, async (generated) => {
      const plain = new Writer(PLAIN).program(generated);
      const strange = new Writer(STRANGE).program(generated);
      assertNotEquals(plain, strange);
      assertEquals(await hashOf(plain), await hashOf(strange));
    }),
    SETTINGS,
  );
});

test("property: fingerprintCode: a program changed in one place has another hash", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(program, async (generated) => {
      const before = meaning(generated);
      const hash = await hashOf(before);
      for (const mutant of mutants(generated).slice(0, 40)) {
        const after = meaning(mutant);
        if (after === before) continue;
        compared++;
        assertNotEquals(await hashOf(after), hash, after);
      }
    }),
    SETTINGS,
  );
  assert(compared > 500);
});

test("property: fingerprintCode: different programs have different hashes and sources", async () => {
  const byHash = new Map<string, string>();
  await fc.assert(
    fc.asyncProperty(program, async (generated) => {
      const text = meaning(generated);
      const hash = await hashOf(text);
      assertEquals(byHash.get(hash) ?? text, text);
      byHash.set(hash, text);
    }),
    { ...SETTINGS, numRuns: 500 },
  );
});
