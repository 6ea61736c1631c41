/**
 * The verdicts, sentence by sentence, each with the case in which saying it would be a lie.
 */
import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { ExplainOptions, Outcome, RunFacts } from "../../why/mod.ts";
import { explainFacts } from "../../why/mod.ts";
import { history, NO_INPUTS, type Parts, run, why } from "./_history.ts";

/** Deviations of repeats: mean 0, in no order. */
const NOISE = [0.01, -0.013, 0.004, 0.002, -0.006, 0.003];

/** Makes repeats of a setting. */
function repeats(
  from: number,
  count: number,
  parts: Parts & { readonly loss: number },
  seeds?: readonly number[],
): RunFacts[] {
  return Array.from({ length: count }, (_, k) =>
    run(from + k, {
      ...parts,
      ...(seeds && { seed: seeds[k] ?? k }),
      loss: parts.loss + (NOISE[k % NOISE.length] ?? 0),
    }));
}

const noInputs: Parts = { coverage: { inputs: NO_INPUTS } };
const noCode: Parts = {
  coverage: { code: { level: "none", missing: ["no code was recorded"] } },
};
const someCode: Parts = {
  coverage: {
    code: {
      level: "partial",
      missing: ["a.ts: changed since the process started"],
    },
  },
};
const lr = (value: number, loss: number, more: Parts = {}): Parts => ({
  ...more,
  config: { lr: value, ...more.config },
  loss,
});

interface Row {
  readonly name: string;
  readonly runs: readonly [RunFacts, RunFacts, ...RunFacts[]];
  readonly options?: ExplainOptions;
  readonly outcome: Outcome;
  /** The ids of the suspects, in order. */
  readonly suspects?: readonly string[];
  readonly says: readonly string[];
  readonly never?: readonly string[];
}

const A = 0.5;
const [before, after] = [lr(0.1, A), lr(0.2, 0.9)];

