/**
 * Measures the error rates of `why` and `bisect` on simulated histories, and prints them as a table for
 * `docs/why_measured.md`:
 *
 * ```sh
 * deno run -A --config deno.npm.json bench/why/simulate.ts [REPETITIONS] [TEXT]
 * ```
 *
 * With a text, only the scenarios are drawn whose name has it. Every history is drawn from a fixed seed, so that the same version prints the same table.
 */
import {
  bisectFacts,
  explainFacts,
  type RunFacts,
  type Verdict,
} from "../../why/mod.ts";
import { Draws, type Make, maker } from "./_simulated.ts";

/** What is counted in the histories of a scenario. */
interface Counts {
  /** Convictions of a factor that does nothing, or claims that are not true. */
  wrong: number;
  /** Answers that name what was planted, or say that it is noise. */
  right: number;
}

interface Scenario {
  /** What is simulated. */
  readonly name: string;
  /** What must not be claimed. */
  readonly claim: string;
  /** Draws one history, and tells whether the answer is wrong or right. */
  readonly draw: (draws: Draws) => { wrong: boolean; right: boolean };
}

const ALPHA = 0.05;

/** A conviction: the difference is said to be beyond the noise, and a factor is named. */
function convicts(verdict: Verdict): boolean {
  return verdict.outcome === "explained" &&
    verdict.metric?.test?.isBeyondNoise === true;
}

function nothing(
  name: string,
  draw: (draws: Draws, make: Make) => readonly RunFacts[],
): Scenario {
  return {
    name,
    claim: "a factor without effect is convicted",
    draw(draws) {
      const [a, b, ...others] = draw(draws, maker());
      if (a === undefined || b === undefined) throw new Error("no runs");
      const verdict = explainFacts({ a, b, others, leftOut: 0 });
      return {
        wrong: convicts(verdict) || verdict.isCaused,
        right: verdict.outcome === "within-noise",
      };
    },
  };
}

/** Runs of A, then of B; the compared pair comes first. */
function pairFirst(
  ofA: readonly RunFacts[],
  ofB: readonly RunFacts[],
): RunFacts[] {
  return [
    ...ofA.slice(0, 1),
    ...ofB.slice(0, 1),
    ...ofA.slice(1),
    ...ofB.slice(1),
  ];
}

type Noise = (draws: Draws) => number;

const normal: Noise = (draws) => draws.normal();
const skewed: Noise = (draws) => Math.exp(draws.normal());
const heavy: Noise = (draws) =>
  draws.normal() /
  Math.sqrt(
    (draws.normal() ** 2 + draws.normal() ** 2 + draws.normal() ** 2) / 3,
  );
/** An accuracy on 30 samples. */
const coarse: Noise = (draws) => draws.count(30, 0.97) / 30;

function groups(
  nA: number,
  nB: number,
  noise: Noise = normal,
  seeds: "same" | "own" | "paired" = "same",
) {
  return (draws: Draws, make: Make) => {
    const runs = (x: number, n: number, from: number) =>
      Array.from({ length: n }, (_, k) =>
        make({
          config: { x },
          ...(seeds !== "same" && { seed: seeds === "own" ? from + k : k }),
          loss: noise(draws),
        }));
    return pairFirst(runs(0, nA, 0), runs(1, nB, 1000));
  };
}

