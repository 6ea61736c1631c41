/** Connects, waits for a word, and closes the connection while the engine cannot be reached. */
import process from "node:process";
import { connect } from "./_connect.ts";

const backend = await connect(process.argv[2]!, { patience: 600_000 });
const ignore = () => {};
backend.take({ wait: 600_000 }).catch(ignore);
backend.journal.read(0, { wait: 600_000 }).catch(ignore);
console.log("connected");
await new Promise((resolve) => process.stdin.once("data", resolve));
process.stdin.destroy();
backend.journal.append("x", "1").catch(ignore);
await backend.close();
console.log("closed");
