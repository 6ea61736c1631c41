/**
 * The usual training script, with the real pandas, PyYAML and scikit-learn, as it is under `ato run`: `ato why` names
 * the file, the function or the variable that changed the result.
 */
import { test } from "node:test";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { SQLFinder } from "../../tracker/mod.ts";
import type { Explanation } from "../../why/mod.ts";
import { pythonWith } from "../_shared/python_packages.ts";
import { IS_DENO } from "../_shared/run_script.ts";
import { commandOf, replaceIn } from "../examples/_examples.ts";
import { ato, inFolder } from "./_lib.ts";

const PACKAGES = ["scikit-learn", "pandas", "PyYAML"];

/** What the script imports of them. */
const IMPORTS = `import pandas as pd
import yaml
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
`;

const FILES: Readonly<Record<string, string>> = {
  "pyproject.toml": "[project]\nname = 'story'\n",
  "settings.yaml": "model:\n  alpha: 0.001\ntest_size: 0.25\n",
  "data/train.csv": `a,b,label\n${
    Array.from({ length: 80 }, (_, at) =>
      `${Math.sin(at).toFixed(4)},${
        Math.cos(3 * at).toFixed(4)
      },${+(Math.sin(at) + Math.cos(7 * at) / 2 > 0)}\n`).join("")
  }`,
  "helpers.py": `import os


def scale(values):
    """Brings each column to the same range."""
    factor = float(os.environ.get("SCALE", "1"))
    return factor * (values - values.mean(axis=0)) / values.std(axis=0)
`,
  "train.py": `"""Trains a classifier."""
import argparse

${IMPORTS}
from helpers import scale


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--random-state", type=int, default=42)
    parser.add_argument("--api-key", default="sk-4242")
    args = parser.parse_args()
    with open("settings.yaml") as file:
        settings = yaml.safe_load(file)
    table = pd.read_csv("data/train.csv")
    x, y = scale(table.drop(columns="label").to_numpy()), table["label"].to_numpy()
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=settings["test_size"], random_state=args.random_state)
    model = SGDClassifier(
        loss="log_loss", learning_rate="constant", eta0=args.lr,
        alpha=settings["model"]["alpha"], random_state=args.random_state)
    for epoch in range(3):
        model.partial_fit(x_train, y_train, classes=[0, 1])
        loss = log_loss(y_test, model.predict_proba(x_test))
        print(f"Epoch {epoch + 1}/3 - loss: {loss:.9f}")
    print(f"Test accuracy: {accuracy_score(y_test, model.predict(x_test)):.4f}")


if __name__ == "__main__":
    main()
`,
};

/** A change: its file and what is replaced, or a variable; the factor that it is, and its diff. */
interface Change {
  readonly what: string;
  readonly edit?: readonly [file: string, from: string, to: string];
  readonly env?: readonly [name: string, value: string];
  readonly id: string;
  readonly verdict: RegExp;
  readonly diff?: readonly RegExp[];
}

const CHANGES: readonly Change[] = [
  {
    what: "one row of the data",
    edit: ["data/train.csv", "0.0000,1.0000,", "0.5000,1.0000,"],
    id: "input:data/train.csv",
    verdict: /^VERDICT .* input data\/train\.csv\b/m,
    diff: [/^-0\.0000,1\.0000/m, /^\+0\.5000,1\.0000/m],
  },
  {
    what: "one operator of the helper",
    edit: ["helpers.py", "/ values.std", "* values.std"],
    id: "code:helpers.py#scale",
    verdict: /^VERDICT .* scale in helpers\.py\b/m,
    diff: [/^-.*\/ values\.std/m, /^\+.*\* values\.std/m],
  },
  {
    what: "a value of the settings",
    edit: ["settings.yaml", "0.001", "0.1"],
    id: "input:settings.yaml",
    verdict: /^VERDICT .* input settings\.yaml\b/m,
    diff: [/^- +alpha: 0\.001$/m, /^\+ +alpha: 0\.1$/m],
  },
  {
    what: "a variable that the helper reads",
    env: ["SCALE", "2"],
    id: "env:SCALE",
    verdict: /^VERDICT .* variable SCALE \(unset -> set\)/m,
  },
];

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));

/**
 * Runs the script in its folder, and returns the id of the run. It is a process of its own: the working folder and the
 * variables of this one are those of all tests that run at the same time.
 */
async function run(
  python: string,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const [command = "", ...words] = CLI;
  const { stdout } = await promisify(execFile)(command, [
    ...words,
    ...["run", "--json", "--db", "runs.db", "--"],
    ...[python, "train.py", "--lr", "0.1"],
  ], { cwd: folder, env: { ...process.env, ...env } });
  return JSON.parse(stdout).id;
}

async function changed(
  { edit, env }: Change,
  folder: string,
  python: string,
): Promise<number> {
  if (edit) replaceIn(folder, ...edit);
  try {
    return await run(python, folder, env && { [env[0]]: env[1] });
  } finally {
    if (edit) replaceIn(folder, edit[0], edit[2], edit[1]);
  }
}

async function inProject(
  work: (folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    // The texts of inputs are recorded in a repository.
    execFileSync("git", ["init", "-q", folder]);
    await work(folder);
  });
}

test(
  "ato run, ato why: a scikit-learn script, as it is: what changed the result, its config, its packages",
  {
    skip: !IS_DENO && "the processes of Python are the same under each runtime",
  },
  async (t) => {
    const { python, skip } = pythonWith("scikit-learn", PACKAGES, IMPORTS);
    if (python === undefined) return t.skip?.(skip);
    await inProject(async (folder) => {
      const db = join(folder, "runs.db");
      const first = await run(python, folder);
      await t.test("the config, the packages and the metrics", async () => {
        const finder = new SQLFinder(db);
        const { factors, coverage } = (await finder.factorsOf(first))!;
        const found = await finder.findRun(first);
        const config = found!.config as Record<string, unknown>;
        await finder.close();
        assertEquals(config["args"], {
          words: ["train.py"],
          lr: 0.1,
          random_state: 42,
          api_key: "***",
        });
        assertEquals(factors.get("config:args.random_state"), "42");
        assertEquals(coverage.inputs, { level: "full", missing: [] });
        const packages = [...factors.keys()].filter((id) =>
          id.startsWith("package:pypi:")
        );
        for (const name of [...PACKAGES, "numpy", "scipy"]) {
          assert(packages.includes(`package:pypi:${name.toLowerCase()}`), name);
        }
        assertEquals(
          [...factors.keys()].filter((id) => id.startsWith("input:")).sort(),
          ["input:data/train.csv", "input:settings.yaml"],
        );
        assertEquals(factors.get("env:SCALE"), "unset");
      });
      for (const change of CHANGES) {
        const id = await changed(change, folder, python);
        await t.test(change.what, async () => {
          const words = ["why", `${first}`, `${id}`, "--db", db];
          const { out } = await ato(...words);
          assertMatch(out, change.verdict);
          for (const line of change.diff ?? []) assertMatch(out, line);
          const found: Explanation = JSON.parse(
            (await ato(...words, "--json")).out,
          );
          assertEquals(found.outcome, "explained");
          assertEquals(found.suspects.map((one) => one.id), [change.id]);
          for (const { a, b } of Object.values(found.coverage)) {
            assertEquals([a, b], ["full", "full"], out);
          }
        });
      }
    });
  },
);