const ROWS: readonly Row[] = [
  // identical
  {
    name: "equal results of equal runs",
    runs: [run(1, before), run(2, before)],
    outcome: "identical",
    suspects: [],
    says: [
      "The results are identical.",
      "Same config, same code, same inputs and same environment.",
    ],
  },
  {
    name: "equal results, and code in part",
    runs: [
      run(1, { ...before, ...someCode }),
      run(2, { ...before, ...someCode }),
    ],
    outcome: "identical",
    says: ["the code that was recorded is the same"],
    never: ["same code"],
  },
  {
    name: "equal results, and code unknown in one run",
    runs: [run(1, before), run(2, { ...before, ...noCode })],
    outcome: "identical",
    says: ["code unknown"],
    never: ["same code"],
  },
  {
    name: "equal results in spite of another value",
    runs: [run(1, before), run(2, lr(0.2, A))],
    outcome: "identical",
    says: ["lr differs, without effect on loss here"],
    never: ["Same config"],
  },
  {
    name: "equal results in spite of another seed",
    runs: [run(1, { ...before, seed: 1 }), run(2, { ...before, seed: 2 })],
    outcome: "identical",
    says: ["The seed differs"],
    never: ["Same config"],
  },
  {
    name: "equal within the tolerance",
    runs: [run(1, before), run(2, lr(0.1, A + 1e-9))],
    options: { tolerance: 1e-6 },
    outcome: "identical",
    says: ["equal within the tolerance"],
    never: ["identical"],
  },
  {
    name: "not equal to the last bit",
    runs: [run(1, before), run(2, lr(0.1, A + 1e-16 * 4))],
    outcome: "unexplained",
    says: ["No recorded factor differs"],
    never: ["identical"],
  },
  {
    name: "the named metric is equal, another is not",
    runs: [
      run(1, { ...before, metrics: { acc: 1 } }),
      run(2, { ...after, metrics: { acc: 1 } }),
    ],
    options: { metric: "acc" },
    outcome: "identical",
    says: ["acc is identical", "loss differs"],
    never: ["The results are identical"],
  },
  {
    name: "only timings and counters differ",
    runs: [
      run(1, {
        ...before,
        metrics: { "time/epoch_seconds": 3, gpu_mem: 1, epoch: 4 },
      }),
      run(2, {
        ...before,
        metrics: { "time/epoch_seconds": 4, gpu_mem: 2, epoch: 5 },
      }),
    ],
    outcome: "identical",
    says: ["The results are identical"],
  },
  {
    name: "equal results by different ways",
    runs: [
      run(1, { metrics: { acc: [0.1, 0.5, 1] } }),
      run(2, { metrics: { acc: [0.2, 0.5, 1] } }),
    ],
    outcome: "unexplained",
    says: [
      "The results at the end are the same, but they differ on the way: acc.",
      "No recorded factor differs: chance (no repeats)",
    ],
    never: ["identical", "yet"],
  },
  {
    name: "equal results by different ways, and a value differs",
    runs: [
      run(1, { config: { lr: 1 }, metrics: { acc: [0.1, 0.5, 1] } }),
      run(2, { config: { lr: 2 }, metrics: { acc: [0.2, 0.5, 1] } }),
      run(3, { config: { lr: 1 }, metrics: { acc: [0.1, 0.5, 1] } }),
    ],
    outcome: "explained",
    suspects: ["config:lr"],
    says: [
      "differ on the way: acc.",
      "The difference goes with lr (1 -> 2)",
      "repeats are compared at the end only",
    ],
    never: ["are identical", "Caused", "no repeats"],
  },
  {
    name: "equal results by different ways with another seed",
    runs: [
      run(1, { seed: 1, metrics: { acc: [0.1, 0.5, 1] } }),
      run(2, { seed: 2, metrics: { acc: [0.2, 0.5, 1] } }),
    ],
    outcome: "explained",
    suspects: ["seed"],
    says: ["differ on the way: acc.", "Only the seed differs (1 -> 2)."],
    never: ["identical"],
  },
  {
    name: "a metric that one run alone has",
    runs: [
      run(1, { metrics: { loss: 1 } }),
      run(2, { metrics: { loss: 1, acc: 0.5 } }),
    ],
    outcome: "identical",
    says: ["The results are identical but for acc, which run 2 alone has."],
    never: ["identical."],
  },
  {
    name: "one metric differs, and the repeats are like one of the two",
    runs: [
      run(1, { metrics: { loss: 0.5123456789, acc: 0.51 } }),
      run(2, { metrics: { loss: 0.5123456789, acc: 0.61 } }),
      run(3, { metrics: { loss: 0.5123456789, acc: 0.51 } }),
      run(4, { metrics: { loss: 0.5123456789, acc: 0.51 } }),
    ],
    outcome: "unexplained",
    says: ["yet acc 0.51 -> 0.61"],
    never: ["identical but", "results are identical"],
  },
  {
    name: "one metric differs between all repeats of a deterministic program",
    runs: [1, 2, 3, 4].map((id) =>
      run(id, { metrics: { loss: 0.5123456789, tempo: id * 1.1 } })
    ) as unknown as Row["runs"],
    outcome: "identical",
    says: ["identical but for tempo, which differs between repeats, too."],
    never: ["identical."],
  },
  {
    name: "equal results after different lengths",
    runs: [
      run(1, { metrics: { acc: [0.1, 1] } }),
      run(2, { metrics: { acc: [0.1, 1, 1] } }),
    ],
    outcome: "unexplained",
    says: ["one run ended at step 1 and the other at step 2"],
    never: ["on the way", "identical"],
  },
  {
    name: "results that are not finite in either run",
    runs: [run(1, { loss: [1, NaN] }), run(2, { loss: [1, NaN] })],
    outcome: "identical",
    says: ["loss is not finite in either run."],
    never: ["The results are identical"],
  },
  {
    name: "results that are not finite in either run, by two ways",
    runs: [run(1, { loss: [1, NaN] }), run(2, { loss: [2, Infinity] })],
    outcome: "unexplained",
    says: ["yet loss 1 -> 2 (the last finite values)"],
    never: ["identical", "NaN", "Infinity", "not finite ->"],
  },
  {
    name: "results that are lost in two ways at the last step",
    runs: [run(1, { loss: [1, NaN] }), run(2, { loss: [1, Infinity] })],
    outcome: "unexplained",
    says: ["loss is not finite in either run, but the runs differ on the way"],
    never: ["identical"],
  },
  {
    name: "equal results of runs with other labels",
    runs: [
      run(1, { config: { outDir: "a" }, loss: 1 }),
      run(2, { config: { outDir: "b" }, loss: 1 }),
    ],
    outcome: "identical",
    says: ["same config but for labels (outDir)"],
    never: ["Same config,", "same config."],
  },
  {
    name: "equal results of runs with another value that nothing read",
    runs: [
      run(1, { config: { beta: 1 }, unread: ["beta"], loss: 1 }),
      run(2, { config: { beta: 2 }, unread: ["beta"], loss: 1 }),
    ],
    outcome: "identical",
    says: ["same config but for values that nothing read (beta)"],
    never: ["labels", "same config."],
  },
  {
    name: "a folder that most runs share is no label",
    runs: [
      run(1, { config: { outDir: "a" }, loss: 1 }),
      run(2, { config: { outDir: "b" }, loss: 2 }),
      ...[3, 4, 5, 6].map((id) =>
        run(id, { config: { outDir: "a" }, loss: 1 })
      ),
    ],
    outcome: "explained",
    suspects: ["config:outDir"],
    says: ["Caused by outDir"],
  },
  {
    name: "labels differ, and nothing that counts",
    runs: [
      run(1, { config: { outDir: "a" }, loss: 1 }),
      run(2, { config: { outDir: "b" }, loss: 2 }),
    ],
    outcome: "unexplained",
    says: ["No recorded factor that counts differs"],
    never: ["No recorded factor differs"],
  },
  {
    name:
      "only the seed differs, as far as recorded, beyond the noise of seeds",
    runs: [
      run(1, { ...lr(0.1, A, noInputs), seed: 1 }),
      run(2, { ...lr(0.1, 0.9, noInputs), seed: 2 }),
      ...repeats(3, 5, lr(0.1, A, noInputs) as never, [3, 4, 5, 6, 7]),
    ],
    outcome: "unexplained",
    suspects: [],
    says: [
      "No recorded factor but the seed differs",
      "inputs were not recorded",
    ],
    never: ["Only the seed", "chance:"],
  },
  {
    name: "equal shares of 24 samples, and one that is many steps away",
    runs: [
      run(1, { config: { lr: 0.1 }, seed: 1, metrics: { acc: 13 / 24 } }),
      run(2, { config: { lr: 0.2 }, seed: 4, metrics: { acc: 19 / 24 } }),
      run(3, { config: { lr: 0.1 }, seed: 2, metrics: { acc: 13 / 24 } }),
      run(4, { config: { lr: 0.1 }, seed: 3, metrics: { acc: 13 / 24 } }),
    ],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["Caused by lr"],
  },
  {
    name:
      "code is recorded in part, and a declaration was added in another file",
    runs: [
      run(1, { ...before, ...someCode }),
      run(2, {
        ...lr(0.1, 0.9),
        factors: { "code:b.ts#g": "new" },
        coverage: {
          code: {
            level: "partial",
            missing: ["a.ts: changed since the process started", "c.ts: other"],
          },
        },
      }),
    ],
    outcome: "explained",
    suspects: ["code:b.ts#g"],
    says: ["g in b.ts (added)", "code was recorded in part"],
  },
  {
    name:
      "a run that ended before its modules were recorded: none of them was removed",
    runs: [
      run(1, { ...before, factors: { "code:b.py#g": "old" } }),
      run(2, {
        ...lr(0.2, 0.9),
        coverage: {
          code: {
            level: "partial",
            missing: ["the modules that a.py imports are not recorded yet"],
          },
        },
      }),
    ],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["lr (0.1 -> 0.2)", "code was recorded in part"],
    never: ["removed"],
  },
  {
    name:
      "a variable that names another file: the file that is not read any more may still be there",
    runs: [
      run(1, {
        ...lr(0.1, A),
        factors: { "input:a.json": "1", "env:T": "unset" },
      }),
      run(2, {
        ...lr(0.1, 0.9),
        factors: { "input:b.json": "2", "env:T": "3" },
      }),
    ],
    outcome: "explained",
    suspects: ["input:a.json", "input:b.json", "env:T"],
    says: [
      "input a.json (no longer read)",
      "input b.json (newly read)",
      "variable T (unset -> set)",
    ],
    never: ["removed", "added"],
  },
  {
    name:
      "a variable that was not set and that nothing asks for any more: it was not set later",
    runs: [
      run(1, { ...lr(0.1, A), factors: { "env:T": "unset" } }),
      run(2, { ...lr(0.2, 0.9) }),
    ],
    outcome: "explained",
    suspects: ["config:lr", "env:T"],
    says: ["variable T (no longer read)"],
    never: ["unset -> set"],
  },
  // within-noise
  {
    name: "a difference as repeats have it",
    runs: [
      run(1, before),
      run(2, lr(0.2, 0.505)),
      ...repeats(3, 5, lr(0.1, A) as never),
    ],
    outcome: "within-noise",
    suspects: [],
    says: ["within the noise of 6 runs", "80% power", "is not shown"],
    never: ["lr changed loss."],
  },
  {
    name: "the same with three runs is not known",
    runs: [
      run(1, before),
      run(2, lr(0.2, 0.505)),
      ...repeats(3, 2, lr(0.1, A) as never),
    ],
    outcome: "unknown",
    suspects: ["config:lr"],
    says: ["cannot be told from chance with 3 runs", "is not ruled out"],
    never: ["within the noise", "far as recorded"],
  },
  {
    name: "the same where a smaller difference matters is not known",
    runs: [
      run(1, before),
      run(2, lr(0.2, 0.505)),
      ...repeats(3, 5, lr(0.1, A) as never),
    ],
    options: { practicalDifference: 0.001 },
    outcome: "unknown",
    says: ["cannot be told from chance", "is not ruled out"],
    never: ["within the noise"],
  },
  {
    name: "the same where inputs were not recorded is not known",
    runs: [
      run(1, lr(0.1, A, noInputs)),
      run(2, lr(0.2, 0.505, noInputs)),
      ...repeats(3, 5, lr(0.1, A, noInputs) as never),
    ],
    outcome: "unknown",
    says: ["cannot be told from chance as far as recorded with 6 runs"],
    never: ["within the noise"],
  },
  // explained
  {
    name: "a difference beyond known noise",
    runs: [
      run(1, before),
      run(2, after),
      ...repeats(3, 4, lr(0.1, A) as never),
    ],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["Caused by lr (0.1 -> 0.2)", "beyond the noise of 5 runs"],
  },
  {
    name: "the same without repeats",
    runs: [run(1, before), run(2, after)],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["goes with lr", "not known whether this is chance: no repeats."],
    never: ["Caused", "no evidence", "inputs", "seed"],
  },
  {
    name: "the same where inputs were not recorded",
    runs: [
      run(1, lr(0.1, A, noInputs)),
      run(2, lr(0.2, 0.9, noInputs)),
      ...repeats(3, 4, lr(0.1, A, noInputs) as never),
    ],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["goes with lr", "inputs were not recorded", "beyond the noise"],
    never: ["Caused"],
  },
  {
    name: "repeats of other code are no repeats",
    runs: [
      run(1, before),
      run(2, after),
      ...repeats(
        3,
        4,
        lr(0.1, A, { factors: { "code:a.ts#f": "other" } }) as never,
      ),
    ],
    outcome: "explained",
    says: ["no repeats"],
    never: ["Caused", "beyond"],
  },
  {
    name: "repeats whose code is unknown are no repeats",
    runs: [
      run(1, before),
      run(2, after),
      ...repeats(3, 4, lr(0.1, A, noCode) as never),
    ],
    outcome: "explained",
    says: ["no repeats"],
    never: ["Caused", "beyond"],
  },
  {
    name: "a failed run is no repeat",
    runs: [
      run(1, before),
      run(2, after),
      ...repeats(3, 4, lr(0.1, A, { status: "failed" }) as never),
    ],
    outcome: "explained",
    says: ["no repeats"],
    never: ["Caused", "beyond"],
  },
  {
    name: "another seed without repeats",
    runs: [run(1, { ...before, seed: 1 }), run(2, { ...after, seed: 2 })],
    outcome: "explained",
    suspects: ["config:lr"],
    says: [
      "goes with lr (0.1 -> 0.2): loss 0.5 -> 0.9, or the seed: no repeats.",
    ],
    never: ["Caused"],
  },
  {
    name: "another seed, and two seeds are too few",
    runs: [
      run(1, { ...before, seed: 1 }),
      run(2, { ...after, seed: 2 }),
      run(3, { ...before, loss: 0.51, seed: 3 }),
    ],
    outcome: "explained",
    says: ["or the seed: too few repeats."],
    never: ["no repeats", "Caused"],
  },
  {
    name: "another seed, and the noise of seeds is known",
    runs: [
      run(1, { ...before, seed: 1 }),
      run(2, { ...after, seed: 2 }),
      ...repeats(3, 4, lr(0.1, A) as never, [3, 4, 5, 6]),
    ],
    outcome: "explained",
    says: ["Caused by lr", "beyond the noise of 5 seeds"],
    never: ["or the seed", "about this seed"],
  },
  {
    name: "repeats with the same seed do not judge another seed",
    runs: [
      run(1, { ...before, seed: 1 }),
      run(2, { ...after, seed: 2 }),
      ...repeats(3, 4, lr(0.1, A) as never, [1, 1, 1, 1]),
    ],
    outcome: "explained",
    says: ["or the seed: too few repeats."],
    never: ["Caused", "beyond"],
  },
  {
    name: "identical repeats with the same seed",
    runs: [
      run(1, { ...before, seed: 1 }),
      run(2, { ...lr(0.2, 0.5000001), seed: 1 }),
      run(3, { ...before, seed: 1 }),
    ],
    outcome: "explained",
    says: ["Caused by lr", "repeats are identical (2 runs)", "about this seed"],
    never: ["sigma", "p ="],
  },
  {
    name: "identical repeats of two other seeds",
    runs: [
      run(1, { ...before, seed: 1 }),
      run(2, { ...lr(0.2, 0.6), seed: 4 }),
      run(3, { ...before, seed: 2 }),
    ],
    outcome: "explained",
    says: ["or the seed: too few repeats"],
    never: ["identical", "Caused"],
  },
  {
    name: "identical repeats of three seeds, with many digits",
    runs: [
      run(1, { ...lr(0.1, 0.5123456789), seed: 1 }),
      run(2, { ...lr(0.2, 0.6123456789), seed: 4 }),
      run(3, { ...lr(0.1, 0.5123456789), seed: 2 }),
      run(4, { ...lr(0.1, 0.5123456789), seed: 3 }),
    ],
    outcome: "explained",
    says: ["Caused by lr", "repeats are identical (3 seeds)"],
  },
  {
    name: "shares of 30 samples agree by chance",
    runs: [
      run(1, { config: { lr: 0.1 }, seed: 1, metrics: { acc: 29 / 30 } }),
      run(2, { config: { lr: 0.2 }, seed: 4, metrics: { acc: 28 / 30 } }),
      run(3, { config: { lr: 0.1 }, seed: 2, metrics: { acc: 29 / 30 } }),
      run(4, { config: { lr: 0.1 }, seed: 3, metrics: { acc: 29 / 30 } }),
    ],
    outcome: "unknown",
    says: ["cannot be told from chance"],
    never: ["Caused"],
  },
  {
    name: "a leaf that was not read is no suspect",
    runs: [
      run(1, { ...before, config: { lr: 0.1, unused: 1 }, unread: ["unused"] }),
      run(2, { ...after, config: { lr: 0.2, unused: 2 }, unread: ["unused"] }),
    ],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["goes with lr"],
    never: ["unused"],
  },
  {
    name: "a leaf that one run read is a suspect",
    runs: [
      run(1, { ...before, config: { lr: 0.1, used: 1 }, unread: ["used"] }),
      run(2, { ...after, config: { lr: 0.2, used: 2 } }),
    ],
    outcome: "explained",
    suspects: ["config:lr", "config:used"],
    says: ["one of: lr (0.1 -> 0.2) or used (1 -> 2)"],
  },
  {
    name: "an output folder is a label",
    runs: [
      run(1, { config: { out: "runs/1", lr: 0.1 }, loss: 0.5 }),
      run(2, { config: { out: "runs/2", lr: 0.2 }, loss: 0.9 }),
    ],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["goes with lr"],
    never: ["runs/1"],
  },
  {
    name: "the size of a layer is no label, though it is called out",
    runs: [
      run(1, { config: { out: 64 }, loss: 0.5 }),
      run(2, { config: { out: 32 }, loss: 0.9 }),
    ],
    outcome: "explained",
    suspects: ["config:out"],
    says: ["goes with out (64 -> 32)"],
  },
  {
    name:
      "code comes before config, packages and the machine, and one run tells them apart from nothing",
    runs: [
      run(1, {
        config: { lr: 1 },
        factors: {
          "code:a.ts#f": "x",
          "package:npm:ms": "1.0.0",
          "environment:cpu": '"m1"',
        },
        loss: 1,
      }),
      run(2, {
        config: { lr: 2 },
        factors: {
          "code:a.ts#f": "y",
          "package:npm:ms": "2.0.0",
          "environment:cpu": '"m2"',
        },
        loss: 2,
      }),
    ],
    outcome: "explained",
    suspects: ["code:a.ts#f", "config:lr", "package:npm:ms", "environment:cpu"],
    says: [
      "one of: f in a.ts, lr (1 -> 2), package npm:ms (1.0.0 -> 2.0.0) or cpu",
    ],
    never: ["Caused"],
  },
  {
    name: "code that one run does not have is unknown, not removed",
    runs: [
      run(1, { ...before, factors: { "code:a.ts#f": "x" } }),
      run(2, { ...after, ...noCode }),
    ],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["goes with lr", "code of one run was not recorded"],
    never: ["f in a.ts", "Caused"],
  },
  {
    name: "a result that is not finite, once",
    runs: [run(1, before), run(2, { ...after, loss: [1, NaN] })],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["loss 0.5 -> not finite", "no repeats"],
    never: ["NaN", "Caused"],
  },
  {
    name: "a result that is not finite, among some",
    runs: [
      run(1, before),
      run(2, { ...after, loss: [1, NaN] }),
      ...repeats(3, 3, lr(0.1, A) as never),
    ],
    outcome: "unknown",
    says: ["cannot be told from chance"],
    never: ["Caused", "NaN"],
  },
  // the seed alone
  {
    name: "the seed alone differs",
    runs: [
      run(1, { ...before, seed: 1 }),
      run(2, { ...lr(0.1, 0.9), seed: 2 }),
    ],
    outcome: "explained",
    suspects: ["seed"],
    says: [
      "Only the seed differs (1 -> 2): loss 0.5 -> 0.9; there are no repeats to show how much the seed does.",
    ],
    never: ["Caused", "Of what was recorded", "noise"],
  },
  {
    name: "the seed alone differs, by both of its names",
    runs: [
      run(1, { ...lr(0.1, A, { config: { seed: 1 } }), seed: 1 }),
      run(2, { ...lr(0.1, 0.9, { config: { seed: 2 } }), seed: 2 }),
    ],
    outcome: "explained",
    says: ["Only the seed differs (1 -> 2): loss 0.5 -> 0.9;"],
    never: ["seeds", "and"],
  },
  {
    name: "two seeds differ",
    runs: [
      run(1, { ...lr(0.1, A, { config: { "a.seed": 1 } }), seed: 3 }),
      run(2, { ...lr(0.1, 0.9, { config: { "a.seed": 2 } }), seed: 4 }),
    ],
    outcome: "explained",
    says: ["Only the seeds differ: a.seed (1 -> 2) and the seed (3 -> 4)"],
  },
  {
    name: "the seed alone differs, beyond the noise of seeds",
    runs: [
      run(1, { ...before, seed: 1 }),
      run(2, { ...lr(0.1, 0.9), seed: 2 }),
      ...repeats(3, 5, lr(0.1, A) as never, [3, 4, 5, 6, 7]),
    ],
    outcome: "unexplained",
    suspects: [],
    says: [
      "No recorded factor but the seed differs",
      "a rare seed, or something that is not part of the record",
      "beyond the noise of 6",
    ],
    never: ["Only the seed", "chance:"],
  },
  {
    name: "the seed alone differs, and other seeds differ as much",
    runs: [
      run(1, { ...lr(0.1, A, noInputs), seed: 1 }),
      run(2, { ...lr(0.1, 0.505, noInputs), seed: 2 }),
      ...repeats(3, 5, lr(0.1, A, noInputs) as never, [3, 4, 5, 6, 7]),
    ],
    outcome: "explained",
    suspects: ["seed"],
    says: ["only the seed differs", "not beyond the noise of 6"],
    never: ["is beyond", "rare", "there are"],
  },
  {
    name: "the seed alone differs, as far as recorded",
    runs: [
      run(1, { ...lr(0.1, A, noInputs), seed: 1 }),
      run(2, { ...lr(0.1, 0.9, noInputs), seed: 2 }),
    ],
    outcome: "explained",
    suspects: ["seed"],
    says: [
      "Of what was recorded, only the seed differs (1 -> 2)",
      "inputs were not recorded",
    ],
  },
  {
    name: "a seed in the config is a seed",
    runs: [
      run(1, lr(0.1, A, { config: { "train.random_state": 1 } })),
      run(2, lr(0.1, 0.9, { config: { "train.random_state": 2 } })),
    ],
    outcome: "explained",
    suspects: ["config:train.random_state"],
    says: ["Only train.random_state differs (1 -> 2)"],
  },
  {
    name: "a seed that splits the data is config",
    runs: [
      run(1, lr(0.1, A, { config: { "data.seed": 1, splitSeed: 3 } })),
      run(2, lr(0.1, 0.9, { config: { "data.seed": 2, splitSeed: 4 } })),
    ],
    outcome: "explained",
    suspects: ["config:data.seed", "config:splitSeed"],
    says: ["one of: data.seed (1 -> 2) or splitSeed (3 -> 4)"],
    never: ["Only"],
  },
  {
    name: "a seed that splits the data is a seed if it is listed",
    runs: [
      run(1, { ...before, config: { lr: 0.1, splitSeed: 1 } }),
      run(2, { ...after, config: { lr: 0.2, splitSeed: 2 } }),
    ],
    options: { seeds: ["splitSeed"] },
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["or the seed: no repeats"],
  },
  // what runs with another seed than the first one show
  {
    name: "one factor moved the metric against the difference, with one seed",
    runs: [
      run(1, { config: { lr: 1, p: 1 }, seed: 1, loss: 0.9 }),
      run(2, { config: { lr: 2, p: 2 }, seed: 2, loss: 0.6 }),
      run(3, { config: { lr: 1, p: 2 }, seed: 2, loss: 0.4 }),
    ],
    outcome: "explained",
    suspects: ["config:lr", "config:p"],
    says: [
      "goes the other way than lr (1 -> 2), which moved loss by +0.2 between run 3 and run 2",
      "it goes with p (1 -> 2), or the seed: no repeats.",
    ],
    never: ["The difference goes with lr", "Caused"],
  },
  {
    name:
      "one factor moved the metric along with the difference, with one seed",
    runs: [
      run(1, { config: { lr: 1, p: 1 }, seed: 1, loss: 0.9 }),
      run(2, { config: { lr: 2, p: 2 }, seed: 2, loss: 0.6 }),
      run(3, { config: { lr: 1, p: 2 }, seed: 2, loss: 0.8 }),
    ],
    outcome: "explained",
    suspects: ["config:lr", "config:p"],
    says: [
      "The difference goes with lr (1 -> 2): loss 0.9 -> 0.6, or the seed: no repeats.",
      "p differs, too, and is not shown to be harmless",
    ],
    never: ["the other way", "one of", "Caused"],
  },
  {
    name: "a run with the second seed is all the same without one factor",
    runs: [
      run(1, { config: { lr: 1, p: 1 }, seed: 1, loss: 0.9123456789 }),
      run(2, { config: { lr: 2, p: 2 }, seed: 2, loss: 0.6123456789 }),
      run(3, { config: { lr: 2, p: 1 }, seed: 2, loss: 0.6123456789 }),
    ],
    outcome: "explained",
    suspects: ["config:lr"],
    says: ["or the seed: no repeats.", "p is not shown to be harmless"],
    never: ["one of"],
  },
  {
    name: "a run with the second seed agrees without one factor by few digits",
    runs: [
      run(1, { config: { lr: 1, p: 1 }, seed: 1, loss: 0.9 }),
      run(2, { config: { lr: 2, p: 2 }, seed: 2, loss: 0.6 }),
      run(3, { config: { lr: 2, p: 1 }, seed: 2, loss: 0.6 }),
    ],
    outcome: "explained",
    suspects: ["config:lr", "config:p"],
    says: ["one of: lr (1 -> 2) or p (1 -> 2)"],
    never: ["suffices"],
  },
  {
    name: "a run between them with a third seed shows nothing",
    runs: [
      run(1, { config: { lr: 1, p: 1 }, seed: 1, loss: 0.9123456789 }),
      run(2, { config: { lr: 2, p: 2 }, seed: 2, loss: 0.6123456789 }),
      run(3, { config: { lr: 1, p: 2 }, seed: 3, loss: 0.9123456789 }),
    ],
    outcome: "explained",
    suspects: ["config:lr", "config:p"],
    says: ["one of: lr (1 -> 2) or p (1 -> 2)"],
    never: ["nothing else", "suffices"],
  },
  // unexplained
  {
    name: "nothing differs, and there are no repeats",
    runs: [run(1, before), run(2, lr(0.1, 0.9))],
    outcome: "unexplained",
    suspects: [],
    says: [
      "No recorded factor differs",
      "chance (no repeats)",
      "not part of the record",
    ],
    never: ["was not recorded ("],
  },
  {
    name: "nothing differs as far as recorded",
    runs: [run(1, lr(0.1, A, noInputs)), run(2, lr(0.1, 0.9, noInputs))],
    outcome: "unexplained",
    says: [
      "something that was not recorded (inputs were not recorded)",
      "inputs unknown",
    ],
    never: ["same inputs"],
  },
  {
    name: "nothing differs as far as recorded, and repeats vary as much",
    runs: [
      run(1, lr(0.1, A, noInputs)),
      run(2, lr(0.1, 0.505, noInputs)),
      ...repeats(3, 5, lr(0.1, A, noInputs) as never),
    ],
    outcome: "unexplained",
    says: ["chance: 6 runs vary as much, as far as recorded"],
    never: ["beyond", "within the noise"],
  },
  {
    name: "nothing differs as far as recorded, and repeats vary less",
    runs: [
      run(1, lr(0.1, A, noInputs)),
      run(2, lr(0.1, 0.9, noInputs)),
      ...repeats(3, 5, lr(0.1, A, noInputs) as never),
    ],
    outcome: "unexplained",
    says: ["beyond the noise of 6 runs"],
    never: ["chance:"],
  },
  {
    name: "nothing that is known differs, and code is unknown",
    runs: [
      run(1, { ...before, factors: { "code:a.ts#f": "x" } }),
      run(2, { ...lr(0.1, 0.9), ...noCode }),
    ],
    outcome: "unexplained",
    says: [
      "No recorded factor is known to differ",
      "code of one run was not recorded",
    ],
    never: ["same code", "No recorded factor differs"],
  },
  // stopped-early
  {
    name: "a run failed, and was equal until there",
    runs: [
      run(1, { ...before, loss: [4, 3, 2, 1] }),
      run(2, {
        ...after,
        loss: [4, 3],
        status: "failed",
        error: "Error: boom",
      }),
    ],
    outcome: "stopped-early",
    suspects: ["config:lr"],
    says: [
      "Run 2 stopped after step 1: Error: boom.",
      "the metrics were equal",
      "lr (0.1 -> 0.2) differs",
    ],
    never: ["Caused", "already differed"],
  },
  {
    name: "a run was interrupted, and had differed before",
    runs: [
      run(1, { ...before, loss: [4, 3, 2, 1] }),
      run(2, { ...after, loss: [4, 3.5], status: "interrupted" }),
    ],
    outcome: "stopped-early",
    says: ["stopped after step 1: interrupted", "already differed (3 -> 3.5)"],
    never: ["were equal"],
  },
  {
    name: "a run is still running",
    runs: [
      run(1, { ...before, loss: [4, 3, 2, 1] }),
      run(2, { ...before, loss: [4, 3], status: "running" }),
    ],
    outcome: "stopped-early",
    suspects: [],
    says: [
      "Run 2 is still running after step 1",
      "Nothing that was recorded differs",
    ],
    never: ["stopped after"],
  },
  {
    name: "both stopped",
    runs: [
      run(1, { ...before, status: "failed", error: "Error: one" }),
      run(2, { ...before, status: "crashed" }),
    ],
    outcome: "stopped-early",
    says: [
      "Run 1 stopped after step 0: Error: one",
      "Run 2 stopped after step 0: crashed",
    ],
  },
  {
    name: "of two factors, one run tells which made it fail",
    runs: [
      run(1, { config: { lr: 1, batch: 1 }, loss: 1 }),
      run(2, {
        config: { lr: 2, batch: 2 },
        loss: 1,
        status: "failed",
        error: "Error: memory",
      }),
      run(3, { config: { lr: 2, batch: 1 }, loss: 1 }),
    ],
    outcome: "stopped-early",
    suspects: ["config:batch", "config:lr"],
    says: ["It goes with batch (1 -> 2)"],
    never: ["Caused"],
  },
  {
    name: "of two factors, one run tells without which a run did not fail",
    runs: [
      run(1, { config: { lr: 2, batch: 2 }, loss: 1, status: "failed" }),
      run(2, { config: { lr: 1, batch: 1 }, loss: 1 }),
      run(3, { config: { lr: 2, batch: 1 }, loss: 1 }),
    ],
    outcome: "stopped-early",
    suspects: ["config:batch", "config:lr"],
    says: ["It goes with batch (2 -> 1)"],
    never: ["Caused"],
  },
  {
    name: "a run failed with two factors, and with neither alone",
    runs: [
      run(1, { config: { lr: 2, batch: 2 }, loss: 1, status: "failed" }),
      run(2, { config: { lr: 1, batch: 1 }, loss: 1 }),
      run(3, { config: { lr: 2, batch: 1 }, loss: 1 }),
      run(4, { config: { lr: 1, batch: 2 }, loss: 1 }),
    ],
    outcome: "stopped-early",
    suspects: ["config:batch", "config:lr"],
    says: ["It goes with batch (2 -> 1) and lr (2 -> 1) together"],
    never: ["one of"],
  },
  // length
  {
    name: "two lengths, equal until the shorter one ended",
    runs: [
      run(1, { config: { lr: 1, epochs: 4 }, loss: [4, 3, 2, 1] }),
      run(2, { config: { lr: 2, epochs: 2 }, loss: [4, 3] }),
    ],
    outcome: "explained",
    suspects: ["config:epochs", "config:lr"],
    // Without a comparison of the points, nothing is known of the way.
    says: ["equal at step 1"],
    never: ["equal until"],
  },
  {
    name: "two lengths, different before",
    runs: [
      run(1, { config: { lr: 1, epochs: 4 }, loss: [4, 3, 2, 1] }),
      run(2, { config: { lr: 2, epochs: 2 }, loss: [5, 4] }),
    ],
    outcome: "explained",
    says: ["after 3 and 1 steps"],
    never: ["equal until"],
  },
  // no result
  {
    name: "no metric in common",
    runs: [run(1, { metrics: { a: 1 } }), run(2, { metrics: { b: 1 } })],
    outcome: "unknown",
    says: ["no metric in common"],
    never: ["has no metrics", "identical"],
  },
  {
    name: "no metrics at all",
    runs: [run(1, { config: { lr: 1 } }), run(2, { config: { lr: 2 } })],
    outcome: "unknown",
    says: ["run 1 has no metrics", "lr (1 -> 2) differs"],
    never: ["identical"],
  },
];

