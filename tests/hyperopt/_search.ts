/**
 * A search that kills its own process right after an event of a kind:
 * `_search.ts FOLDERS SETTING [KIND] [SKIP]` dies at the event of that kind after SKIP others. Several folders,
 * with commas between them, have a search each, one after the other.
 */
import { join } from "node:path";
import process from "node:process";
import {
  asha,
  ashaStopping,
  defineSpace,
  float,
  fullFidelity,
  gridSampler,
  int,
  type Job,
  type Journal,
  nsga2Sampler,
  openStudy,
  randomSampler,
  sqliteJournal,
  type Study,
  type StudyOptions,
  successiveHalving,
} from "@ato/ato/hyperopt";
import type { XConfig } from "./_studies.ts";

const [folders = ".", setting = "", kind, skip = "0"] = process.argv.slice(2);

/** A journal whose owner dies once an event of that kind is in it. */
function deadly(journal: Journal): Journal {
  let left = Number(skip);
  return {
    claim: (owner, now) => journal.claim(owner, now),
    renew: (owner, now) => journal.renew(owner, now),
    release: (owner) => journal.release(owner),
    read: () => journal.read(),
    append(events, owner) {
      journal.append(events, owner);
      if (events.some((event) => event.kind === kind) && left-- === 0) {
        process.kill(process.pid, "SIGKILL");
        // The signal may take a moment.
        for (;;);
      }
    },
    close: () => journal.close(),
  };
}

const WIDE = defineSpace({ x: float(0, 1) });
const GRID = defineSpace({ x: float(0, 1, { grid: 5 }) });
const FEW = defineSpace({ x: int(1, 3) });

/** Searches that together write every kind of event. */
function makeSettings(): Record<
  string,
  & Pick<StudyOptions<XConfig>, "space" | "sampler" | "scheduler">
  & Partial<StudyOptions<XConfig>>
> {
  let time = 0;
  return {
    plain: {
      space: WIDE,
      sampler: randomSampler(WIDE),
      scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
    },
    logical: {
      space: WIDE,
      sampler: randomSampler(WIDE),
      scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
      order: "logical",
      width: 3,
    },
    grid: {
      space: GRID,
      sampler: gridSampler(GRID),
      scheduler: successiveHalving({
        trials: 9,
        minFidelity: 1,
        maxFidelity: 9,
      }),
    },
    reuse: {
      space: FEW,
      sampler: randomSampler(FEW),
      scheduler: fullFidelity({ trials: 12 }),
      duplicates: "reuse",
    },
    stopping: {
      space: WIDE,
      sampler: randomSampler(WIDE),
      scheduler: ashaStopping({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
    },
    impatient: {
      space: WIDE,
      sampler: randomSampler(WIDE),
      scheduler: fullFidelity({ trials: 5 }),
      retries: 0,
    },
    fronts: {
      space: WIDE,
      sampler: nsga2Sampler(WIDE, { population: 4 }),
      scheduler: fullFidelity({ trials: 14 }),
      objectives: { loss: "min", cost: "min" },
      constraints: { cost: { max: 0.8 } },
    },
    released: {
      space: WIDE,
      sampler: randomSampler(WIDE),
      scheduler: fullFidelity({ trials: 5 }),
      retries: 0,
    },
    silent: {
      space: WIDE,
      sampler: randomSampler(WIDE),
      scheduler: fullFidelity({ trials: 5 }),
      lease: 1,
      // Each reading of the clock takes time, so that a silent worker is noticed.
      clock: () => time += 50,
    },
  };
}

for (const folder of folders.split(",")) {
  const settings = makeSettings()[setting]!;
  const study: Study<XConfig> = openStudy({
    id: "search",
    ...(settings.objectives === undefined && { metric: "loss", mode: "min" }),
    seed: 3,
    retries: 5,
    ...settings,
    journal: deadly(
      await sqliteJournal({
        dbPath: join(folder, "runs.db"),
        studyId: "search",
      }),
    ),
  });
  if (setting === "plain") {
    study.enqueue({ x: 0.25 });
    study.warmStart([{
      config: { x: 0.5 },
      metrics: { loss: 1 },
      fidelity: 1,
    }]);
  }
  for (;;) {
    const answer = study.ask();
    if (answer.kind === "done") break;
    if (answer.kind === "job") run(study, answer.job, folder);
  }
  study.close();
}

function release(study: Study<XConfig>, job: Job<XConfig>): void {
  study.release(job);
}

function run(study: Study<XConfig>, job: Job<XConfig>, folder: string): void {
  study.link(job.trial, job.trial + 1);
  study.extend(job);
  if (setting === "released" && job.attempt === 0) return release(study, job);
  const loss = job.config.x / job.to;
  for (let step = job.from; step <= job.to; step++) {
    if (study.report(job, { loss }, step) === "stop") break;
  }
  // One trial fails, the same one in each session; the first worker of another one is silent.
  const fails = setting !== "reuse" && setting !== "impatient";
  if (fails && job.trial === 2) {
    study.tell(job, { error: new Error("bad") });
  } else if (setting !== "silent" || job.trial !== 1 || job.attempt > 0) {
    console.log(`ran ${job.trial}@${job.to} in ${folder}`);
    study.tell(job, {
      metrics: { loss, cost: 1 - job.config.x },
      checkpoint: { uri: `${job.trial}@${job.to}`, sha256: "ab" },
    });
  }
}