const NOTHING: Scenario[] = [
  ...[
    [2, 1],
    [4, 1],
    [5, 1],
    [10, 1],
    [1, 5],
    [2, 2],
    [2, 5],
    [5, 5],
    [2, 20],
    [3, 20],
  ]
    .map((
      [nA, nB],
    ) => nothing(`noise, ${nA} and ${nB} repeats`, groups(nA!, nB!))),
  nothing("noise, 5 and 1 seeds", groups(5, 1, normal, "own")),
  nothing("noise, 5 and 5 seeds", groups(5, 5, normal, "own")),
  nothing(
    "noise, the same 5 seeds on both sides",
    groups(5, 5, normal, "paired"),
  ),
  nothing("skewed noise (log-normal), 5 and 5", groups(5, 5, skewed)),
  nothing("skewed noise (log-normal), 5 and 1", groups(5, 1, skewed)),
  nothing("skewed noise (log-normal), 10 and 1", groups(10, 1, skewed)),
  nothing("heavy tails (t, 3 degrees), 5 and 5", groups(5, 5, heavy)),
  nothing("heavy tails (t, 3 degrees), 5 and 1", groups(5, 1, heavy)),
  nothing("coarse metric (of 30 samples), 5 and 5", groups(5, 5, coarse)),
  nothing("coarse metric (of 30 samples), 5 and 1", groups(5, 1, coarse)),
  nothing(
    "coarse metric (of 30 samples), 4 and 1 seeds",
    groups(4, 1, coarse, "own"),
  ),
  nothing(
    "coarse metric (of 30 samples), 3 and 1 seeds",
    groups(3, 1, coarse, "own"),
  ),
  nothing(
    "coarse metric (of 30 samples), 8 and 1 seeds",
    groups(8, 1, coarse, "own"),
  ),
  nothing("coarse metric (of 30 samples), 2 and 2", groups(2, 2, coarse)),
  nothing(
    "seeds and noise of the machine: 3 seeds twice and 1",
    (draws, make) => {
      const level = Array.from({ length: 3 }, () => draws.normal());
      const ofA = level.flatMap((base, seed) =>
        [0, 1].map(() =>
          make({ config: { x: 0 }, seed, loss: base + 0.3 * draws.normal() })
        )
      );
      const b = make({
        config: { x: 1 },
        seed: 0,
        loss: (level[0] ?? 0) + 0.3 * draws.normal(),
      });
      return pairFirst(ofA, [b]);
    },
  ),
  nothing("10 independent metrics, none named, 5 and 5", (draws, make) => {
    const runs = (x: number) =>
      Array.from({ length: 5 }, () =>
        make({
          config: { x },
          metrics: Object.fromEntries(
            Array.from({ length: 10 }, (_, k) => [`m${k}`, draws.normal()]),
          ),
        }));
    return pairFirst(runs(0), runs(1));
  }),
  nothing(
    "A is the best of ten, B one run of another setting",
    (draws, make) => {
      const ofA = Array.from(
        { length: 10 },
        () => make({ config: { x: 0 }, loss: draws.normal() }),
      ).sort(byLoss);
      return pairFirst(ofA, [make({ config: { x: 1 }, loss: draws.normal() })]);
    },
  ),
  nothing("results that are not finite, in 20% of 5 and 5", (draws, make) => {
    const runs = (x: number) =>
      Array.from(
        { length: 5 },
        () =>
          make({
            config: { x },
            loss: draws.next() < 0.2 ? NaN : draws.normal(),
          }),
      );
    return pairFirst(runs(0), runs(1));
  }),
  {
    name: "A is the best of ten, B one of its siblings",
    claim: "a run is called unusual",
    draw(draws) {
      const make = maker();
      const [a, b, ...others] = Array.from(
        { length: 10 },
        () => make({ config: { x: 0 }, loss: draws.normal() }),
      ).sort(byLoss);
      const verdict = explainFacts({ a: a!, b: b!, others, leftOut: 0 });
      const isUnusual = verdict.repeats.a.isUnusual === true ||
        verdict.metric?.test?.isBeyondNoise === true;
      return { wrong: isUnusual, right: verdict.outcome === "within-noise" };
    },
  },
  {
    name: "a run that stopped at half of its steps",
    claim: "anything but `stopped-early`, or a cause",
    draw(draws) {
      const make = maker();
      const curve = (n: number) =>
        Array.from(
          { length: n },
          (_, k) => 1 / (k + 1) + 0.01 * draws.normal(),
        );
      const ofA = Array.from(
        { length: 5 },
        () => make({ config: { x: 0 }, loss: curve(10) }),
      );
      const b = make({ config: { x: 1 }, loss: curve(5), status: "failed" });
      const [a, ...others] = ofA;
      const verdict = explainFacts({ a: a!, b, others, leftOut: 0 });
      const isStopped = verdict.outcome === "stopped-early";
      return { wrong: !isStopped || verdict.isCaused, right: isStopped };
    },
  },
];

