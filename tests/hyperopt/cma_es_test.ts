import { test } from "node:test";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import {
  category,
  cmaEsSampler,
  defineSpace,
  float,
  int,
  type Point,
  randomSampler,
  SearchUsageError,
  type Space,
} from "../../hyperopt/mod.ts";
import { createRandom } from "../../hyperopt/random.ts";
import {
  defaultPopulation,
  fullRates,
  nextState,
  separableRates,
  startState,
} from "../../hyperopt/samplers/_cma_state.ts";
import { bests, median, search, square } from "./_sampling.ts";

type Vector = readonly number[];

const sphere = (x: Vector) => x.reduce((sum, v) => sum + (v - 0.4) ** 2, 0);

const ellipsoid = (x: Vector) =>
  x.reduce(
    (sum, v, i) => sum + 10 ** (3 * i / (x.length - 1)) * (v - 0.3) ** 2,
    0,
  );

const rosenbrock = (x: Vector) =>
  x.slice(1).reduce((sum, v, i) => {
    const before = 4 * (x[i] as number);
    return sum + 100 * (4 * v - before ** 2) ** 2 + (1 - before) ** 2;
  }, 0);

/**
 * The state after five generations, by `CMA` and `SepCMA` of the Python package cmaes 0.13.1 with the mean 0.5 and
 * sigma 0.3. Point k of generation g has the coordinates 0.35 + 0.3 * frac((g * population + k + 1) * sqrt(p)), where
 * p is 2, 3, 5, 7, 11. It was made by `tell([(x, loss(x)) for x in points])` five times.
 */
const REFERENCE = [
  {
    kind: "full",
    loss: sphere,
    mean: [0.3967281575672336, 0.4312725271980535],
    sigma: 0.09443748549569421,
    variances: [0.40774563996287905, 0.3044947216986142],
    pathSigma: [-0.4927218006496148, -0.10153511411529062],
    pathC: [-0.310900741445478, -0.03135216745595367],
  },
  {
    kind: "full",
    loss: ellipsoid,
    mean: [
      0.48754656051375855,
      0.48226215398854433,
      0.46271130750049755,
      0.421238190970004,
    ],
    sigma: 0.11687496488336241,
    variances: [
      0.8210726608785901,
      0.8239324439902227,
      0.7856121895610412,
      0.21958452904416115,
    ],
    pathSigma: [
      -0.35605214827138076,
      -0.17150067119337892,
      -0.10645490383063094,
      0.36331875440671735,
    ],
    pathC: [
      -0.4130519481506335,
      -0.19753317783726798,
      -0.15852876542823213,
      0.2508250432630781,
    ],
  },
  {
    kind: "full",
    loss: rosenbrock,
    mean: [
      0.4455991817520673,
      0.503887080048212,
      0.4334608811307833,
      0.47752825278112965,
      0.449802761009943,
    ],
    sigma: 0.12899532190301716,
    variances: [
      0.5644056394789151,
      0.5919762965331363,
      0.7108534955469071,
      0.8382096760153069,
      0.9094002108365395,
    ],
    pathSigma: [
      0.17027344421674523,
      0.20245992645483768,
      -0.20356386946489258,
      -0.020595703707961217,
      -0.5207287308910418,
    ],
    pathC: [
      0.1328803754192871,
      0.13511685455051087,
      -0.2701401898071639,
      -0.049618714746299836,
      -0.5449168536214608,
    ],
  },
  {
    kind: "separable",
    loss: sphere,
    mean: [0.4051598360794675, 0.4349184876031833],
    sigma: 0.08344297224982412,
    variances: [0.2781207153855793, 0.1638828219723682],
    pathSigma: [-0.6781516519053746, -0.10189282051894268],
    pathC: [-0.32909024919771734, -0.05173018062539649],
  },
  {
    kind: "separable",
    loss: ellipsoid,
    mean: [
      0.49141150317474047,
      0.4814841925446641,
      0.46518301651728117,
      0.4250450473588747,
    ],
    sigma: 0.11768254992561628,
    variances: [
      0.48026928305073474,
      0.3760467993368401,
      0.3249818467238326,
      0.3212258465230522,
    ],
    pathSigma: [
      -0.5762769176948641,
      -0.3490595325807699,
      -0.24357654964423545,
      0.4465846294029032,
    ],
    pathC: [
      -0.3766548235855862,
      -0.22317294421247685,
      -0.14894765563421775,
      0.2611816080315812,
    ],
  },
  {
    kind: "separable",
    loss: rosenbrock,
    mean: [
      0.44823271637259043,
      0.4989208836795865,
      0.43863358770330985,
      0.48536383847930376,
      0.4544536617515349,
    ],
    sigma: 0.1277642163354735,
    variances: [
      0.34298201681745044,
      0.42034008561959724,
      0.39772203294515407,
      0.39613326179865943,
      0.5518684309713152,
    ],
    pathSigma: [
      0.23161741529738022,
      0.18518729981539472,
      -0.3972495008328173,
      0.04174412750441542,
      -0.6766124896502401,
    ],
    pathC: [
      0.13735780816055257,
      0.11540788147908526,
      -0.2669576581536366,
      0.02158299380181193,
      -0.5465920229178588,
    ],
  },
] as const;

