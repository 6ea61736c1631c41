/**
 * Plants causes without processes, and asks `ato why`: no verdict may be wrong, and none misleading. The whole
 * suite, with real programs, is `bench/why/`. The verdicts are computed: each runtime asks about a third of the causes.
 */
import { after, test } from "node:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { takeSnapshot } from "@ato/ato/fingerprint";
import { CREDIT } from "../../bench/why/causes/credit.ts";
import { INPUTS } from "../../bench/why/causes/inputs.ts";
import { PYTHON } from "../../bench/why/causes/python.ts";
import { type Cause, SEED_MODES } from "../../bench/why/types.ts";
import { ownShare } from "../_shared/share.ts";
import { NO_PYTHON } from "../observe/_pythons.ts";
import { isPlain, Planter } from "./_planted.ts";
import { isPlainPython } from "./_planted_python.ts";

/** One for all kinds, because they share base runs. */
const folder = mkdtempSync(join(tmpdir(), "ato-planted-"));
let planter: Planter | undefined;
after(() => rmSync(folder, { recursive: true, force: true }));

/** Half of them: the whole suite runs elsewhere. What these programs read is not recorded. */
const causes = CREDIT.filter(isPlain).filter((_, i) => i % 2 === 0)
  .map((cause): Cause => ({ ...cause, base: { ...cause.base, plain: true } }));

/** What a Python program reads, and some of its code. */
const observed = [
  ...INPUTS.filter(({ project }) => project === "pricing"),
  ...PYTHON.filter((_, i) => i % 4 === 0),
].filter(isPlainPython).filter((_, i) => i % 2 === 0);

test("ato why: the fast part of the planted suite has at least 40 causes, and 15 of inputs and Python", () => {
  assert(causes.length >= 40, `${causes.length} causes`);
  assert(observed.length >= 15, `${observed.length} causes`);
});

const own = ownShare(causes);

for (const kind of new Set(own.map(({ kind }) => kind))) {
  test(
    `ato why: no verdict on planted causes of the kind ${kind} is wrong or misleading`,
    async () => {
      planter ??= new Planter(folder, takeSnapshot);
      const some = own.filter((one) => one.kind === kind);
      assertEquals(await missesOf(some, planter), []);
    },
  );
}

test(
  "ato why: no verdict on planted inputs, variables and Python code is wrong or misleading",
  { skip: NO_PYTHON },
  async () => {
    planter ??= new Planter(folder, takeSnapshot);
    const some = ownShare(observed);
    const edits = some.flatMap(({ base, others = [], b }) =>
      [...others, b].map((one) => [...base?.edits ?? [], ...one.edits ?? []])
    );
    await planter.python.parse([[], ...edits]);
    assertEquals(await missesOf(some, planter), []);
  },
);

/** Asks about each cause, and says which verdicts are wrong or misleading. */
async function missesOf(
  causes: readonly Cause[],
  planter: Planter,
): Promise<string[]> {
  const missed: string[] = [];
  for (const cause of causes) {
    for (const seeds of cause.seeds ? [cause.seeds] : SEED_MODES) {
      const { grade, why } = await planter.score(cause, seeds, 5);
      if (grade === "wrong" || grade === "misleading") {
        missed.push(`${grade}: ${why}`);
      }
    }
  }
  return missed;
}
