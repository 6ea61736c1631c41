/** What is said holds of every run that it is said of, and from both sides. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { bisectFacts, explainFacts, type RunFacts } from "../../why/mod.ts";
import { history, run, why } from "./_history.ts";

/** Facts of the answer that do not follow from which run is named first. */
function mirrored(a: RunFacts, b: RunFacts, others: readonly RunFacts[]) {
  const answers = [why(a, b, others), why(b, a, others)].map((verdict) => ({
    outcome: verdict.outcome,
    suspects: verdict.suspects.map(({ id, evidence, p }) => [id, evidence, p]),
    cleared: verdict.cleared.map(({ id }) => id).sort(),
    repeats: verdict.repeats.a.runs.length + verdict.repeats.b.runs.length,
    hasNext: verdict.next !== undefined,
  }));
  assertEquals(answers[1], answers[0]);
  return answers[0]!;
}

test("why: a repeat of two runs of one setting is one of both, though one of them did not read a leaf", () => {
  const { repeats } = mirrored(
    run(1, { config: { x: 1 }, loss: 1 }),
    run(2, { config: { x: 1 }, unread: ["x"], loss: 2 }),
    [run(3, { config: { x: 0 }, unread: ["x"], loss: 3 })],
  );
  assertEquals(repeats, 2);
});

test("why: a run lies between two others only if it is like both in all else", () => {
  mirrored(
    run(1, { config: { x: 0, y: 0, u: 1 }, unread: ["u"], loss: 0 }),
    run(2, { config: { x: 1, y: 1, u: 2 }, unread: ["u"], loss: 4 }),
    // It read what neither of the two read, and has the value of the first.
    [run(3, { config: { x: 1, y: 0, u: 1 }, loss: 4 })],
  );
});

test("why: a leaf that nothing read in two runs is not what changed between them", () => {
  const { suspects } = why(
    run(1, { config: { y: 1, z: 1 }, seed: 1, loss: 0 }),
    run(2, { config: { y: 0, z: 0 }, unread: ["z"], loss: 1 / 7 }),
    [
      run(3, { config: { y: 0, z: 1 }, unread: ["z"], seed: 1, loss: 0 }),
      run(4, { config: { y: 1, z: 1 }, unread: ["z"], seed: 1, loss: 1 / 7 }),
    ],
  );
  const idle = suspects.filter(({ id, runs }) =>
    id === "config:z" && `${runs}` === "3,2"
  );
  assertEquals(idle, []);
});

test("why: two runs that agree within a tolerance agree from both sides", () => {
  const runs = [
    run(1, { config: { x: 0 }, seed: 1, loss: 0.25 }),
    run(2, { config: { x: 1 }, loss: 0 }),
    run(3, { config: { x: 1 }, seed: 1, loss: 0 }),
    run(4, { config: { x: 0 }, seed: 1, loss: 0.123456789 }),
  ] as const;
  const [a, b, ...others] = runs;
  const options = { tolerance: 0.5, atol: 0.2 };
  assertEquals(
    why(a, b, others, options).suspects.map(({ p }) => p),
    why(b, a, others, options).suspects.map(({ p }) => p),
  );
});

test("why: of two moves of one size the one that goes the way of the difference is named, in any order", () => {
  const [a, b] = [
    run(1, { config: { x: 0, y: 1 }, seed: 1, loss: 0 }),
    run(2, { config: { x: 1, y: 0, o: 1 }, seed: 2, loss: -0.125 }),
  ];
  const others = [
    run(3, { config: { x: 1, y: 1 }, seed: 1, loss: -0.5 }),
    run(4, { config: { x: 0, y: 0 }, seed: 1, loss: 0.5 }),
    run(5, { config: { x: 0, y: 0, o: 1 }, seed: 1, loss: 0 }),
    run(6, { config: { x: 1, y: 1, o: 1 }, seed: 1, loss: 0 }),
  ];
  const [one, other] = [others, others.toReversed()].map((list) =>
    why(a, b, list)
  );
  const effects = (verdict: typeof one) =>
    verdict?.suspects.map(({ id, effect }) => [id, effect]);
  assertEquals(effects(other), effects(one));
});

test("why: how many repeats would tell is reckoned from the noise of both runs", () => {
  const { hasNext } = mirrored(
    run(1, { config: { x: 0 }, loss: 0.125 }),
    run(2, { config: { x: 1 }, loss: 0 }),
    [
      run(3, { config: { x: 0 }, loss: 0 }),
      run(4, { config: { x: 1 }, loss: 0 }),
    ],
  );
  assertEquals(hasNext, true);
});

