import { test } from "node:test";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { IS_DENO } from "../_shared/run_script.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { WORKERS } from "./_deno_workers.ts";
import {
  gapsIn,
  observe,
  type Observed,
  seenOf,
  variablesIn,
  writeFiles,
} from "./_javascript.ts";

const SCRIPT = fileURLToPath(new URL("_deno_permissions.mjs", import.meta.url));
const options = { skip: !IS_DENO };

/** Permissions, and what must be seen of `data/in.txt`, `other.txt`, `out/new.txt`, and of `A`. */
const PERMISSIONS: Readonly<Record<string, readonly unknown[]>> = {
  "": [[], [], [], undefined],
  "--allow-read=data": [["read"], [], [], undefined],
  "--allow-read": [["read"], ["read"], [], undefined],
  "--allow-env=A": [[], [], [], "1"],
  "--allow-env --allow-write=out": [[], [], ["write"], "1"],
  "--allow-read --allow-write=out": [["read"], ["read"], ["write"], undefined],
  "--allow-read --allow-write": [
    ["read", "hash", "write"],
    ["read"],
    ["write"],
    undefined,
  ],
  "--allow-read --deny-read=other.txt --deny-write": [
    ["read"],
    [],
    [],
    undefined,
  ],
  "--allow-write=..": [["write"], [], ["write"], undefined],
  "-A": [["read", "hash", "write"], ["read"], ["write"], "1"],
  "-A --deny-write=out": [["read", "hash", "write"], ["read"], [], "1"],
};

for (const [flags, expected] of Object.entries(PERMISSIONS)) {
  test(
    `observer.cjs: deno run ${flags}: permissions keep their meaning`,
    options,
    () =>
      withTempFolder((folder) => {
        const runs = [true, false].map((isBare) => {
          const cwd = join(folder, `${isBare}`, "work");
          writeFiles(cwd, {
            "data/in.txt": "in",
            "data/node.txt": "node",
            "data/gone.txt": "gone",
            "other.txt": "other",
          });
          mkdirSync(join(cwd, "out"));
          const words = flags.split(" ").filter(Boolean);
          return {
            cwd,
            ...observe(
              [process.execPath, "run", "--no-config", ...words, SCRIPT],
              { cwd, env: { A: "1", B: "2" }, isBare },
            ),
          };
        });
        const [bare, observed] = runs.map(({ cwd, status, stdout, stderr }) =>
          `${status}\n${stdout}\n${stderr}`.replaceAll(dirname(cwd), "").split(
            "\n",
          )
        );
        assertEquals(observed, bare);
        const { lines = [], cwd = "" } = runs[1] ?? {};
        assertNotEquals(lines, []);
        const paths = ["data/in.txt", "other.txt", "out/new.txt"];
        const seen = paths.map((path) => seenOf(lines, join(cwd, path)));
        assertEquals([...seen, variablesIn(lines).get("A")], [...expected]);
      }),
  );
}

/** Uses that fail without a permission, one a line. */
const DENIED: readonly string[] = [
  `process.env.ABC`,
  `"ABC" in process.env`,
  `Object.keys(process.env)`,
  `({ ...process.env })`,
  `process.env.ABC = "1"`,
  `process.env.ABC = Symbol.iterator`,
  `delete process.env.ABC`,
  `Object.defineProperty(process.env, "ABC", { value: 1 })`,
  `Object.getOwnPropertyDescriptor(process.env, "ABC")`,
  `Deno.env.get("ABC")`,
  `Deno.env.has("ABC")`,
  `Deno.env.set("ABC", "1")`,
  `Deno.env.toObject()`,
  `Deno.readTextFileSync("x")`,
  `Deno.writeTextFileSync("x", "")`,
  `new Deno.Command("x").outputSync()`,
  `new Deno.Command("x").spawn()`,
  `Deno.dlopen("x", {})`,
  `Deno.chdir("x")`,
];

test(
  "observer.cjs: what lacks a permission has the same stack trace as without it",
  options,
  () =>
    withTempFolder((folder) => {
      const cwd = join(folder, "work");
      writeFiles(cwd, {
        "main.mjs": `import process from "node:process";\n${
          DENIED.map((use) =>
            `try { ${use}; console.log("done"); } catch (error) { console.log(error.stack); }\n`
          ).join("")
        }process.env.DEF;`,
      });
      const words = [
        "run",
        "--no-prompt",
        "--no-config",
        "--allow-env=NO_COLOR",
      ];
      const [bare, observed] = [true, false].map((isBare) => {
        const command = [process.execPath, ...words, "main.mjs"];
        return observe(command, { cwd, isBare });
      });
      assertEquals(bare?.stdout.includes("done"), false, bare?.stdout);
      assertNotEquals(observed?.lines, []);
      assertEquals(observed?.stdout, bare?.stdout);
      assertEquals([observed?.stderr, observed?.status], [bare?.stderr, 1]);
    }),
);

/** Runs a script twice in folders of its own, once without being observed. */
function runBoth(
  folder: string,
  files: Readonly<Record<string, string>>,
  words: readonly string[],
): {
  readonly bare: string[];
  readonly seen: string[];
  readonly run: Observed;
  readonly cwd: string;
} {
  const [bare, observed] = [true, false].map((isBare) => {
    const cwd = join(folder, `${isBare}`, "work");
    writeFiles(cwd, files);
    const env = { A: "1", B: "2" };
    const run = observe([process.execPath, "run", ...words], {
      cwd,
      env,
      isBare,
    });
    const text = `${run.status}\n${run.stdout}\n${run.stderr}`
      .replaceAll(dirname(cwd), "");
    return { cwd, run, text: text.split("\n") };
  });
  const { cwd, run, text } = observed!;
  return { bare: bare!.text, seen: text, run, cwd };
}

