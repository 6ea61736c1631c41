import { fileURLToPath } from "node:url";
import { runScript } from "../_shared/run_script.ts";

/** Runs a file of `fixtures/` on the runtime of the tests; gives what it printed. */
export function runFixture(
  name: string,
  args: string[],
  env: Record<string, string>,
): string {
  const file = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
  const { status, stdout, stderr } = runScript(file, args, { env });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