test("why: of two practical differences that the runs state the smaller one counts", () => {
  const stated = (x: number, practicalDifference: number) => ({
    config: { x, "experiment.practicalDifference": practicalDifference },
  });
  const [a, b] = [
    run(1, { ...stated(0, 0.001), loss: 0.1 }),
    run(2, { ...stated(1, 100), loss: 0.2 }),
  ];
  const others = [0, 0.2, 0.3].map((loss, k) =>
    run(3 + k, { ...stated(0, 0.001), loss })
  );
  assertEquals(
    [why(a, b, others).outcome, why(b, a, others).outcome],
    ["unknown", "unknown"],
  );
});

test("why: another metric tells no more of a factor if it was moved by a different one", () => {
  const parts = (x: number, z: number) => ({ config: { x, x2: x, z } });
  const { metric, suspects } = why(
    run(1, { ...parts(0, 1), seed: 1, metrics: { acc: 0, loss: 1 / 7 } }),
    run(2, { ...parts(1, 2), metrics: { acc: -1 / 7, loss: 0 } }),
    [
      run(3, { ...parts(0, 2), seed: 1, metrics: { acc: 0, loss: 1 / 7 } }),
      run(4, { ...parts(0, 1), seed: 1, metrics: { acc: 0, loss: 0 } }),
    ],
  );
  assertEquals(metric?.key, "acc");
  assertEquals(suspects.map(({ id }) => id), ["config:x", "config:x2"]);
});

test("why: an effect of several runs is not said of the two that are named", () => {
  const { sentence } = why(
    run(1, { config: { x: 0, y: 0 }, loss: 0 }),
    run(2, { config: { x: 1, y: 1 }, loss: 8 }),
    [
      run(3, { config: { x: 1, y: 0 }, loss: 6 }),
      run(4, { config: { x: 1, y: 0 }, loss: 7 }),
    ],
  );
  assert(
    sentence.includes(
      "Between run 1 and run 3 nothing else changed, and loss moved by +6.5 on average of their repeats.",
    ),
    sentence,
  );
});

test("why: where results are not finite, runs are counted", () => {
  const { sentence } = why(
    run(1, { config: { x: 0, y: 0 }, loss: NaN }),
    run(2, { config: { x: 1, y: 1 }, loss: 0 }),
    [
      run(3, { config: { x: 0, y: 1 }, loss: 0 }),
      run(4, { config: { x: 0, y: 1 }, loss: NaN }),
    ],
  );
  assert(!sentence.includes("the result of run 3 is not finite"), sentence);
});

test("why: the next step has a number also where a result is not finite", () => {
  const rows: [RunFacts, RunFacts][] = [
    [
      run(1, { config: { x: 0 }, loss: NaN }),
      run(2, { config: { x: 1 }, loss: 0 }),
    ],
    // The last finite values are equal.
    [
      run(1, { config: { x: 0 }, loss: [0, NaN] }),
      run(2, { config: { x: 1 }, loss: [0, 0] }),
    ],
  ];
  for (const [a, b] of rows) {
    const others = [3, 4].map((id) => run(id, { config: { x: 1 }, loss: id }));
    const { outcome, next } = why(a, b, others);
    assertEquals(outcome, "unknown");
    assertEquals(next?.command, "ato repeat 1 --runs 3");
    assertEquals(
      next?.why,
      "4 runs of each setting show how often loss is not finite: run 1 has 1",
    );
  }
});

test("why: a run without any finite value has no last one", () => {
  const { sentence } = why(
    run(1, { config: { x: 0 }, loss: NaN }),
    run(2, { config: { x: 1 }, loss: [0, NaN] }),
  );
  assert(sentence.includes("loss none -> 0 (the last finite"), sentence);
});

test("why: repeats of which one diverged are not identical", () => {
  const a = run(1, { config: { x: 0 }, loss: 0 });
  const b = run(2, { config: { x: 1 }, loss: 0.125 });
  const twin = run(3, { config: { x: 0 }, loss: 0 });
  const lost = run(4, { config: { x: 0 }, loss: NaN });
  assertEquals(why(a, b, [twin]).isCaused, true);
  const { isCaused, metric, sentence } = why(a, b, [twin, lost]);
  assertEquals([isCaused, metric?.test?.isBeyondNoise], [false, false]);
  assert(!sentence.includes("identical"), sentence);
});

