/**
 * Runs programs that know nothing of inputs, as real processes under `ato run`: `ato why` names the file, the
 * function or the variable that changed the result.
 */
import { test } from "node:test";
import { join } from "node:path";
import process from "node:process";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Explanation } from "../../why/mod.ts";
import { replaceIn } from "../examples/_examples.ts";
import { STORIES, type Story, writeStory } from "./_stories.ts";
import { ato, inFolder } from "./_lib.ts";

/** A change: its file, what is replaced, the factor that it is, and how the verdict names it. */
interface Change {
  readonly what: string;
  readonly edit?: readonly [file: string, from: string, to: string];
  readonly env?: readonly [name: string, value: string];
  /** The suspect; without it, the runs are identical. */
  readonly id?: string;
  readonly verdict: RegExp;
}

function changesOf({ helper }: Story): Change[] {
  return [
    {
      what: "one row of the data",
      edit: ["data/train.csv", "3,7", "3,8"],
      id: "input:data/train.csv",
      verdict: /^VERDICT .*\bdata\/train\.csv\b/m,
    },
    {
      what: "one operator of the helper",
      edit: [helper, "/ 10", "* 10"],
      id: `code:${helper}#scaled`,
      verdict: /^VERDICT .*\bscaled in helper\.\w+/m,
    },
    {
      what: "a value of the settings",
      edit: ["settings.yaml", "weight: 2", "weight: 3"],
      id: "input:settings.yaml",
      verdict: /^VERDICT .*\bsettings\.yaml\b/m,
    },
    {
      what: "a variable that the helper reads",
      env: ["SCALE", "2"],
      id: "env:SCALE",
      verdict: /^VERDICT .*\bSCALE\b/m,
    },
    {
      what: "a file and a variable that nothing reads",
      edit: ["data/notes.txt", "Nobody", "No one"],
      env: ["SCALES", "2"],
      verdict:
        /^VERDICT {2}The results are identical\. Same config, same .*code, .*same inputs/m,
    },
  ];
}

/** Runs the program once, and returns the id of its run. */
async function run(story: Story, folder: string): Promise<number> {
  const { code, out, err } = await ato(
    ...["run", "--json", "--db", join(folder, "runs.db"), "--"],
    ...story.command(folder),
  );
  assertEquals(code, 0, err);
  return JSON.parse(out).id;
}

async function changed(
  story: Story,
  folder: string,
  { edit, env }: Change,
): Promise<number> {
  if (edit) replaceIn(folder, ...edit);
  if (env) process.env[env[0]] = env[1];
  try {
    return await run(story, folder);
  } finally {
    if (env) delete process.env[env[0]];
    if (edit) replaceIn(folder, edit[0], edit[2], edit[1]);
  }
}

for (const story of STORIES) {
  test(
    `ato run, ato why: ${story.name}: the input, the function or the variable that changed the result`,
    {
      skip: story.skip ?? false,
    },
    async (t) => {
      await inFolder(async (folder) => {
        writeStory(story, folder);
        const first = await run(story, folder);
        const ids = new Map<Change, number>();
        for (const change of changesOf(story)) {
          ids.set(change, await changed(story, folder, change));
        }
        const db = join(folder, "runs.db");
        for (const [change, id] of ids) {
          await t.test(change.what, async () => {
            const words = ["why", `${first}`, `${id}`, "--db", db];
            const { out } = await ato(...words);
            assertMatch(out, change.verdict);
            const found: Explanation = JSON.parse(
              (await ato(...words, "--json")).out,
            );
            const { outcome, suspects, coverage } = found;
            const expected = change.id === undefined ? [] : [change.id];
            assertEquals(suspects.map((one) => one.id), expected);
            assertEquals(
              outcome,
              change.id === undefined ? "identical" : "explained",
            );
            for (const { a, b } of Object.values(coverage)) {
              assertEquals([a, b], ["full", "full"], out);
            }
            if (change.id?.startsWith("code:")) {
              assertMatch(out, /^-.*\/ 10/m);
              assertMatch(out, /^\+.*\* 10/m);
            }
          });
        }
        assert(ids.size === 5);
      });
    },
  );
}
