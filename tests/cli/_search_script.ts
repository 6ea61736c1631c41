/** A search that runs one trial each time it is started: `dbPath WORD`. */
import process from "node:process";
import {
  defineSpace,
  float,
  fullFidelity,
  openStudy,
  randomSampler,
  sqliteJournal,
} from "@ato/ato/hyperopt";

/** As a script that makes a new name for each search, unless it is told to go on with one. */
const id = process.env.ATO_SEARCH ?? `script ${process.pid}`;
const [dbPath = "", word = ""] = process.argv.slice(2);
const space = defineSpace({ x: float(0, 1) });
const study = openStudy({
  id,
  space,
  sampler: randomSampler(space),
  scheduler: fullFidelity({ trials: 3 }),
  metric: "loss",
  journal: await sqliteJournal({ dbPath, studyId: id }),
});
const answer = study.ask();
if (answer.kind === "job") study.tell(answer.job, { metrics: { loss: 1 } });
console.log(`${word}: ${study.trials().length} of 3`);
study.close();