function byLoss(x: RunFacts, y: RunFacts): number {
  return (x.metrics.get("loss")?.last ?? 0) -
    (y.metrics.get("loss")?.last ?? 0);
}

/** One of two factors moves the result; the other one must not be convicted or named first. */
function planted(
  name: string,
  draw: (draws: Draws, make: Make) => readonly RunFacts[],
  cause: readonly string[],
): Scenario {
  return {
    name,
    claim: `another cause than ${cause.join(" with ")} comes first`,
    draw(draws) {
      const [a, b, ...others] = draw(draws, maker());
      const verdict = explainFacts({ a: a!, b: b!, others, leftOut: 0 });
      const first = verdict.suspects[0];
      const named = first?.group ??
        (verdict.joint === "together"
          ? verdict.suspects.filter(({ evidence }) =>
            evidence === "intervention"
          )
            .map(({ id }) => id)
          : first === undefined
          ? []
          : [first.id]);
      const isNamed = cause.every((id) => named.includes(id));
      const claims = verdict.outcome === "explained" &&
        first !== undefined && first.evidence !== "prior";
      return {
        wrong: claims && !isNamed,
        right: claims && isNamed && named.length === cause.length,
      };
    },
  };
}

const both = (
  draws: Draws,
  make: Make,
  level: (x: number, y: number) => number,
  sizes: readonly (readonly [x: number, y: number, n: number])[],
  sigma: number = 0.1,
): RunFacts[] => {
  const runs = sizes.map(([x, y, n]) =>
    Array.from({ length: n }, () =>
      make({
        config: { x, y },
        loss: level(x, y) + sigma * draws.normal(),
      }))
  );
  const [ofA = [], ofB = [], ...rest] = runs;
  return [...pairFirst(ofA, ofB), ...rest.flat()];
};

const PLANTED: Scenario[] = [
  planted(
    "x moves the result by 10 deviations, 5 runs of A, 1 of B, 1 between",
    (draws, make) =>
      both(draws, make, (x) => x, [[0, 0, 5], [1, 1, 1], [1, 0, 1]]),
    ["config:x"],
  ),
  planted(
    "the same by 3 deviations",
    (draws, make) =>
      both(draws, make, (x) => 0.3 * x, [[0, 0, 5], [1, 1, 1], [1, 0, 1]]),
    ["config:x"],
  ),
  planted(
    "the same by 3 deviations, 5 runs each",
    (draws, make) =>
      both(draws, make, (x) => 0.3 * x, [[0, 0, 5], [1, 1, 5], [1, 0, 5]]),
    ["config:x"],
  ),
  planted(
    "x and y act only together, 5 runs of A and B, 2 between each way",
    (draws, make) =>
      both(draws, make, (x, y) => x * y, [[0, 0, 5], [1, 1, 5], [1, 0, 2], [
        0,
        1,
        2,
      ]]),
    ["config:x", "config:y"],
  ),
  planted(
    "Simpson's paradox: x goes with y over the history, and only y acts",
    (draws, make) => {
      const level = (_: number, y: number) => y;
      return both(draws, make, level, [[0, 0, 4], [1, 1, 4], [0, 1, 3], [
        1,
        0,
        3,
      ]]);
    },
    ["config:y"],
  ),
];