function pointOf(index: number, size: number): Float64Array {
  return Float64Array.from(
    [2, 3, 5, 7, 11].slice(0, size),
    (prime) => 0.35 + 0.3 * ((index + 1) * Math.sqrt(prime) % 1),
  );
}

for (const { kind, loss, ...expected } of REFERENCE) {
  test(`cmaEsSampler: the ${kind} update agrees with the package cmaes on ${loss.name}`, () => {
    const size = expected.mean.length;
    const population = defaultPopulation(size);
    const rates = (kind === "full" ? fullRates : separableRates)(
      size,
      population,
    );
    let state = startState(new Float64Array(size).fill(0.5), 0.3, kind);
    for (let generation = 0; generation < 5; generation++) {
      const points = Array.from(
        { length: population },
        (_, k) => pointOf(generation * population + k, size),
      ).sort((a, b) => loss([...a]) - loss([...b]));
      state = nextState(state, { points, measured: population }, rates);
    }
    const agree = (actual: Iterable<number>, numbers: readonly number[]) =>
      [...actual].forEach((value, i) =>
        assertAlmostEquals(value, numbers[i] as number, 1e-10)
      );
    agree(state.mean, expected.mean);
    agree([state.sigma], [expected.sigma]);
    agree(state.pathSigma, expected.pathSigma);
    agree(state.pathC, expected.pathC);
    agree(
      expected.mean.map((_, i) => state.covariance.variance(i)),
      expected.variances,
    );
  });
}

const cube = defineSpace(
  Object.fromEntries(
    Array.from({ length: 4 }, (_, i) => [`x${i}`, float(-5, 5)]),
  ),
) as Space<unknown>;

/** A long narrow valley along no axis. */
function valley(point: Point): number {
  const x = point.map((value = 0) => value - 1);
  const along = x.reduce((sum, value) => sum + value, 0) / x.length;
  return 10 * along ** 2 +
    x.reduce((sum, value) => sum + 1000 * (value - along) ** 2, 0);
}

test("cmaEsSampler: it is far better than random on parameters that depend on each other", () => {
  const full = median(
    bests(() => cmaEsSampler(cube), valley, { trials: 500, seeds: 5 }),
  );
  const random = median(
    bests(() => randomSampler(cube), valley, { trials: 500, seeds: 5 }),
  );
  assertLess(full, random / 1000);
});

test("cmaEsSampler: the full covariance learns a direction that the separable one cannot", () => {
  const separable = () => cmaEsSampler(cube, { covariance: "separable" });
  const full = median(
    bests(() => cmaEsSampler(cube), valley, { trials: 500, seeds: 5 }),
  );
  assertLess(
    full,
    median(bests(separable, valley, { trials: 500, seeds: 5 })) / 10,
  );
});

test("cmaEsSampler: the separable covariance learns scales of many parameters in fewer trials", () => {
  const space = defineSpace(
    Object.fromEntries(
      Array.from({ length: 24 }, (_, i) => [`x${i}`, float(-5, 5)]),
    ),
  );
  const loss = (point: Point) =>
    point.reduce<number>(
      (sum, value = 0, i) => sum + 10 ** (i / 8) * (value - 1) ** 2,
      0,
    );
  const best = (covariance: "full" | "separable") =>
    median(
      [1, 2, 3].map((seed) => {
        const sampler = cmaEsSampler(space, { covariance });
        const options = { trials: 800, loss };
        const points = search(sampler, createRandom(seed), options);
        return Math.min(...points.map(loss));
      }),
    );
  assertLess(best("separable"), best("full") / 1.3);
});

test("cmaEsSampler: a minimum at the bounds is found", () => {
  const loss = ([x = 0, y = 0]: Point) => x - y;
  const best = median(
    bests(() => cmaEsSampler(square), loss, { trials: 200, seeds: 5 }),
  );
  assertLess(best, -9.98);
});

