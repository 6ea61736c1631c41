/**
 * Runs a Deno subcommand with the config that suits the network:
 * `deno run --no-config -A tools/deno.ts run -A examples/train_iris.ts lr=0.05`.
 *
 * @module
 */
import { announce, chooseRegistry, configFlags } from "./registry.ts";

/** Waits for a child that shares the terminal: Ctrl-C reaches it directly, so here it is ignored. */
async function runInForeground(args: string[]): Promise<number> {
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  try {
    const child = new Deno.Command(Deno.execPath(), { args }).spawn();
    return (await child.status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

const [subcommand, ...rest] = Deno.args;
if (subcommand === undefined) {
  console.error(
    "Cannot run Deno: no subcommand given; try `tools/deno.ts run -A FILE`",
  );
  Deno.exit(2);
}
const chosen = await chooseRegistry();
announce(chosen);
Deno.exit(await runInForeground([subcommand, ...configFlags(chosen), ...rest]));