test("why: repeats of one seed that differ are not identical by the mean of their seed", () => {
  const { sentence } = why(
    run(1, { config: { x: 1, y: 0 }, seed: 1, loss: 0.375 }),
    run(2, { config: { x: 0, y: 1 }, seed: 1, loss: 0 }),
    [
      run(3, { config: { x: 0, y: 1 }, seed: 2, loss: 0 }),
      run(4, { config: { x: 1, y: 0 }, seed: 1, loss: 0 }),
      run(5, { config: { x: 0, y: 1 }, seed: 3, loss: 0 }),
    ],
  );
  assert(!sentence.includes("identical"), sentence);
});

test("why: no factor is cleared by runs in which one that moved the metric changed, too", () => {
  const fromHere = { y: 1, w: 0, f: 1, ms: 0 };
  const { cleared, suspects } = why(
    run(1, { config: fromHere, loss: 0 }),
    run(2, { config: { y: 0, w: 2, f: 0, os: 0 }, loss: 2 / 7 }),
    [
      run(3, { config: fromHere, loss: 0 }),
      run(4, { config: { ...fromHere, w: 2, os: 0 }, loss: 0 }),
      run(5, { config: fromHere, loss: 0 }),
      run(6, { config: { ...fromHere, y: 0, os: 0 }, loss: 0 }),
    ],
  );
  assertEquals(suspects[0]?.group?.includes("config:w"), true);
  assertEquals(cleared.filter(({ runs }) => `${runs}` === "1,4"), []);
});

test("why: a factor is no intervention while another one is unknown", () => {
  const { suspects } = why(
    run(1, {
      config: { w: 2 },
      coverage: { config: { level: "none", missing: ["not recorded"] } },
      loss: 0,
    }),
    run(2, { config: { w: 0, z: 2 }, loss: 1 }),
  );
  assertEquals(suspects.map(({ id, evidence }) => [id, evidence]), [
    ["config:w", "prior"],
  ]);
});

test("why: results that are equal within a tolerance are neither identical nor different", () => {
  const { outcome, sentence } = why(
    run(1, { metrics: { acc: 0.5, loss: 0 } }),
    run(2, { metrics: { acc: 0.5, loss: 0.1 } }),
    [],
    { atol: 0.2 },
  );
  assertEquals(outcome, "identical");
  assert(sentence.startsWith("The results are equal within the tolerance."));
  assert(!sentence.includes("differs"), sentence);
});

test("why: the last step at which both runs have a metric is named with its values", () => {
  const a = run(1, { metrics: { acc: [0.25], loss: [3, 2, 1] } });
  const b = run(2, {
    metrics: { acc: [0.5, 0.5], loss: [3, 2, 1, 0.5] },
    status: "interrupted",
  });
  const { sentence, progress } = why(a, b);
  assertEquals(progress.common?.step, 2);
  assert(
    sentence.includes(
      "At step 0, the last at which both have acc, it already differed (0.25 -> 0.5).",
    ),
    sentence,
  );
});

test("why: runs of different length were not equal until a step before which they differed", () => {
  const [a, b] = [
    run(1, { config: { epochs: 2 }, loss: [4, 3] }),
    run(2, { config: { epochs: 3 }, loss: [5, 3, 2] }),
  ];
  const divergence = [{ metric: "loss", step: 0, a: 4, b: 5 }];
  const said = (one: typeof divergence) =>
    explainFacts({ ...history(a, b), divergence: one }).sentence;
  assert(said(divergence).includes("(equal at step 1, "), said(divergence));
  const later = [{ metric: "loss", step: 2, a: 4, b: 2 }];
  assert(said(later).includes("(equal until step 1, "), said(later));
});

test("why: a metric that both stopped runs have at their last common step counts there", () => {
  const { sentence } = why(
    run(1, { metrics: { loss: [1, 1, 1], acc: [0, 0] }, status: "failed" }),
    run(2, { metrics: { loss: [1, 1], acc: [0, 0.5] } }),
  );
  assert(!sentence.includes("the metrics were equal"), sentence);
});

test("why: values whose squares are no numbers are judged like others", () => {
  const verdictAt = (unit: number) =>
    why(
      run(1, { config: { x: 0 }, loss: unit }),
      run(2, { config: { x: 1 }, loss: 9 * unit }),
      [3, 4, 5].map((id) =>
        run(id, { config: { x: 0 }, loss: unit * (1 + id / 8) })
      ),
    );
  const { test: plain } = verdictAt(1).metric ?? {};
  for (const unit of [2 ** 990, 2 ** -990]) {
    const { outcome, metric, sentence } = verdictAt(unit);
    assertEquals([outcome, metric?.test?.p], ["explained", plain?.p]);
    assertEquals(metric?.test?.detectable, plain!.detectable! * unit);
    assert(!sentence.includes("Infinity"), sentence);
  }
});

