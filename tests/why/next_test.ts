/** The next step: one command that can be pasted, and that does not rebuild a run that exists. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { Scope } from "../../scope/mod.ts";
import type { RunFacts } from "../../why/mod.ts";
import { NO_INPUTS, type Parts, run, why } from "./_history.ts";

const repeated = (parts: Parts) =>
  [0.01, -0.013, 0.004, 0.002].map((noise, k) =>
    run(100 + k, { ...parts, loss: 1 + noise })
  );

test("next: no repeats, so repeat the first run", () => {
  const { next } = why(
    run(1, { config: { x: 0 }, loss: 1 }),
    run(2, { config: { x: 1 }, loss: 2 }),
  );
  assertEquals(next?.command, "ato repeat 1 --runs 3");
});

test("next: a run that cannot be repeated gets words only", () => {
  const a = { ...run(1, { config: { x: 0 }, loss: 1 }), isRepeatable: false };
  const { next } = why(a, run(2, { config: { x: 1 }, loss: 2 }));
  assertEquals(next?.command, undefined);
  assert(next?.why.includes("did not record how it was started"));
});

test("next: of values that cannot be told apart half is set as in the other run", () => {
  const config = (value: number) => ({
    "model.depth": value,
    name: value === 0 ? "a b" : "it's",
  });
  const [a, b] = [
    run(1, { config: config(0), loss: 1 }),
    run(2, { config: config(1), loss: 2 }),
  ];
  const others = repeated({ config: config(0) });
  assertEquals(why(a, b, others).next?.command, "ato repeat 1 model.depth=1");
  // That run exists: the other value is next.
  const between = run(3, {
    config: { ...config(0), "model.depth": 1 },
    status: "failed",
  });
  const { next } = why(a, b, [...others, between]);
  assertEquals(next?.command, `ato repeat 1 'name=%it'\\''s%'`);
});

test("next: a quoted key is set by a word that a scope reads back", () => {
  const [key, other] = ["a.b 50%", "c.d"];
  const config = (value: number) => ({
    [`files.${JSON.stringify(key)}`]: value,
    [JSON.stringify(other)]: value,
  });
  const repeats = repeated({ config: config(0) });
  const a = run(1, { config: config(0), loss: 1 });
  const ask = (...others: readonly RunFacts[]) =>
    why(a, run(2, { config: config(1), loss: 2 }), [...repeats, ...others])
      .next?.command;
  assertEquals(ask(), "ato repeat 1 %c.d%=1");
  const between = run(3, {
    config: { ...config(0), [JSON.stringify(other)]: 1 },
    status: "failed",
  });
  const command = ask(between);
  assertEquals(command, "ato repeat 1 'files.%a.b 50%%%=1'");
  const scope = new Scope({ config: { files: { [key]: 0 }, [other]: 0 } });
  const read = scope.apply(["%c.d%=1", "files.%a.b 50%%%=1"]);
  assertEquals(read.toObject(), { files: { [key]: 1 }, [other]: 1 });
});

test("next: a key that the first run alone has is set in the second", () => {
  const factors = (of: string) => ({ "code:a.ts#f": of });
  const [before, after] = [{ x: 0, y: 1 }, { y: 1 }];
  const { next } = why(
    run(1, { config: before, factors: factors("1"), loss: 1 }),
    run(2, { config: after, factors: factors("2"), loss: 2 }),
    repeated({ config: before, factors: factors("1") }),
  );
  assertEquals(next?.command, "ato repeat 2 x=0");
  assertEquals(next?.why, "run 2 with only x of run 1");
});

test("next: neither a hidden value nor an option of a recorded program is a word", () => {
  for (
    const [before, after] of [
      [{ program: "sh", "args.lr": 1 }, { program: "sh", "args.lr": 2 }],
      [{ k: "***", l: "***" }, { k: "***", l: "***" }],
    ] as const
  ) {
    const { next } = why(
      run(1, { config: before, factors: { "code:a.ts#f": "1" }, loss: 1 }),
      run(2, { config: after, factors: { "code:a.ts#f": "2" }, loss: 2 }),
      repeated({ config: before, factors: { "code:a.ts#f": "1" } }),
    );
    assertEquals(next?.command, undefined);
  }
});

test("next: other seeds, if the seeds differ", () => {
  const [a, b] = [
    run(1, { config: { x: 0, seed: 1 }, loss: 1 }),
    run(2, { config: { x: 1, seed: 2 }, loss: 2 }),
  ];
  assertEquals(why(a, b).next?.command, "ato repeat 1 seed=2");
  // Seeds that are no config cannot be set by a word.
  const [c, d] = [
    run(1, { config: { x: 0 }, seed: 1, loss: 1 }),
    run(2, { config: { x: 1 }, seed: 2, loss: 2 }),
  ];
  const { next } = why(c, d);
  assertEquals(next?.command, undefined);
  assert(next?.why.includes("2 more seeds of run 1"), next?.why);
});

test("next: too few repeats say how many would tell", () => {
  const { next, outcome } = why(
    run(1, { config: { x: 0 }, loss: 1 }),
    run(2, { config: { x: 1 }, loss: 1.02 }),
    repeated({ config: { x: 0 } }).slice(0, 2),
  );
  assertEquals(outcome, "unknown");
  assert(/^ato repeat 2 --runs \d+$/.test(next?.command ?? ""), next?.command);
  assert(next?.why.includes("of each setting"), next?.why);
});

test("next: where the record decides there is none", () => {
  const a = run(1, { config: { x: 0 }, loss: 1 });
  const others = repeated({ config: { x: 0 } });
  const caused = why(a, run(2, { config: { x: 1 }, loss: 2 }), others);
  assert(caused.isCaused);
  assertEquals(caused.next, undefined);
  assertEquals(why(a, run(2, { config: { x: 0 }, loss: 1 })).next, undefined);
});

test("next: what was not recorded, if repeats do not help", () => {
  const gap = { coverage: { inputs: NO_INPUTS } };
  const { next } = why(
    run(1, { ...gap, config: { x: 0 }, loss: 1 }),
    run(2, { ...gap, config: { x: 1 }, loss: 2 }),
    repeated({ ...gap, config: { x: 0 } }),
  );
  assertEquals(next?.command, undefined);
  assert(
    next?.why.includes("compare the files and variables that the program read"),
    next?.why,
  );
});

test("next: a run that failed is repeated, one that was interrupted is not", () => {
  const a = run(1, { config: { x: 0 }, loss: [1, 2] });
  const b = (status: string) => run(2, { config: { x: 0 }, loss: 1, status });
  assertEquals(why(a, b("failed")).next?.command, "ato repeat 2");
  assertEquals(why(a, b("interrupted")).next, undefined);
});

test("next: proposes no number of repeats that nobody runs, and none that cannot show chance", () => {
  const group = (parts: Parts) =>
    [0.51, 0.49, 0.52, 0.48].map((loss, k) => run(k + 3, { ...parts, loss }));
  const ask = (more: Parts, loss: number) =>
    why(
      run(1, { config: { lr: 1 }, loss: 0.5, ...more }),
      run(2, { config: { lr: 2 }, loss, ...more }),
      group({ config: { lr: 1 }, ...more }),
      { practicalDifference: 0.001 },
    ).next;
  const full = ask({}, 0.505);
  assertEquals(full?.command, undefined);
  assert(full?.why.includes("would be needed"), full?.why);
  const part = ask({ coverage: { inputs: NO_INPUTS } }, 0.505);
  assertEquals(part?.command, undefined);
  assert(part?.why.includes("while inputs were not recorded"), part?.why);
});

test("next: two ways to one result are compared with that of a repeat", () => {
  const way = (id: number, lr: number, first: number, seed: number) =>
    run(id, { config: { lr }, seed, loss: [first, 1] });
  const ask = (...others: readonly ReturnType<typeof way>[]) =>
    why(way(1, 1, 3, 1), way(2, 2, 4, 1), others).next?.command;
  assertEquals(ask(), "ato repeat 1");
  assertEquals(ask(way(3, 1, 3, 1)), "ato why 1 3");
  assertEquals(ask(way(3, 2, 3, 1)), "ato why 2 3");
  // Another seed takes another way.
  assertEquals(ask(way(3, 1, 3, 2)), "ato repeat 1");
});
