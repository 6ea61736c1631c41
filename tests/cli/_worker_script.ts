/** `ato worker` for an engine of the tests: `URL [FLAG]`; with a flag, the first process is killed in trial 3. */
import process from "node:process";
import { registerEngine } from "@ato/ato/hyperopt";
import { main } from "../../cli/main.ts";
import { connectRelay, RELAY } from "../hyperopt/_relay.ts";
import { commandFor } from "../tracker/_helpers.ts";

const [url = "", flag] = process.argv.slice(2);
registerEngine(RELAY, connectRelay);
const member = commandFor("../hyperopt/_shared_member.ts", []).flat();
const command = flag === undefined ? member : [
  "sh",
  "-c",
  `if [ ! -e "${flag}" ]; then touch "${flag}"; export ATO_TEST_CRASH=3.0; fi; exec "$@"`,
  "sh",
  ...member,
];
process.exitCode = await main(["worker", "--search", "cli", url, ...command]);
