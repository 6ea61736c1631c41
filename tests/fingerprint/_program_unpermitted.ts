/** Takes the snapshot of the program that is named; prints its coverage. Not all of it may be read. */
import process from "node:process";
import { takeSnapshot } from "@ato/ato/fingerprint";

const { coverage } = await takeSnapshot(process.argv[2]!, {
  processStart: Infinity,
});
console.log(JSON.stringify(coverage));
