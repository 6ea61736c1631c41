/** A script that logs a metric until it is told to end: `_writer.ts DB STEPS`; it waits for a line on stdin at its end. */
import process from "node:process";
import { SQLLogger } from "../../tracker/mod.ts";

const [dbPath, steps] = process.argv.slice(2);
const logger = new SQLLogger({
  experiment: { projectName: "live", sql: { dbPath: dbPath! } },
}, { snapshot: false });
await logger.run();
for (let step = 0; step < Number(steps); step++) {
  logger.logMetrics({ loss: 1 / (step + 1), acc: step });
}
console.log("logged");
process.stdin.on("data", async () => {
  logger.logMetric("loss", 0, Number(steps));
  await logger.finish();
  process.exit(0);
});