for (const { name, runs, options, outcome, suspects, says, never } of ROWS) {
  test(`explainFacts: ${name}`, () => {
    const [a, b, ...others] = runs;
    const verdict = why(a, b, others, options);
    const { sentence } = verdict;
    assertEquals(verdict.outcome, outcome, sentence);
    if (suspects !== undefined) {
      assertEquals(verdict.suspects.map(({ id }) => id), suspects, sentence);
    }
    for (const text of says) {
      assert(
        sentence.toLowerCase().includes(text.toLowerCase()),
        `${sentence}\ndoes not say\n${text}`,
      );
    }
    for (const text of never ?? []) {
      assert(!sentence.includes(text), `${sentence}\nsays\n${text}`);
    }
    assertEquals(verdict.isCaused, sentence.startsWith("Caused by"));
    assertEquals(verdict.version, 2);
  });
}

test("explainFacts: the noise is not taken from the compared pair", () => {
  // With A and B alone in their settings, no spread is known, however many runs of other settings there are.
  const others = repeats(3, 6, lr(0.3, 0.7) as never);
  const { metric, repeats: found } = why(run(1, before), run(2, after), others);
  assertEquals(metric?.test, undefined);
  assertEquals([found.a.runs, found.b.runs], [[1], [2]]);
});

test("explainFacts: a run that is the best of its repeats is called unusual only far outside", () => {
  const others = repeats(3, 8, lr(0.1, A) as never);
  const far = why(run(1, lr(0.1, 0.9)), run(2, lr(0.2, 0.5)), others);
  assert(far.sentence.includes("Run 1 was an unusual run"), far.sentence);
  assertEquals(far.outcome, "within-noise");
  const near = why(run(1, lr(0.1, 0.52)), run(2, lr(0.2, 0.5)), others);
  assert(!near.sentence.includes("unusual"), near.sentence);
});

