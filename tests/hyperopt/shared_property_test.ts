/**
 * Shared studies under any interleaving of what processes do: each call of the engine is let through, held or lost
 * as fast-check says, and the time is virtual.
 */
import { test } from "node:test";
import { setImmediate } from "node:timers";
import fc from "fast-check";
import { assert, assertEquals } from "@std/assert";
import {
  asha,
  ashaStopping,
  type Checkpoint,
  defineSpace,
  float,
  fullFidelity,
  type Job,
  openStudy,
  randomSampler,
  runStudy,
  type SearchBackend,
  type SharedStudySettings,
  tpeSampler,
} from "@ato/ato/hyperopt";
import { Delivery } from "../../hyperopt/shared/_delivery.ts";
import { Owner } from "../../hyperopt/shared/_owner.ts";
import { readJournal } from "../../hyperopt/shared/_read_journal.ts";
import { VirtualEngine } from "../../hyperopt/shared/_virtual_engine.ts";
import { foldStudy } from "../../hyperopt/study/_fold_study.ts";
import { foundIn } from "./_team.ts";

const LEASE = 1_000;
const SPACE = defineSpace({ x: float(0, 1) });
type Config = { readonly x: number };

const SETTINGS: Readonly<
  Record<string, () => Omit<SharedStudySettings<Config>, "timeout">>
> = {
  logical: () => ({
    space: SPACE,
    sampler: tpeSampler(SPACE, { startup: 3 }),
    scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
    metric: "loss",
    mode: "min",
    order: "logical",
    width: 4,
    losses: 1_000,
  }),
  "logical, stopped early": () => ({
    space: SPACE,
    sampler: randomSampler(SPACE),
    scheduler: ashaStopping({ minFidelity: 1, maxFidelity: 4, trials: 8 }),
    metric: "loss",
    mode: "min",
    order: "logical",
    width: 4,
    losses: 1_000,
  }),
  arrival: () => ({
    space: SPACE,
    sampler: randomSampler(SPACE),
    scheduler: fullFidelity({ trials: 12 }),
    metric: "loss",
    mode: "min",
    losses: 1_000,
  }),
};

/** What happens next. */
type Act =
  | {
    readonly kind: "decide" | "take" | "report" | "finish" | "extend" | "crash";
    readonly who: number;
  }
  /** Some calls of a process reach the engine. */
  | { readonly kind: "go"; readonly who: number; readonly calls: number }
  | { readonly kind: "time"; readonly ms: number }
  /** The queue hands a job out again that it had. */
  | { readonly kind: "again"; readonly job: number };

const who = fc.nat(2);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("go" as const),
      who,
      calls: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "decide" as const,
        "take" as const,
        "finish" as const,
        "report" as const,
      ),
      who,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("extend" as const, "crash" as const),
      who,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("time" as const),
      ms: fc.constantFrom(10, 400, 1_500),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("again" as const),
      job: fc.nat(30),
    }),
  },
);

