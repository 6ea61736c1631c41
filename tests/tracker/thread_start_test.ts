/** Runs in threads of the user's: their program begins with the script of the process, and so does their command. */
import { spawnSync } from "node:child_process";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SQLFinder } from "../../tracker/mod.ts";
import { explain } from "../../why/mod.ts";
import { commandFor, inFolder, isDeno } from "./_helpers.ts";

const ATO = new URL("../../", import.meta.url).href;

/** A thread that makes a run with the rate that it is given. */
const THREAD = (receive: string) => `
import { SQLLogger } from "${ATO}tracker/mod.ts";
${receive}
const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath: "runs.db" } } });
await logger.run();
logger.logMetric("loss", rate, 0);
await logger.finish();
`;
const KINDS: readonly [name: string, main: string, thread: string][] = [
  [
    "of node:worker_threads",
    `import { Worker } from "node:worker_threads";
const thread = new Worker(new URL("./thread.mjs", import.meta.url), { workerData: { rate } });
await new Promise((done) => thread.on("exit", done));`,
    THREAD(`import { workerData } from "node:worker_threads";
const { rate } = workerData;`),
  ],
  ...isDeno
    ? [[
      "of the web's kind",
      `const thread = new Worker(new URL("./thread.mjs", import.meta.url), { type: "module" });
thread.postMessage(rate);
await new Promise((done) => thread.onmessage = done);
thread.terminate();`,
      THREAD(
        "const rate = await new Promise((done) => self.onmessage = ({ data }) => done(data));",
      ) + "self.postMessage(0);",
    ] as [string, string, string]]
    : [],
];

for (const [name, main, thread] of KINDS) {
  test(
    `SQLLogger.run: a run in a thread ${name} has the script that started the process, and why sees an edit of it`,
    {
      skip: process.platform !== "linux" &&
        "only Linux tells a thread its command line",
    },
    async () => {
      await inFolder(async (folder) => {
        writeFileSync(join(folder, "package.json"), '{"type": "module"}');
        writeFileSync(join(folder, "thread.mjs"), thread);
        for (const rate of [1, 2]) {
          writeFileSync(
            join(folder, "main.mjs"),
            `const rate = ${rate};\n${main}`,
          );
          start(folder, commandFor(addressIn(folder), ["word"]));
        }
        const finder = new SQLFinder(join(folder, "runs.db"));
        try {
          const [a, b] = await finder.getRunsInProject("demo");
          assert(a !== undefined && b !== undefined);
          for (const run of [a, b]) {
            const program = await finder.programOf(run);
            assertEquals(program?.entry, "main.mjs");
            assertEquals(
              program?.modules.map(({ path }) => path),
              ["main.mjs", "thread.mjs"],
            );
            const { script, command } = run.environment;
            assertEquals(script, join(realpathSync(folder), "main.mjs"));
            assertStringIncludes(command?.at(-2) ?? "", "main.mjs");
            assertEquals(command?.at(-1), "word");
          }
          const { suspects } = await explain(a, b, { finder });
          assertEquals(suspects.map(({ id }) => id), ["code:main.mjs#rate"]);
        } finally {
          await finder.close();
        }
      });
    },
  );
}

/** Commands of which another word than the script is a file with the name of one. */
const OTHERS: readonly [name: string, words: readonly string[]][] = isDeno
  ? [
    ["of deno eval", ["eval", 'import "./main.mjs"', "data.js"]],
    ["of deno test", ["test", "-A", "--no-check", "data.js", "main.mjs"]],
  ]
  : [
    ["of typed code", ["-e", 'import("./main.mjs")', "data.js"]],
    ["of a folder", ["--no-warnings", "start", "data.js"]],
  ];