test("explainFacts: the metric is named, then stated, then one that differs", () => {
  const metrics = { "val/acc": 0.5, loss: 1 };
  const parts = (experiment: Parts["config"], acc: number, loss: number) => ({
    config: { ...experiment },
    metrics: { ...metrics, "val/acc": acc, loss },
  });
  const stated = { "experiment.metric": "loss" };
  const pick = (config: Parts["config"], options?: ExplainOptions) =>
    why(
      run(1, parts(config, 0.5, 1)),
      run(2, parts(config, 0.6, 2)),
      [],
      options,
    )
      .metric?.key;
  assertEquals(pick({}), "val/acc");
  assertEquals(pick(stated), "loss");
  assertEquals(pick(stated, { metric: "val/acc" }), "val/acc");
  const same = why(run(1, parts({}, 0.5, 1)), run(2, parts({}, 0.5, 2)));
  assertEquals(same.metric?.key, "loss");
  // A metric that is the same in all runs is no choice.
  assertEquals(same.metric?.among, 1);
});

test("explainFacts: what varies between identical repeats is not chosen", () => {
  const parts = (loss: number, shuffle: number) => ({
    config: { lr: loss },
    metrics: { loss: Math.sqrt(loss), score: shuffle },
  });
  const verdict = why(run(1, parts(0.1, 5)), run(2, parts(0.1, 6)), [
    run(3, parts(0.1, 7)),
  ]);
  assertEquals(verdict.outcome, "identical");
});