test("bisectFacts: of places that are equally likely none is left out, so that time can run backwards", () => {
  const rows: [x: number, y: number, z: number, loss: number][] = [
    [1, 2, 1, 3],
    [1, 2, 0, 3],
    [1, 2, 1, 3],
    [0, 2, 0, 2],
    [0, 2, 1, 2],
    [0, 0, 0, 0],
    [1, 0, 0, 1],
    [0, 0, 1, 0],
  ];
  const forth = rows.map(([x, y, z, loss], k) => ({
    ...run(k + 1, { config: { x, y, z }, loss }),
    startedAt: k,
  }));
  const back = forth.map((one) => ({ ...one, startedAt: -one.startedAt }));
  const [one, other] = [forth, back].map((runs) =>
    bisectFacts(runs, { metric: "loss" }).moves.map(({ findings }) =>
      findings.map(({ id, status }) => `${id} ${status}`).sort()
    )
  );
  assertEquals(one?.length, 1);
  assertEquals(other, one);
});

test("bisectFacts: a run that was made and has no result is not proposed again", () => {
  const parts = (x: number, y: number) => ({ config: { x, y } });
  const runs = (lost: readonly RunFacts[]) => [
    ...[1, 2, 3, 4, 5].map((id) => run(id, { ...parts(0, 0), loss: 1 })),
    ...[6, 7, 8, 9, 10].map((id) => run(id, { ...parts(1, 1), loss: 2 })),
    ...lost,
  ];
  const next = (lost: readonly RunFacts[]) =>
    bisectFacts(runs(lost), { metric: "loss" }).moves[0]?.next?.command;
  assertEquals(next([]), "ato repeat 5 x=1");
  assertEquals(
    next([run(11, { ...parts(1, 0), loss: NaN })]),
    "ato repeat 5 y=1",
  );
});

test("why: a run that failed alone among its repeats did not fail because of its setting", () => {
  const failed = { status: "failed", error: "out of memory" };
  const parts = (x: number, y: number) => ({
    ...{ config: { x, y }, seed: 1, loss: x + y },
  });
  const [bad, good] = [
    run(1, { ...parts(0, 0), ...failed }),
    run(2, parts(1, 1)),
  ];
  const repeats = (more = {}) => [
    run(3, { ...parts(0, 0), ...more }),
    run(4, { ...parts(0, 0), ...more }),
  ];
  const between = run(5, parts(1, 0));
  const alone = why(good, bad, [...repeats(), between]);
  assertEquals(alone.suspects.map(({ evidence }) => evidence), [
    "prior",
    "prior",
  ]);
  assert(!alone.sentence.includes("It goes with"), alone.sentence);
  const all = why(good, bad, [...repeats(failed), between]);
  assert(all.sentence.includes("It goes with x (1 -> 0)"), all.sentence);
});

test("why: equal repeats of which one diverged say so where they cannot decide", () => {
  const a = { config: { x: 0 }, seed: 1, loss: 0.5131 };
  const b = { config: { x: 1 }, seed: 1, loss: 0.4123 };
  const { outcome, sentence } = why(run(1, a), run(2, b), [
    run(3, { ...a, loss: NaN }),
    run(4, b),
    run(5, a),
  ]);
  assertEquals(outcome, "unknown");
  assert(
    sentence.includes(
      "1 of 3 runs with the setting of run 1 has no finite loss.",
    ),
    sentence,
  );
});

test("why: a repeat that does not have the metric says nothing of it, and one that diverged does", () => {
  const settings = [[1, 0.25], [2, 0.75]] as const;
  const runs = settings.flatMap(([lr, loss], i) =>
    Array.from(
      { length: 4 },
      (_, k) => run(i * 4 + k + 1, { config: { lr }, seed: 1, loss }),
    )
  );
  const [a, b, ...others] = [
    ...[runs[0], runs[4]],
    ...runs.filter((_, k) => k % 4 !== 0),
  ] as [RunFacts, RunFacts, ...RunFacts[]];
  const withRepeat = (parts: Parameters<typeof run>[1]) =>
    why(a, b, [...others, run(9, { config: { lr: 1 }, seed: 1, ...parts })]);
  const cause = "Caused by lr (1 -> 2)";
  assert(why(a, b, others).sentence.startsWith(cause));
  assert(withRepeat({ metrics: { acc: 0.5 } }).sentence.startsWith(cause));
  assert(!withRepeat({ loss: NaN }).sentence.startsWith(cause));
});
