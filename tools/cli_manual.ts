/**
 * Writes `docs/cli.md` from the help of the commands: `deno task manual`.
 *
 * @module
 */
import { COMMANDS } from "../cli/commands.ts";
import { manual } from "../cli/manual.ts";
import { ROOT } from "./registry.ts";

const commands = await Promise.all(
  Object.values(COMMANDS).map((load) => load()),
);
await Deno.writeTextFile(`${ROOT}docs/cli.md`, manual(commands));
const format = new Deno.Command(Deno.execPath(), {
  args: ["fmt", "-q", `${ROOT}docs/cli.md`],
});
Deno.exit((await format.output()).code);
