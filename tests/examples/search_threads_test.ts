/** The story of `examples/search_threads.ts` from the sources; the test of the npm package plays it, too. */
import { test } from "node:test";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { IS_DENO } from "../_shared/run_script.ts";
import { commandOf, withExamples } from "./_examples.ts";
import { playSearchStory } from "./_search_story.ts";

test(
  "runStudy, ato search: two threads, Ctrl-C, kill -9, resumed, looked at, and the best config in another script",
  {
    skip: process.platform === "win32"
      ? "it has no signals"
      : !IS_DENO && "the test of the npm package plays it under Node",
  },
  async () => {
    await withExamples((folder) =>
      playSearchStory({
        folder,
        script: (name) => commandOf(join(folder, name)),
        ato: commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url))),
      })
    );
  },
);
