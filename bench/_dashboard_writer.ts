/** Writes points as a training would, and prints its CPU time in milliseconds: `FILE POINTS`. */
import process from "node:process";
import { SQLLogger } from "../tracker/mod.ts";

const [dbPath = "", points = "0"] = process.argv.slice(2);
const logger = new SQLLogger({
  experiment: { projectName: "writers", sql: { dbPath } },
});
await logger.run();
const before = process.cpuUsage();
for (let step = 0; step < Number(points); step++) {
  logger.logMetric("loss", Math.sin(step), step);
}
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
await logger.finish();
