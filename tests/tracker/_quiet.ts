/** Loads the driver, and prints another warning meanwhile. */
import process from "node:process";
import { loadNodeDriver } from "../../tracker/drivers/node_sqlite.ts";

const loading = loadNodeDriver();
process.emitWarning("something else", "ExperimentalWarning");
await loading;