test("cmaEsSampler: whole numbers and choices do not stop at one value", () => {
  const space = defineSpace({
    n: int(1, 9),
    c: category(["a", "b", "c"]),
    x: float(0, 1),
  });
  const points = search(cmaEsSampler(space, { restarts: 0 }), createRandom(3), {
    trials: 600,
    loss: ([n = 0, c = 0, x = 0]) => (n - 5) ** 2 + c + x ** 2,
  });
  const late = points.slice(300);
  assertEquals(new Set(late.map(([, c]) => c)), new Set([0, 1, 2]));
  assertGreater(new Set(late.map(([n]) => n)).size, 2);
  const right = late.filter(([n, c]) => n === 5 && c === 0);
  assertGreater(right.length / late.length, 0.6);
});

test("cmaEsSampler: if all trials failed, it continues as before", () => {
  const sampler = cmaEsSampler(square);
  const first = sampler.sample(50, createRandom(3));
  for (let trial = 0; trial < 40; trial++) {
    const point = [trial / 10, -trial / 10];
    sampler.observe?.({ trial, point, fidelity: 1, loss: undefined });
  }
  assertEquals(sampler.sample(50, createRandom(3)), first);
});

test("cmaEsSampler: workers that ask ahead do not stop it from learning", () => {
  const space = cube;
  const best = (workers: number): number => {
    const sampler = cmaEsSampler(space, { population: 16 });
    const root = createRandom(5);
    const running: { trial: number; point: Point }[] = [];
    let least = Infinity;
    for (let trial = 0; trial < 500; trial++) {
      if (running.length === workers) {
        // Any of them ends first.
        const at = root.fork(`ends ${trial}`).integer(workers);
        const [ended] = running.splice(at, 1);
        const { point } = ended!;
        const loss = sphere(point.map((value = 0) => value));
        sampler.observe?.({ ...ended!, fidelity: 1, loss });
        least = Math.min(least, loss);
      }
      const point = sampler.sample(trial, root.fork(trial)) ?? [];
      sampler.started?.(trial, point);
      running.push({ trial, point });
    }
    return least;
  };
  assertLess(best(1), 0.01);
  assertLess(best(16), 0.1);
});

test("cmaEsSampler: a restart finds a better basin", () => {
  // The wide basin around (-2, -2) is worse than the one around (3, 3).
  const loss = ([x = 0, y = 0]: Point) =>
    Math.min(
      1 + (x + 2) ** 2 + (y + 2) ** 2,
      2 * ((x - 3) ** 2 + (y - 3) ** 2),
    );
  const found = (restarts: number) =>
    bests(() => cmaEsSampler(square, { restarts }), loss, {
      trials: 500,
      seeds: 5,
    })
      .filter((best) => best < 0.5).length;
  assertLess(found(0), 5);
  assertEquals(found(8), 5);
});

test("cmaEsSampler: the trials that reached the greatest fidelity decide", () => {
  const near = (trained: number): number => {
    const sampler = cmaEsSampler(square);
    const root = createRandom(1);
    for (let trial = 0; trial < 120; trial++) {
      const point = sampler.sample(trial, root.fork(trial)) ?? [];
      const [x = 0] = point;
      // One epoch misleads: it prefers x = -4, and more epochs prefer x = 4.
      sampler.observe?.({ trial, point, fidelity: 1, loss: (x + 4) ** 2 });
      if (trial >= trained) continue;
      sampler.observe?.({ trial, point, fidelity: 9, loss: (x - 4) ** 2 });
    }
    return sampler.sample(120, root.fork(120))?.[0] ?? NaN;
  };
  assertLess(near(0), -3);
  assertGreater(near(120), 3);
});

test("cmaEsSampler: an option that is out of range is refused by its name", () => {
  const cases = [
    [
      { covariance: "diagonal" as never },
      'covariance is "diagonal"; give "full" or "separable"',
    ],
    [{ sigma: 0 }, "sigma is 0; give a number above 0"],
    [{ population: 3 }, "population is 3; give a whole number from 4 up"],
    [{ restarts: -1 }, "restarts is -1; give a whole number from 0 to 20"],
    [{ popsize: 3 } as never, "popsize"],
  ] as const;
  for (const [options, message] of cases) {
    const error = assertThrows(
      () => cmaEsSampler(square, options),
      SearchUsageError,
      message,
    );
    assert(error.message.startsWith("Cannot sample with CMA-ES: "));
  }
});
