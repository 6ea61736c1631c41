import { test } from "node:test";
import { join } from "node:path";

import { assert, assertEquals } from "@std/assert";
import { IS_DENO } from "../_shared/run_script.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import {
  gapsIn,
  observe,
  scriptCommand,
  seenOf,
  variablesIn,
  writeFiles,
} from "./_javascript.ts";

const NODE = { skip: IS_DENO };
const FILES = Object.fromEntries(
  "main esm cjs first second third fourth child shell late".split(" ")
    .map((name) => [`${name}.txt`, name]),
);

/** A script of Node's modules that reads a file. */
const reads = (name: string) =>
  `process.env.${name.toUpperCase()}; require("node:fs").readFileSync("${name}.txt");\n`;

test("observer.cjs: modules are code, and what is seen survives kill -9", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    writeFiles(cwd, {
      ...FILES,
      "imported.json": "{}",
      "required.json": "{}",
      "data.json": "{}",
      "esm.mjs": `import { readFileSync } from "node:fs";
        export const text = readFileSync("esm.txt", "utf8");`,
      "cjs.cjs": `const fs = require("node:fs");
        module.exports = fs.readFileSync("cjs.txt", "utf8");`,
      "main.mjs": `import fs from "node:fs";
        import process from "node:process";
        import { createRequire } from "node:module";
        import imported from "./imported.json" with { type: "json" };
        import { text } from "./esm.mjs";
        const require = createRequire(import.meta.url);
        require("./required.json");
        require("./cjs.cjs");
        JSON.parse(fs.readFileSync("data.json", "utf8"));
        fs.readFile("late.txt", () => process.kill(process.pid, "SIGKILL"));`,
    });
    const { lines, signal, stderr } = observe(scriptCommand("main.mjs"), {
      cwd,
    });
    assertEquals([signal, stderr], ["SIGKILL", ""]);
    const read = lines.flatMap((line) => line.is === "read" ? [line.path] : []);
    const expected = ["esm.txt", "cjs.txt", "data.json", "late.txt"];
    assertEquals(read, expected.map((name) => join(cwd, name)));
    const [first] = lines;
    assert(first?.is === "process");
    assertEquals(first.entry, join(cwd, "main.mjs"));
    assertEquals(first.cwd, cwd);
    assertEquals(first.language, IS_DENO ? "deno" : "node");
  }));

test(
  "observer.cjs: threads of Node are observed, with whatever options",
  NODE,
  () =>
    withTempFolder((folder) => {
      const cwd = join(folder, "work");
      writeFiles(cwd, {
        ...FILES,
        "main.mjs": `import { SHARE_ENV, Worker } from "node:worker_threads";
        const run = (name, options) => new Promise((resolve, reject) =>
          new Worker("./" + name + ".cjs", options)
            .on("message", (value) => console.log(name, ...value))
            .on("exit", resolve).on("error", reject));
        await run("first", {});
        await run("second", { execArgv: [], env: { ...process.env } });
        await run("third", { env: {} });
        await run("fourth", { env: SHARE_ENV, execArgv: [] });`,
        ...Object.fromEntries(
          ["first", "second", "third", "fourth"].map((name) => [
            `${name}.cjs`,
            reads(name) +
            `require("node:worker_threads").parentPort.postMessage([
            process.execArgv.length, process.env.NODE_OPTIONS, process.env.ATO_OBSERVE])`,
          ]),
        ),
      });
      const env = { FIRST: "1", SECOND: "2", THIRD: "3", FOURTH: "4" };
      const { lines, stdout, stderr } = observe(scriptCommand("main.mjs"), {
        cwd,
        env,
      });
      assertEquals(stderr, "");
      for (const name of ["first", "second", "third", "fourth"]) {
        assertEquals(seenOf(lines, join(cwd, `${name}.txt`)), ["read"], name);
        assert(stdout.includes(`${name} 0 undefined undefined`), stdout);
      }
      const { THIRD, ...others } = Object.fromEntries(variablesIn(lines));
      assertEquals(others, { FIRST: "1", SECOND: "2", FOURTH: "4" });
      assertEquals(THIRD, undefined); // the program took it from the thread
      const threads = lines.flatMap((line) =>
        line.is === "process" ? [line.thread] : []
      );
      assertEquals(threads.filter((thread) => thread !== undefined).length, 4);
      assertEquals(gapsIn(lines), []);
    }),
);

test(
  "observer.cjs: a worker of Deno is a gap",
  { skip: !IS_DENO },
  () =>
    withTempFolder((folder) => {
      const cwd = join(folder, "work");
      writeFiles(cwd, {
        "worker.mjs": "self.postMessage(1);",
        "main.mjs": `const url = new URL("./worker.mjs", import.meta.url);
        const worker = new Worker(url, { type: "module" });
        worker.onmessage = () => worker.terminate();`,
      });
      const { lines, stderr } = observe(scriptCommand("main.mjs"), { cwd });
      assertEquals(stderr, "");
      assertEquals(gapsIn(lines), ["the worker worker.mjs is not observed"]);
    }),
);

