/** Small programs of the usual kind, which `ato run` observes: their files, and edits that change their result. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { PYTHON, whyNoPython } from "../_shared/python.ts";
import { IS_DENO } from "../_shared/run_script.ts";
import { commandOf } from "../examples/_examples.ts";

/** A program with its data. */
export interface Story {
  /** Its name, for titles of tests. */
  readonly name: string;
  /** Its files by their paths. */
  readonly files: Readonly<Record<string, string>>;
  /** The command that starts it. */
  readonly command: (folder: string) => readonly string[];
  /** The module with the function `scaled`. */
  readonly helper: string;
  /** Why it cannot be run here. */
  readonly skip?: string | false;
}

const DATA: Readonly<Record<string, string>> = {
  "data/train.csv": "x,y\n1,2\n2,4\n3,7\n",
  "data/notes.txt": "Nobody reads this.\n",
  "settings.yaml": "weight: 2\nrounds: 3\n",
};

/** What it takes for a folder of a project. */
const ROOT_MARK = "[project]\nname = 'story'\n";

const PYTHON_STORY: Story = {
  name: "Python",
  helper: "helper.py",
  command: (folder) => [PYTHON, join(folder, "train.py"), "--lr", "0.5"],
  files: {
    ...DATA,
    "pyproject.toml": ROOT_MARK,
    "train.py": `"""Fits a slope."""
import argparse
import csv
import random
from pathlib import Path

from helper import scaled

HERE = Path(__file__).parent


def read_settings(path):
    with open(path) as file:
        return dict(line.strip().split(": ") for line in file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    random.seed(args.seed)
    settings = read_settings(HERE / "settings.yaml")
    with open(HERE / "data" / "train.csv", newline="") as file:
        rows = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]
    slope = random.random()
    for step in range(int(settings["rounds"])):
        error = sum(slope * x - y for x, y in rows) * float(settings["weight"])
        slope -= scaled(args.lr * error)
        print(f"step={step} slope={slope!r}")
    (HERE / "slope.txt").write_text(str(slope))


if __name__ == "__main__":
    main()
`,
    "helper.py": `import os


def scaled(value):
    return value * float(os.environ.get("SCALE", "1")) / 10


def unused(value):
    return value
`,
  },
};

const YAML_STORY: Story = {
  ...PYTHON_STORY,
  name: "Python with PyYAML",
  // One runtime is enough for what differs in Python alone.
  skip: IS_DENO ? whyNoPython("yaml") : "it is run under Deno",
  files: {
    ...PYTHON_STORY.files,
    "train.py": PYTHON_STORY.files["train.py"]!
      .replace("import random\n", "import random\n\nimport yaml\n")
      .replace(
        / {8}return dict\(.*\n/,
        "        return yaml.safe_load(file)\n",
      ),
  },
};

/** The same program in TypeScript, in the words of a runtime. */
function scriptFiles(
  script: string,
  { imports, read, variable, log }: {
    readonly imports: string;
    readonly read: (path: string) => string;
    readonly variable: string;
    readonly log: { readonly start: string; readonly end: string };
  },
): Record<string, string> {
  return {
    ...DATA,
    "package.json": '{ "type": "module" }\n',
    [script]: `${imports}import { scaled } from "./helper.mjs";

const settings = Object.fromEntries(
  ${read("settings.yaml")}.trim().split("\\n").map((line) => line.split(": ")),
);
const rows = ${read("data/train.csv")}.trim().split("\\n").slice(1)
  .map((line) => line.split(",").map(Number));
${log.start}let slope = 0.25;
for (let step = 0; step < Number(settings.rounds); step++) {
  const error = rows.reduce((sum, [x, y]) => sum + slope * x - y, 0) * Number(settings.weight);
  slope -= scaled(0.5 * error);
  ${log.end}
}
`,
    "helper.mjs": `import process from "node:process";

export function scaled(value) {
  return value * Number(${variable} ?? "1") / 10;
}

export function unused(value) {
  return value;
}
`,
  };
}

const PRINT = { start: "", end: "console.log(`step=${step} slope=${slope}`);" };

const DENO_STORY: Story = {
  name: "Deno",
  helper: "helper.mjs",
  command: (folder) => [
    ...[process.execPath, "run", "--no-config", "--allow-env=SCALE"],
    ...[`--allow-read=${folder}`, join(folder, "train.ts")],
  ],
  files: scriptFiles("train.ts", {
    imports: "",
    read: (path) =>
      `Deno.readTextFileSync(new URL("${path}", import.meta.url))`,
    variable: 'Deno.env.get("SCALE")',
    log: PRINT,
  }),
};

const NODE_FILES = {
  imports: 'import { readFileSync } from "node:fs";\n',
  read: (path: string) =>
    `readFileSync(new URL("${path}", import.meta.url), "utf8")`,
  variable: "process.env.SCALE",
};

const NODE_STORY: Story = {
  name: "Node",
  helper: "helper.mjs",
  command: (folder) => [process.execPath, join(folder, "train.mjs")],
  files: scriptFiles("train.mjs", { ...NODE_FILES, log: PRINT }),
};

const TRACKER = JSON.stringify(
  new URL("../../tracker/mod.ts", import.meta.url).href,
);

const ATO_STORY: Story = {
  name: "TypeScript with Ato",
  helper: "helper.mjs",
  command: (folder) => commandOf(join(folder, "train.ts")),
  files: scriptFiles("train.ts", {
    ...NODE_FILES,
    imports: `${NODE_FILES.imports}import { SQLLogger } from ${TRACKER};\n`,
    log: {
      start: `const logger = new SQLLogger({
  experiment: {
    projectName: "story",
    sql: { dbPath: new URL("runs.db", import.meta.url).pathname },
  },
});
await logger.run();
`,
      end: 'logger.logMetric("slope", slope, step);',
    },
  }),
};
(ATO_STORY.files as Record<string, string>)["train.ts"] +=
  "await logger.finish();\n";

/** The programs that this runtime can run. */
export const STORIES: readonly Story[] = [
  PYTHON_STORY,
  YAML_STORY,
  IS_DENO ? DENO_STORY : NODE_STORY,
  ATO_STORY,
];

/** Writes a program. */
export function writeStory(story: Story, folder: string): void {
  for (const [path, text] of Object.entries(story.files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