const inputs = [
  "deno",
  "node",
  "fetched",
  "inner",
  "child",
  "limited",
  "closes",
];
const WORKER_FILES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(WORKERS).map(([name, text]) => [`workers/${name}`, text]),
  ),
  ...Object.fromEntries(inputs.map((name) => [`in/${name}.txt`, name])),
  "main.mjs": readFileSync(
    new URL("_deno_workers.mjs", import.meta.url),
    "utf8",
  ),
};

test(
  "observer.cjs: workers of Deno are observed, and neither they nor what started them notice",
  options,
  () =>
    withTempFolder((folder) => {
      const words = "-A --no-config --unstable-worker-options main.mjs".split(
        " ",
      );
      const { bare, seen, run, cwd } = runBoth(folder, WORKER_FILES, words);
      assertEquals(seen, bare);
      assertEquals(run.status, 3, run.stderr);
      for (const name of inputs) {
        const path = join(cwd, "in", `${name}.txt`);
        assertEquals(seenOf(run.lines, path)[0], "read", name);
      }
      const variables = variablesIn(run.lines);
      assertEquals([variables.get("A"), variables.get("B")], ["1", "2"]);
      const gaps = ["missing.mjs", "data:", "main.mjs", "limited.mjs"];
      assertEquals(
        gapsIn(run.lines).filter((gap) => !gap.startsWith("data from")),
        gaps.map((name) => `the worker ${name} is not observed`),
      );
    }),
);

test(
  "observer.cjs: an error of a worker that nothing handles ends Deno as it does without the observer",
  options,
  () =>
    withTempFolder((folder) => {
      const files = {
        ...WORKER_FILES,
        "main.mjs":
          `new Worker(new URL("workers/throws.mjs", import.meta.url), { type: "module" });`,
      };
      const { bare, seen, run } = runBoth(folder, files, ["-A", "main.mjs"]);
      assertEquals(seen, bare);
      assert(run.stderr.includes("workers/throws.mjs:3"), run.stderr);
    }),
);

/** Permissions of the program with which a worker could not write what it reads, or could not load the observer. */
const LIMITED: readonly (readonly string[])[] = [
  ["--allow-read"],
  ["--allow-read=.", "--allow-write"],
];

for (const words of LIMITED) {
  test(
    `observer.cjs: with ${words.join(" ")}, a worker of Deno is a gap`,
    options,
    () =>
      withTempFolder((folder) => {
        const files = {
          ...WORKER_FILES,
          "main.mjs":
            `const worker = new Worker(new URL("workers/limited.mjs", import.meta.url), { type: "module" });
          worker.onmessage = ({ data }) => worker.terminate(console.log(data));`,
        };
        const { bare, seen, run } = runBoth(folder, files, [
          ...words,
          "main.mjs",
        ]);
        assertEquals(seen, bare);
        assertEquals(gapsIn(run.lines), [
          "the worker limited.mjs is not observed",
        ]);
      }),
  );
}

/** The lines of a text that are not of the runtime. */
const ownLines = (text: string) =>
  text.split("\n").filter((line) =>
    !/\bext:(?!ato_observer)|<anonymous>/.test(line)
  );

test(
  "observer.cjs: in a worker of Deno, an error has the same stack trace as without it, but for the runtime's own lines",
  options,
  () =>
    withTempFolder((folder) => {
      const calls = [
        `Deno.readTextFileSync("missing")`,
        `new Request("http://")`,
        `new WebSocket("http://")`,
        `Response.redirect("http://")`,
        `await fetch("http://")`,
        `new Worker("http://", { type: "module" })`,
        `location.href = "x"`,
        `new Deno.Command("missing").spawn()`,
      ];
      const files = {
        "worker.mjs": calls.map((call) =>
          `try { ${call}; console.log("done"); } catch (error) { console.log(error.stack); }\n`
        ).join("") + "self.close();",
        "main.mjs":
          `new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });`,
      };
      const words = ["-A", "--no-config", "main.mjs"];
      const { bare, seen, run } = runBoth(folder, files, words);
      assertEquals(gapsIn(run.lines), []);
      assertEquals(run.stdout.includes("done"), false, run.stdout);
      assertEquals(ownLines(seen.join("\n")), ownLines(bare.join("\n")));
    }),
);

test(
  "observer.cjs: a worker of Deno that starts when the observer is gone runs, and is a gap",
  options,
  () =>
    withTempFolder((folder) => {
      const files = {
        ...WORKER_FILES,
        "main.mjs": `for (const { name } of [...Deno.readDirSync("..")]) {
            if (name.startsWith("launch")) Deno.removeSync("../" + name + "/observer.cjs");
          }
          const worker = new Worker(new URL("workers/limited.mjs", import.meta.url), { type: "module" });
          worker.onmessage = ({ data }) => worker.terminate(console.log(data));`,
      };
      const { bare, seen, run } = runBoth(folder, files, ["-A", "main.mjs"]);
      assertEquals(seen, bare);
      assert(run.stdout.includes("limited"), run.stdout);
      assertEquals(gapsIn(run.lines), [
        "the worker limited.mjs is not observed",
      ]);
    }),
);
