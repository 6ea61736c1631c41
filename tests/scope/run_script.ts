/** Runs the scripts of `fixtures/`. */
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, runScript as run } from "../_shared/run_script.ts";

/** The absolute path of a file in `fixtures/`. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** Runs a file, by its path or its name in `fixtures/`, and waits until it ends. */
export function runScript(
  name: string,
  args: string[],
  how: "run" | "test" = "run",
): Outcome {
  return run(isAbsolute(name) ? name : fixture(name), args, { how });
}