const BISECT: Scenario[] = [
  bisection(
    "40 runs of noise",
    (draws, make) =>
      Array.from(
        { length: 40 },
        (_, k) =>
          make({
            config: { x: k < 20 ? 0 : 1 },
            seed: k,
            loss: draws.normal(),
          }),
      ),
  ),
  bisection(
    "40 runs of skewed noise (log-normal)",
    (draws, make) =>
      Array.from(
        { length: 40 },
        (_, k) =>
          make({ config: { x: k < 20 ? 0 : 1 }, seed: k, loss: skewed(draws) }),
      ),
  ),
  bisection(
    "40 runs, a config value that goes back and forth moves the result",
    (draws, make) =>
      Array.from({ length: 40 }, (_, k) => {
        const lr = k % 3 === 0 ? 0.1 : 0.2;
        return make({
          config: { lr, x: k < 20 ? 0 : 1 },
          loss: 10 * lr + 0.2 * draws.normal(),
        });
      }),
  ),
  jump("40 runs, x moves the result by 3 deviations at 21", 3, false),
  jump("the same, and y changes at run 22", 3, true),
  jump("the same, by 1.5 deviations", 1.5, true),
];

function bisection(
  name: string,
  draw: (draws: Draws, make: Make) => readonly RunFacts[],
): Scenario {
  return {
    name: `bisect: ${name}`,
    claim: "a move is found",
    draw(draws) {
      const { moves } = bisectFacts(draw(draws, maker()), { metric: "loss" });
      return { wrong: moves.length > 0, right: moves.length === 0 };
    },
  };
}

function jump(name: string, size: number, hasOther: boolean): Scenario {
  return {
    name: `bisect: ${name}`,
    claim: "x is acquitted, or y is convicted",
    draw(draws) {
      const make = maker();
      const runs = Array.from({ length: 40 }, (_, k) =>
        make({
          config: { x: k < 20 ? 0 : 1, ...(hasOther && { y: k < 21 ? 0 : 1 }) },
          loss: draws.normal() + (k < 20 ? 0 : size),
        }));
      const { moves } = bisectFacts(runs, { metric: "loss" });
      const found = moves.flatMap(({ findings }) => findings);
      const status = (id: string) => found.find((one) => one.id === id)?.status;
      return {
        wrong: status("config:x") === "acquitted" ||
          status("config:y") === "convicted",
        right: found.some(({ id, status }) =>
          id === "config:x" && status !== "acquitted"
        ),
      };
    },
  };
}

/**
 * Runs scenarios.
 *
 * @param repetitions The number of histories of each.
 * @param text Only scenarios are run whose name has it.
 * @returns the shares of wrong and right answers.
 */
export function simulate(
  repetitions: number,
  text: string = "",
): { name: string; claim: string; wrong: number; right: number }[] {
  const scenarios = [...NOTHING, ...PLANTED, ...BISECT];
  return scenarios.filter(({ name }) => name.includes(text)).map((scenario) => {
    const { name, claim, draw } = scenario;
    const draws = new Draws(scenarios.indexOf(scenario) + 1);
    const counts: Counts = { wrong: 0, right: 0 };
    for (let k = 0; k < repetitions; k++) {
      const { wrong, right } = draw(draws);
      if (wrong) counts.wrong++;
      if (right) counts.right++;
    }
    return {
      name,
      claim,
      wrong: counts.wrong / repetitions,
      right: counts.right / repetitions,
    };
  });
}

if (import.meta.main) {
  const repetitions = Number(Deno.args[0] ?? 2000);
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  console.log(
    `Shares of ${repetitions} histories each; the level of every test is ${ALPHA}.\n`,
  );
  console.log("| history | wrong would be | wrong | right |");
  console.log("| --- | --- | ---: | ---: |");
  for (
    const { name, claim, wrong, right } of simulate(repetitions, Deno.args[1])
  ) {
    console.log(
      `| ${name} | ${claim} | ${percent(wrong)} | ${percent(right)} |`,
    );
  }
}
