/** Loads the driver, and warns of something else meanwhile. */
import process from "node:process";
import { loadNodeDriver } from "../../tracker/drivers/node_sqlite.ts";

const loading = loadNodeDriver();
process.emitWarning("something else", "ExperimentalWarning");
await loading;