/** Ways to start a process, as code. */
const STARTS: Readonly<Record<string, string>> = {
  spawn: `children.spawn(runtime, words, options)`,
  "spawn with an environment":
    `children.spawn(runtime, words, { ...options, env: { CHILD: "own" } })`,
  "spawn with all variables":
    `children.spawn(runtime, words, { ...options, env: { ...process.env } })`,
  fork: `children.fork("./child.cjs", options)`,
  execFile: `children.execFile(runtime, words)`,
  spawnSync: `children.spawnSync(runtime, words)`,
  "execFileSync with an environment":
    `children.execFileSync(runtime, words, { env: {} })`,
  execSync: `children.execSync(line, { env: { ...process.env } })`,
  exec: `children.exec(line)`,
  "promisify(exec)": `(await promisify(children.exec)(line), null)`,
};

/** Ways of Deno. */
const DENO_STARTS: Readonly<Record<string, string>> = {
  "Deno.Command output":
    `await new Deno.Command(runtime, { args: words }).output()`,
  "Deno.Command outputSync":
    `new Deno.Command(runtime, { args: words, env: { CHILD: "own" } }).outputSync()`,
  "Deno.Command clearEnv":
    `new Deno.Command(runtime, { args: words, clearEnv: true }).outputSync()`,
  "Deno.Command spawn":
    `await new Deno.Command(runtime, { args: words }).spawn().status`,
};

test("observer.cjs: processes that a program starts are observed", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    const starts = IS_DENO ? { ...STARTS, ...DENO_STARTS } : STARTS;
    const command = scriptCommand("child.cjs");
    const [runtime, ...words] = command;
    writeFiles(cwd, {
      ...FILES,
      "child.cjs": `const fs = require("node:fs");
        fs.readFileSync("child.txt");
        fs.appendFileSync("hidden.log", [
          process.env.ATO_OBSERVE, process.env.NODE_OPTIONS].join());`,
      "main.mjs": `import children from "node:child_process";
        import process from "node:process";
        import { promisify } from "node:util";
        const runtime = ${JSON.stringify(runtime)};
        const words = ${JSON.stringify(words)};
        const line = [runtime, ...words].join(" ");
        const options = { stdio: "ignore" };
        const ended = (child) => child?.on &&
          new Promise((resolve) => child.on("exit", resolve));
        ${
        Object.values(starts).map((start) => `await ended(${start});`).join(
          "\n",
        )
      }`,
    });
    const { lines, stderr, status } = observe(scriptCommand("main.mjs"), {
      cwd,
    });
    assertEquals([status, stderr], [0, ""]);
    const count = Object.keys(starts).length;
    const child = join(cwd, "child.txt");
    const read = lines.filter((line) =>
      line.is === "read" && line.path === child
    );
    const started = lines.filter((line) => line.is === "child");
    assertEquals(read.length, count);
    assertEquals(started.length, count);
    const own = observe(["cat", "hidden.log"], { cwd }).stdout;
    assertEquals(own, ",".repeat(count));
  }));

test("observer.cjs: a program that replaces what it can goes on, and is observed", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    writeFiles(cwd, {
      ...FILES,
      "main.mjs": `import fs from "node:fs";
        import process from "node:process";
        const { readFileSync } = fs;
        for (const name of ["writeSync", "statSync", "accessSync", "readSync", "appendFileSync"]) {
          fs[name] = () => "replaced";
        }
        const refuse = () => { throw new Error("replaced"); };
        Object.prototype.toJSON = refuse;
        JSON.stringify = refuse;
        Array.prototype.push = Array.prototype.map = Array.prototype.slice = refuse;
        Set.prototype.has = Set.prototype.add = Map.prototype.get = Map.prototype.set = refuse;
        String.prototype.startsWith = String.prototype.includes = refuse;
        RegExp.prototype.exec = Date.now = refuse;
        Error.prepareStackTrace = refuse;
        readFileSync("first.txt");
        process.env.FIRST;
        readFileSync("second.json");
        process.env.SECOND = "2";
        process.exitCode = 3;`,
      "second.json": "{}",
    });
    const { lines, status } = observe(scriptCommand("main.mjs"), { cwd });
    assertEquals(status, 3);
    assertEquals(seenOf(lines, join(cwd, "first.txt")), ["read"]);
    assertEquals(seenOf(lines, join(cwd, "second.json")), ["read"]);
    assertEquals([...variablesIn(lines).keys()], ["FIRST"]);
  }));

test("observer.cjs: nothing is done where nothing can be written", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    writeFiles(cwd, { ...FILES, "main.cjs": reads("first") });
    const observer = new URL(
      "../../observe/javascript/assets/observer.cjs",
      import.meta.url,
    );
    const env = { NODE_OPTIONS: `--require ${observer.pathname}` };
    const { status, stdout, stderr } = observe(scriptCommand("main.cjs"), {
      cwd,
      env,
      isBare: true,
    });
    assertEquals([status, stdout, stderr], [0, "", ""]);
  }));
