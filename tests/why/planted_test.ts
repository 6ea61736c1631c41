/**
 * Plants causes without processes, and asks `ato why`: no verdict may be wrong, and none misleading. The whole
 * suite, with real programs, is `bench/why/`.
 */
import { after, test } from "node:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { takeSnapshot } from "@ato/ato/fingerprint";
import { CREDIT } from "../../bench/why/causes/credit.ts";
import { SEED_MODES } from "../../bench/why/types.ts";
import { isPlain, Planter } from "./_planted.ts";

/** One for all kinds, because they share base runs. */
const folder = mkdtempSync(join(tmpdir(), "ato-planted-"));
let planter: Planter | undefined;
after(() => rmSync(folder, { recursive: true, force: true }));

/** Half of them: the whole suite runs elsewhere. */
const causes = CREDIT.filter(isPlain).filter((_, i) => i % 2 === 0);

test("ato why: the fast part of the planted suite has at least 40 causes", () => {
  assert(causes.length >= 40, `${causes.length} causes`);
});

for (const kind of new Set(causes.map(({ kind }) => kind))) {
  test(
    `ato why: no verdict on planted causes of the kind ${kind} is wrong or misleading`,
    async () => {
      planter ??= new Planter(folder, takeSnapshot);
      const missed: string[] = [];
      for (const cause of causes.filter((one) => one.kind === kind)) {
        for (const seeds of cause.seeds ? [cause.seeds] : SEED_MODES) {
          const { grade, why } = await planter.score(cause, seeds, 5);
          if (grade === "wrong" || grade === "misleading") {
            missed.push(`${grade}: ${why}`);
          }
        }
      }
      assertEquals(missed, []);
    },
  );
}
