/** Logs for a trial, and ends with exit code 0 before the run is finished: `CONFIG UUID`. */
import process from "node:process";
import { SQLLogger } from "../../tracker/mod.ts";

const [config = "", uuid = ""] = process.argv.slice(2);
const logger = new SQLLogger(JSON.parse(config), { snapshot: false });
await logger.run({ trial: { uuid, restarts: true }, tags: ["hyperopt"] });
logger.logMetric("loss", -9, 1);
process.exit(0);