test("explainFacts: a copy of a config value is not chosen, and a result of its name is", () => {
  const copy = why(
    run(1, { config: { beta: 1 }, metrics: { beta: 1, out: 3 } }),
    run(2, { config: { beta: 2 }, metrics: { beta: 2, out: 3 } }),
  );
  assertEquals(copy.outcome, "identical");
  const result = why(
    run(1, { config: { beta: 1 }, metrics: { beta: 0.7, out: 3 } }),
    run(2, { config: { beta: 2 }, metrics: { beta: 0.9, out: 3 } }),
  );
  assertEquals(result.metric?.key, "beta");
});

test("explainFacts: the best value is compared if it is asked for", () => {
  const [a, b] = [run(1, { loss: [3, 1, 2] }), run(2, { loss: [3, 1, 4] })];
  assertEquals(why(a, b).outcome, "unexplained");
  assertEquals(why(a, b, [], { at: "best", mode: "min" }).outcome, "identical");
});

test("explainFacts: options out of range are refused with what to give", () => {
  const [a, b] = [run(1, before), run(2, after)];
  for (const options of [{ alpha: 0 }, { alpha: 1.5 }, { alpha: NaN }]) {
    assertThrows(() => why(a, b, [], options), Error, "above 0 and below 1");
  }
  assertThrows(() => why(a, b, [], { tolerance: -1 }), Error, "at least 0");
});

