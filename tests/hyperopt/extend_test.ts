import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import type { ADict } from "../../adict/mod.ts";
import {
  category,
  float,
  HyperOpt,
  int,
  prepareDistributions,
  type Search,
  type SpaceInput,
} from "../../hyperopt/mod.ts";
import { Scope } from "../../scope/mod.ts";

/** The random search of `docs/hyperopt_extend.md`, with seeded random numbers. */
class RandomSearch<T extends object, const S extends SpaceInput>
  extends HyperOpt<T, S> {
  protected override *search(config: ADict<T>): Search<T, S> {
    const configs = prepareDistributions(config, this.searchSpaces);
    let seed = 7;
    const shuffled = configs
      .map((config) => ({ config, place: seed = seed * 16807 % 2147483647 }))
      .sort((a, b) => a.place - b.place)
      .map(({ config }) => config);
    const trials = yield shuffled.slice(0, 10);
    return this.sortTrials(trials)[0]!;
  }
}

const spaces = {
  lr: float(1e-4, 1e-1, { log: true, grid: 4 }),
  model: { act: category(["relu", "tanh"]), width: int(1, 4, { grid: 4 }) },
};

test("HyperOpt: a random search tries ten configs of the grid, each once", () => {
  const scope = new Scope({ config: { model: { depth: 3 } }, argv: [] });
  const seen = new Set<string>();
  const search = new RandomSearch(scope, spaces, { mode: "min" }).main(
    (config, scale: number) => {
      assertEquals(config.model.depth, 3);
      seen.add(JSON.stringify([config.lr, config.model]));
      return config.model.width * scale;
    },
  );
  const best = search(10);
  assertEquals(seen.size, 10);
  assertEquals([best.metric, best.config.model.width], [10, 1]);
});

test("HyperOpt: a search is asynchronous if its objective is", async () => {
  const search = new RandomSearch(new Scope({ argv: [] }), spaces).main(
    async (config) => await Promise.resolve(config.lr),
  );
  assertEquals((await search()).metric, 0.1);
});

/** Climbs along one axis: the configs that it tries depend on earlier trials. */
class Climb<T extends object, const S extends SpaceInput>
  extends HyperOpt<T, S, number[]> {
  protected override *search(): Search<T, S, number[]> {
    const way: number[] = [];
    for (let x = 1;; x++) {
      const [trial] = yield [{ "x": x }];
      if (trial!.error !== undefined) return way;
      way.push(trial!.metric);
    }
  }
}

test("HyperOpt: a search can yield some keys only, and use their trials", () => {
  const scope = new Scope({ config: { y: 10 }, argv: [] });
  const climb = new Climb(scope, { x: int(1, 9) }).main((config) => {
    assert(config.x < 4, "steep");
    return config.x * (config as ADict).y;
  });
  assertEquals(climb(), [10, 20, 30]);
});
