import { test } from "node:test";
import { join } from "node:path";

import { assert, assertEquals } from "@std/assert";
import { ASSETS } from "../../observe/javascript/assets.ts";
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
  "observer.cjs: a thread that Deno starts as Node does is a gap",
  { skip: !IS_DENO },
  () =>
    withTempFolder((folder) => {
      const cwd = join(folder, "work");
      writeFiles(cwd, {
        "worker.mjs":
          `import { parentPort } from "node:worker_threads"; parentPort.postMessage(1);`,
        "main.mjs": `import { Worker } from "node:worker_threads";
        const worker = new Worker(new URL("./worker.mjs", import.meta.url));
        worker.on("message", () => worker.terminate());`,
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

test("observer.cjs: a process that is started last is seen, and one that cannot start is not", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    writeFiles(cwd, {
      "main.mjs": `import children from "node:child_process";
        import process from "node:process";
        children.spawn("missing-program").on("error", () => {
          console.log(children.spawn("sh", ["-c", "true"], { stdio: "ignore" }).pid);
          process.exit();
        });`,
    });
    const { lines, stdout } = observe(scriptCommand("main.mjs"), { cwd });
    assertEquals(lines.filter((line) => line.is === "child"), [{
      is: "child",
      pid: Number(stdout),
      program: "sh",
      argv: ["-c", "true"],
    }]);
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

test(
  "observer.cjs: a program that closes all descriptors keeps its files as they are",
  NODE,
  () =>
    withTempFolder((folder) => {
      const cwd = join(folder, "work");
      writeFiles(cwd, {
        ...FILES,
        "main.cjs": `const fs = require("node:fs");
        const own = Array.from({ length: 4 }, () => fs.openSync("own.txt", "w"));
        const last = Math.max(...own);
        for (let fd = last; fd > 2; fd--) {
          if (!fs.existsSync("/proc/self/fd/" + fd)) continue;
          if (fs.readlinkSync("/proc/self/fd/" + fd).endsWith(".jsonl")) fs.closeSync(fd);
        }
        const fds = Array.from({ length: 40 }, () => fs.openSync("own.txt", "w"));
        fs.readFileSync("first.txt");`,
      });
      const { lines, stderr } = observe(scriptCommand("main.cjs"), { cwd });
      const own = observe(["cat", "own.txt"], { cwd }).stdout;
      assertEquals([own, stderr], ["", ""]);
      assertEquals(seenOf(lines, join(cwd, "first.txt")), ["read"]);
    }),
);

test("observer.cjs: nothing is done where nothing can be written", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    writeFiles(cwd, { ...FILES, "main.cjs": reads("first") });
    const observer = join(folder, "observer.cjs");
    writeFiles(folder, { "observer.cjs": ASSETS["observer.cjs"] ?? "" });
    const env = { NODE_OPTIONS: `--require ${observer}` };
    const { status, stdout, stderr } = observe(scriptCommand("main.cjs"), {
      cwd,
      env,
      isBare: true,
    });
    assertEquals([status, stdout, stderr], [0, "", ""]);
  }));

/** Ways to get data from a server, as code, and what is seen of each. */
const REQUESTS:
  readonly (readonly [code: string, read: string, gap: string])[] = [
    [
      `await (await fetch(url + "/a?n=1#part")).text()`,
      "/a?n=1",
      "URL/a?n=1 was downloaded; its content is not recorded",
    ],
    [
      `await (await fetch(url + "/post", { method: "POST", body: "x" })).text()`,
      "",
      "HOST answered a request; its answer is not recorded",
    ],
    [
      `await new Promise((done) => http.get(url + "/b", (answer) => answer.resume().on("end", done)))`,
      "/b",
      "URL/b was downloaded; its content is not recorded",
    ],
    [
      `await new Promise((done) => net.connect(port, "localhost", function () { this.destroy(); }).on("close", done))`,
      "",
      "data from localhost:PORT is not recorded",
    ],
  ];

test("observer.cjs: what a server sends is a gap", () =>
  withTempFolder((folder) => {
    const cwd = join(folder, "work");
    const run = (code: string) =>
      `import http from "node:http";
        import net from "node:net";
        const server = http.createServer((_, answer) => answer.end("data"));
        await new Promise((done) => server.listen(0, "127.0.0.1", done));
        const { port } = server.address();
        const url = "http://127.0.0.1:" + port;
        console.log(port);
        ${code}
        server.close();
        server.closeAllConnections();`;
    writeFiles(cwd, {
      "asks.mjs": run(REQUESTS.map(([code]) => `${code};`).join("\n")),
      "serves.mjs": run(""),
    });
    const { lines, stdout, stderr } = observe(scriptCommand("asks.mjs"), {
      cwd,
    });
    assertEquals(stderr, "");
    const port = stdout.trim();
    const host = `127.0.0.1:${port}`;
    const read = lines.flatMap((line) => line.is === "read" ? [line.path] : []);
    assertEquals(
      read,
      REQUESTS.flatMap(([, path]) => path ? [`http://${host}${path}`] : []),
    );
    const expected = REQUESTS.map(([, , gap]) =>
      gap.replace("URL", `http://${host}`).replace("HOST", host)
        .replace("PORT", port)
    );
    assertEquals(gapsIn(lines), expected);
    const quiet = observe(scriptCommand("serves.mjs"), { cwd });
    assertEquals(gapsIn(quiet.lines), []);
  }));

test(
  "observer.cjs: npm, and what tools read to load modules, are no inputs",
  NODE,
  () =>
    withTempFolder((folder) => {
      const cwd = join(folder, "work");
      const loader = `import { readFileSync } from "node:fs";
      export function load() { process.env.TSX_CACHE; return readFileSync("code.ts", "utf8"); }`;
      writeFiles(cwd, {
        ...FILES,
        "code.ts": "1",
        "node_modules/npm/bin/npm-cli.js":
          `require("node:fs").readFileSync("first.txt");
        process.env.FIRST;
        require("node:child_process").execFileSync(process.execPath, ["main.mjs"]);`,
        "node_modules/tsx/index.mjs": loader,
        "main.mjs": `import { readFileSync } from "node:fs";
        import { load } from "./node_modules/tsx/index.mjs";
        load();
        readFileSync("second.txt");
        readFileSync("node_modules/tsx/index.mjs");`,
      });
      const command = scriptCommand("node_modules/npm/bin/npm-cli.js");
      const { lines, stderr } = observe(command, { cwd });
      assertEquals(stderr, "");
      const read = lines.flatMap((line) =>
        line.is === "read" ? [line.path] : []
      );
      assertEquals(read, [join(cwd, "second.txt")]);
      assertEquals([...variablesIn(lines)], []);
      assertEquals(lines.filter((line) => line.is === "process").length, 2);
    }),
);