test("explainFacts: labels and unread leaves are shown", () => {
  const verdict = why(
    run(1, { config: { out: "a", lr: 1 }, unread: ["lr"], loss: 1 }),
    run(2, { config: { out: "b", lr: 2 }, unread: ["lr"], loss: 2 }),
  );
  assertEquals(verdict.labels, [
    { id: "config:out", before: '"a"', after: '"b"' },
  ]);
  assertEquals(verdict.unread, [{ id: "config:lr", before: "1", after: "2" }]);
  assertEquals(verdict.differing, []);
  assertEquals(verdict.outcome, "unexplained");
});

test("explainFacts: what was not recorded is listed, and so are left out runs", () => {
  const verdict = explainFacts({
    a: run(1, { ...before, factors: { "code:a.ts#f": "x" } }),
    b: run(2, { ...after, ...noCode }),
    others: [],
    leftOut: 7,
  });
  assertEquals(verdict.leftOut, 7);
  assertEquals(verdict.unknown, [
    "code: no code was recorded",
    "code:a.ts#f: not known in run 2",
  ]);
  assertEquals(verdict.coverage.code.level, "none");
  assertEquals([verdict.coverage.code.a, verdict.coverage.code.b], [
    "full",
    "none",
  ]);
});

test("explainFacts: says when too many factors differ to look for one that the result goes with", () => {
  const many = (count: number, value: number) =>
    run(value, {
      config: Object.fromEntries(
        Array.from({ length: count }, (_, k) => [`k${k}`, value]),
      ),
      loss: value,
    });
  const said = (count: number) =>
    why(many(count, 1), many(count, 2)).unknown.join();
  assert(said(51).includes("one of the 51 factors"), said(51));
  assertEquals(said(50), "");
});