for (const [name, words] of OTHERS) {
  test(
    `SQLLogger.run: a run in a thread ${name} does not take another word of its process for the script`,
    async () => {
      await inFolder(async (folder) => {
        const [, main, thread] = KINDS[0]!;
        writeFileSync(join(folder, "package.json"), '{"type": "module"}');
        writeFileSync(join(folder, "thread.mjs"), thread);
        writeFileSync(join(folder, "main.mjs"), `const rate = 1;\n${main}`);
        writeFileSync(join(folder, "data.js"), "");
        mkdirSync(join(folder, "start"));
        writeFileSync(
          join(folder, "start", "index.js"),
          'import "../main.mjs"',
        );
        start(folder, [process.execPath, [...words]]);
        const program = await programIn(folder);
        const paths = program?.modules.map(({ path }) => path) ?? [];
        assert(!paths.includes("data.js"));
        assert(program?.coverage.level !== "full");
      });
    },
  );
}

test(
  "SQLLogger.run: a run in a thread of typed code does not have all of its code",
  {
    skip: (isDeno || process.platform !== "linux") &&
      "only Node has such threads, and only Linux tells a thread its command line",
  },
  async () => {
    await inFolder(async (folder) => {
      const [, main, thread] = KINDS[0]!;
      writeFileSync(join(folder, "package.json"), '{"type": "module"}');
      writeFileSync(join(folder, "thread.mjs"), thread);
      writeFileSync(
        join(folder, "main.mjs"),
        `const rate = 1;\n${main}`.replace(
          'new URL("./thread.mjs", import.meta.url), {',
          '`import(${JSON.stringify(new URL("./thread.mjs", import.meta.url))})`, { eval: true,',
        ),
      );
      start(folder, commandFor(addressIn(folder), []));
      const program = await programIn(folder);
      assertEquals(program?.entry, "main.mjs");
      assertEquals(program?.coverage, {
        level: "partial",
        missing: [
          "main.mjs:3: the module of a computed worker is not known",
          "the code of this thread is not in a file",
        ],
      });
    });
  },
);

async function programIn(folder: string) {
  const finder = new SQLFinder(join(folder, "runs.db"));
  try {
    const [run] = await finder.getRunsInProject("demo");
    return await finder.programOf(run!);
  } finally {
    await finder.close();
  }
}

test(
  "SQLLogger.run: a run in a thread that does not know the script of its process says so",
  { skip: !isDeno && "Node lets each program read its command line" },
  async () => {
    await inFolder(async (folder) => {
      const [, main, thread] = KINDS.at(-1)!;
      writeFileSync(join(folder, "deno.json"), "{}");
      writeFileSync(join(folder, "thread.mjs"), thread);
      writeFileSync(join(folder, "main.mjs"), `const rate = 1;\n${main}`);
      const [deno, words] = commandFor(addressIn(folder), []);
      const granted = ["read", "write", "env"].map((name) => `--allow-${name}`);
      start(folder, [
        deno,
        words.flatMap((word) =>
          word === "-A" ? [...granted, "--no-prompt"] : [word]
        ),
      ]);
      const finder = new SQLFinder(join(folder, "runs.db"));
      try {
        const [run] = await finder.getRunsInProject("demo");
        const program = await finder.programOf(run!);
        assertEquals(program?.entry, "thread.mjs");
        assertEquals(program?.coverage, {
          level: "partial",
          missing: ["the script that started this thread is not recorded"],
        });
        const { script, command, argv } = run!.environment;
        assertEquals([script, command, argv], [
          undefined,
          undefined,
          undefined,
        ]);
      } finally {
        await finder.close();
      }
    });
  },
);

function addressIn(folder: string): string {
  return pathToFileURL(join(folder, "main.mjs")).href;
}

function start(folder: string, [command, words]: [string, string[]]): void {
  const { status, stderr } = spawnSync(command, words, {
    cwd: folder,
    encoding: "utf8",
    timeout: 120_000,
    env: { ...process.env, NO_COLOR: "1" },
  });
  assertEquals(status, 0, stderr);
}
