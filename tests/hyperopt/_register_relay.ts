/** Loaded before a script that connects to the engine of a test. */
import { registerEngine } from "@ato/ato/hyperopt";
import { connectRelay, RELAY } from "./_relay.ts";

registerEngine(RELAY, connectRelay);
