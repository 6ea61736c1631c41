/**
 * A search that kills its own process right after an event of a kind:
 * `_search.ts FOLDER KIND SKIP` dies at the event of that kind after SKIP others.
 */
import { join } from "node:path";
import process from "node:process";
import {
  asha,
  defineSpace,
  float,
  type Journal,
  openStudy,
  randomSampler,
  sqliteJournal,
} from "@ato/ato/hyperopt";

const [folder = ".", kind, skip = "0"] = process.argv.slice(2);

/** The journal, but its owner dies once the event of that kind is in it. */
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

const space = defineSpace({ x: float(0, 1) });
const journal = await sqliteJournal({
  dbPath: join(folder, "runs.db"),
  studyId: "search",
});
const study = openStudy({
  id: "search",
  space,
  sampler: randomSampler(space),
  scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 9 }),
  metric: "loss",
  seed: 3,
  retries: 5,
  journal: deadly(journal),
});
study.enqueue({ x: 0.25 });
study.warmStart([{ config: { x: 0.5 }, metrics: { loss: 1 }, fidelity: 1 }]);
for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
  const { job } = answer;
  study.link(job.trial, job.trial + 1);
  study.extend(job);
  study.report(job, { loss: 1 }, job.from);
  // One trial fails, the same one in each session.
  if (job.trial === 2) study.tell(job, { error: new Error("bad") });
  else {
    console.log(`ran ${job.trial}@${job.to}`);
    study.tell(job, {
      metrics: { loss: job.config.x / job.to },
      checkpoint: { uri: `${job.trial}@${job.to}`, sha256: "ab" },
    });
  }
}
study.close();