test("explainFacts: where outputs first diverge is said if no factor explains the difference, and only then", () => {
  const outputs = [{ traceId: "load", call: 2 }, { traceId: "fit", call: 0 }];
  const says =
    " The outputs first diverge at load, call 3: randomness without a seed there, or what it reads.";
  const of = (b: Parts, first?: typeof outputs) =>
    explainFacts({
      ...history(run(1, before), run(2, b)),
      ...(first && { outputs: first }),
    });
  const open = of(lr(0.1, 0.9), outputs);
  assertEquals(open.outcome, "unexplained");
  assert(open.sentence.endsWith(says), open.sentence);
  for (
    const other of [
      of(lr(0.1, 0.9), []),
      of(lr(0.1, 0.9)),
      of(after, outputs),
      of(before, outputs),
    ]
  ) assert(!other.sentence.includes("outputs"), other.sentence);
});

test("explainFacts: groups of evidence say what else differs between them, and nothing if that is all", () => {
  const config = (x: number, y: number) => ({ config: { x, y } });
  const runs = [
    run(1, { ...config(0, 0), loss: 1 }),
    run(2, { ...config(1, 1), loss: 2 }),
    run(3, { ...config(1, 0), loss: 2 }),
  ] as const;
  const { evidence, suspects } = why(runs[0], runs[1], [runs[2]]);
  assertEquals(suspects[0]?.id, "config:x");
  assertEquals(
    evidence.map(({ value, others }) => [value, others]),
    [
      ["0", [{ id: "config:y", value: "0" }]],
      ["1", [{ id: "config:y", value: "0" }]],
      ["1", [{ id: "config:y", value: "1" }]],
    ],
  );
  const alone = why(runs[0], runs[2]).evidence;
  assertEquals(alone.map(({ others }) => others), [undefined, undefined]);
});
