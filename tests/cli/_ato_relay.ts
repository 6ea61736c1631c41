/** `ato`, with the engine of the tests. */
import process from "node:process";
import { registerEngine } from "@ato/ato/hyperopt";
import { main } from "../../cli/main.ts";
import { connectRelay, RELAY } from "../hyperopt/_relay.ts";

registerEngine(RELAY, connectRelay);
process.exitCode = await main(process.argv.slice(2));