/** A process: it can be frozen before each of its calls of the engine, and never notices. */
class Process {
  readonly backend: SearchBackend;
  readonly #stage: Stage;
  #pending: (() => void)[] = [];
  owner: Owner<Config> | undefined;
  #isDeciding = false;
  #deliveries: { delivery: Delivery<Config>; step: number; isBusy: boolean }[] =
    [];
  isDead = false;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.backend = stage.engine.connect(
      "chaos",
      (_, work) =>
        new Promise((resolve, reject) => {
          this.#pending.push(() => {
            try {
              resolve(work());
            } catch (error) {
              reject(error);
            }
          });
        }),
    );
  }

  /** Lets calls reach the engine. */
  go(calls: number): void {
    for (const call of this.#pending.splice(0, calls)) call();
  }

  get isWaiting(): boolean {
    return this.#pending.length > 0;
  }

  decide(): void {
    if (this.#isDeciding) return;
    this.#isDeciding = true;
    const { settings, now, fail } = this.#stage;
    const turn = async () => {
      this.owner ??= await Owner.open<Config>({
        backend: this.backend,
        study: settings(),
        now,
      });
      const state = await this.owner?.step(4, 0);
      if (state === "fenced") this.owner = undefined;
      if (state === "done") this.#stage.isDone = true;
    };
    void turn().catch(fail).finally(() => this.#isDeciding = false);
  }

  take(): void {
    const take = async () => {
      const leased = await this.backend.take({ wait: 0 });
      if (leased === undefined) return;
      this.#stage.handed.push({ id: leased.id, data: leased.data });
      const delivery = await Delivery.take<Config>({
        backend: this.backend,
        member: "m",
        now: this.#stage.now,
      }, leased);
      if (delivery === undefined) return;
      this.#deliveries.push({
        delivery,
        step: delivery.job.from,
        isBusy: false,
      });
    };
    void take().catch(this.#stage.fail);
  }

  /** The first running job reports its next unit, or all of them and its end. */
  work(isEnd: boolean): void {
    const one = this.#deliveries.find(({ isBusy }) => !isBusy);
    if (one === undefined) return;
    one.isBusy = true;
    const { config, to } = one.delivery.job;
    const work = async () => {
      while (one.step < to) {
        one.step++;
        await one.delivery.report(
          { loss: lossOf(config.x, one.step) },
          one.step,
        )();
        if (!isEnd) return;
      }
      if (!isEnd) return;
      this.#deliveries = this.#deliveries.filter((other) => other !== one);
      await one.delivery.complete(
        resultOf(one.delivery.job, one.delivery.name),
      );
    };
    void work().catch(this.#stage.fail).finally(() => one.isBusy = false);
  }

  extend(): void {
    for (const { delivery } of this.#deliveries) {
      void delivery.extend().catch(this.#stage.fail);
    }
  }

  /** Whether the process has nothing to do. */
  get jobs(): number {
    return this.#deliveries.length;
  }
}

interface Stage {
  readonly engine: VirtualEngine;
  readonly settings: () => Omit<SharedStudySettings<Config>, "timeout">;
  readonly now: () => number;
  readonly fail: (error: unknown) => void;
  readonly handed: { id: string; data: string }[];
  isDone: boolean;
}

function lossOf(x: number, to: number): number {
  return Math.abs(x - 0.3) + (x > 0.5 ? 1 / to : 0.1 / to);
}

/** The result of a job; the checkpoint says which take it is of. */
function resultOf(
  { config, trial, to }: Pick<Job<Config>, "config" | "trial" | "to">,
  take: string,
): { metrics: { loss: number }; checkpoint: Checkpoint } {
  return {
    metrics: { loss: lossOf(config.x, to) },
    checkpoint: { uri: `mem:${trial}@${to}`, sha256: take },
  };
}

/** Returns the takes whose results may count: those that were the newest of their job when they told it. */
async function rightfulTakes(backend: SearchBackend): Promise<Set<string>> {
  const newest = new Map<string, number>();
  const rightful = new Set<string>();
  for (
    const { key } of await backend.journalNamed("told").read(0, { wait: 0 })
  ) {
    const [kind, id, take] = key.split(":") as [string, string, string];
    const n = Number(take);
    if (kind === "take") newest.set(id, Math.max(n, newest.get(id) ?? -1));
    else if (kind === "end" && newest.get(id) === n) rightful.add(`${id}:${n}`);
  }
  return rightful;
}

async function alone(name: string): Promise<unknown> {
  const study = openStudy({ id: "alone", ...SETTINGS[name]!() });
  await runStudy(study, async (job, { report }) => {
    for (let step = job.from + 1; step <= job.to; step++) {
      await report({ loss: lossOf(job.config.x, step) }, step);
    }
    return resultOf(job, "alone");
  });
  const best = study.best();
  const found = foundIn({ trials: study.trials(), ...(best && { best }) });
  study.close();
  return found;
}

const turn = () => new Promise<void>((done) => void setImmediate(done));

for (const name of Object.keys(SETTINGS)) {
  test(`shared study: ${name}: property: every trial counts once, whatever processes and the queue do`, async () => {
    const expected = await alone(name);
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { minLength: 60, maxLength: 400 }),
        async (acts) => {
          let time = 1_000;
          let problem: unknown;
          const now = () => time;
          const stage: Stage = {
            engine: new VirtualEngine(LEASE, now),
            settings: SETTINGS[name]!,
            now,
            fail: (error) => problem ??= error,
            handed: [],
            isDone: false,
          };
          const outside = stage.engine.connect(
            "chaos",
            (_, work) => Promise.resolve().then(work),
          );
          const processes = [0, 1, 2].map(() => new Process(stage));
          for (const next of acts) {
            const one = "who" in next ? processes[next.who]! : undefined;
            if (next.kind === "time") time += next.ms;
            else if (next.kind === "go") one!.go(next.calls);
            else if (next.kind === "decide") one!.decide();
            else if (next.kind === "take") one!.take();
            else if (next.kind === "report") one!.work(false);
            else if (next.kind === "finish") one!.work(true);
            else if (next.kind === "extend") one!.extend();
            else if (next.kind === "crash") {
              // The calls that did not reach the engine never will.
              processes[next.who] = new Process(stage);
            } else if (next.kind === "again" && stage.handed.length > 0) {
              await outside.publish(
                stage.handed[next.job % stage.handed.length]!,
              );
            }
            await turn();
          }
          // Everything that was frozen wakes, all at once, and the search is brought to its end by whoever is left.
          stage.isDone = false;
          for (let round = 0; !stage.isDone && problem === undefined; round++) {
            if (round > 500) throw new Error("the search does not end");
            time += 100;
            for (const one of processes) {
              one.go(Infinity);
              // The lock of the owner, which this test leaves out, keeps them from replacing each other forever.
              if (one === processes[0]) one.decide();
              if (one.jobs < 3) one.take();
              one.work(true);
            }
            await turn();
          }
          if (problem !== undefined) throw problem;
          for (let i = 0; i < 50; i++) {
            for (const one of processes) one.go(Infinity);
            await turn();
          }
          const { events } = await readJournal(outside);
          const view = foldStudy<Config>("chaos", events, {
            path: "memory",
            owner: undefined,
          });
          assertEquals(view.state, "done");
          const counted = events.filter(({ kind }) =>
            kind === "completed" || kind === "stopped"
          )
            .map((event) =>
              "rung" in event && "trial" in event
                ? `${event.trial}.${event.rung}`
                : ""
            );
          const rightful = await rightfulTakes(outside);
          for (const event of events) {
            if (event.kind !== "completed" && event.kind !== "stopped") {
              continue;
            }
            const take = event.checkpoint!.sha256;
            assert(rightful.has(take), `the result of ${take} counts`);
          }
          // Whoever takes over hears nothing twice.
          const reports = events.flatMap((event) =>
            event.kind === "reported"
              ? [
                `${event.trial}.${event.rung}.${event.attempt} ${event.fidelity}`,
              ]
              : []
          );
          assertEquals(new Set(reports).size, reports.length);
          assertEquals(new Set(counted).size, counted.length);
          if (name === "arrival") {
            assertEquals(
              view.trials.map(({ results }) => results.length),
              Array(12).fill(1),
            );
          } else assertEquals(foundIn(view), expected);
          // The state of the owner is what its journal gives.
          const { study } = processes[0]!.owner!;
          const best = study.best();
          const owned = foundIn({
            trials: study.trials(),
            ...(best && { best }),
          });
          assertEquals(owned, foundIn(view));
        },
      ),
      { numRuns: 100, endOnFailure: true },
    );
  });
}
