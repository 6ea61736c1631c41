/**
 * Calls that fail, in functions of their own. Run as a program with `all` it prints the stack trace of each; with a
 * name, it makes that call and nothing handles the error.
 */
import children from "node:child_process";
import fs, { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import net from "node:net";
import process from "node:process";
import threads from "node:worker_threads";

const deno = globalThis.Deno?.version?.deno ? globalThis.Deno : undefined;
const require = createRequire(import.meta.url);
const called = (start) =>
  new Promise((resolve, reject) =>
    start((error, value) => error ? reject(error) : resolve(value))
  );
const failed = (child) => new Promise((_, reject) => child.on("error", reject));

const CALLS = {
  readFileSync: () => readFileSync("missing"),
  "fs.readFileSync": () => fs.readFileSync("missing", "utf8"),
  "fs.readFileSync of a number": () => fs.readFileSync({}),
  "fs.readdirSync": () => fs.readdirSync("missing"),
  "fs.opendirSync": () => fs.opendirSync("missing"),
  "fs.openSync": () => fs.openSync("missing", "r+"),
  "fs.writeFileSync": () => fs.writeFileSync("missing/file", ""),
  "fs.renameSync": () => fs.renameSync("missing", "other"),
  "fs.copyFileSync": () => fs.copyFileSync("missing", "other"),
  "fs.cpSync": () => fs.cpSync("missing", "other"),
  "fs.unlinkSync": () => fs.unlinkSync("missing"),
  "fs.rmSync": () => fs.rmSync("missing"),
  "fs.closeSync": () => fs.closeSync(9999),
  "fs.readSync": () => fs.readSync(9999, new Uint8Array(1)),
  "fs.readFile": () => called((done) => fs.readFile("missing", done)),
  "promises.readFile": () => readFile("missing"),
  "fs.promises.readFile": async () => await fs.promises.readFile("missing"),
  "fs.promises.readdir": () => fs.promises.readdir("missing"),
  "fs.createReadStream": () => failed(fs.createReadStream("missing")),
  "process.chdir": () => process.chdir("missing"),
  "process.loadEnvFile": () => process.loadEnvFile("missing"),
  "process.dlopen": () => process.dlopen({ exports: {} }, "missing"),
  "structuredClone": () => structuredClone(Symbol.iterator),
  fetch: () => fetch("http://"),
  "fetch of a port that is closed": () => fetch("http://127.0.0.1:1/"),
  WebSocket: () => new globalThis.WebSocket("ftp://x"),
  "net.connect": () => failed(net.connect(1, "127.0.0.1")),
  "net.connect of a wrong port": () => net.connect(99999999),
  DatabaseSync: () => new (require("node:sqlite").DatabaseSync)("missing/a.db"),
  "DatabaseSync without new": () => require("node:sqlite").DatabaseSync("a.db"),
  "threads.Worker": () => new threads.Worker("missing.js"),
  "threads.Worker of nothing": () => new threads.Worker(),
  "children.spawn": () => failed(children.spawn("missing-program")),
  "children.spawn of nothing": () => children.spawn(),
  "children.spawn with a wrong option": () =>
    children.spawn("true", [], { cwd: 1 }),
  "children.spawn with too much": () =>
    failed(children.spawn("true", ["x".repeat(1e6)])),
  "children.execFile": () =>
    called((done) => children.execFile("missing-program", done)),
  "children.fork": () => children.fork(),
  "children.execSync": () => children.execSync("exit 3", { stdio: "ignore" }),
  "children.execFileSync": () => children.execFileSync("missing-program"),
  "children.spawnSync": () => children.spawnSync(1),
};

/** In Deno, an assignment that fails has more lines. */
const NODE_CALLS = {
  "process.env": () => process.env.A = Symbol.iterator,
  "process.env defined": () =>
    Object.defineProperty(process.env, "A", { value: 1 }),
};

const DENO_CALLS = {
  "Deno.readTextFileSync": () => deno.readTextFileSync("missing"),
  "Deno.readTextFile": () => deno.readTextFile("missing"),
  "Deno.readFile": async () => await deno.readFile("missing"),
  "Deno.openSync": () => deno.openSync("missing"),
  "Deno.open": () => deno.open("missing"),
  "Deno.readDirSync": () => [...deno.readDirSync("missing")],
  "Deno.writeTextFileSync": () => deno.writeTextFileSync("missing/file", ""),
  "Deno.renameSync": () => deno.renameSync("missing", "other"),
  "Deno.removeSync": () => deno.removeSync("missing"),
  "Deno.chdir": () => deno.chdir("missing"),
  "Deno.env.get": () => deno.env.get(""),
  "Deno.env.set": () => deno.env.set("A=B", "1"),
  "Deno.dlopen": () => deno.dlopen("missing", {}),
  "Deno.Command": () => new deno.Command("missing-program").outputSync(),
  "Deno.Command output": () => new deno.Command("missing-program").output(),
  "Deno.Command spawn": () => new deno.Command("missing-program").spawn(),
  "Deno.connect": () => deno.connect({ port: 1 }),
  "Deno.stdin.read": () => deno.stdin.read(1),
  Worker: () => new Worker("http://"),
  "Worker of nothing": () => new Worker(),
  "Worker without new": () => Worker("x"),
  "fetch of a file": () => fetch(new URL("missing", import.meta.url)),
};

/** The calls that this runtime has, by name. */
export const FAILURES = {
  ...CALLS,
  ...(deno ? DENO_CALLS : NODE_CALLS),
};

/** Makes a call as programs do: in a function of their own. */
function make(call) {
  return call();
}

/**
 * The trace of an error, until the function that made the call. Deno may have the answer of a promise at once, or later
 * and with another trace, so of that only the message and the lines of an observer are the same each time.
 */
function traceOf({ stack }, isLater) {
  const lines = stack.split("\n");
  if (deno && isLater) {
    return lines.filter((line) => !/ (?!.*wasm:|.*observer)at /.test(line));
  }
  const end = lines.findIndex((line) => line.includes(" make ("));
  return lines.slice(0, end === -1 ? undefined : end + 1);
}

async function printAll() {
  for (const [name, call] of Object.entries(FAILURES)) {
    let isLater = false;
    try {
      const result = make(call);
      isLater = true;
      await result;
      console.log(name, "did not fail");
    } catch (error) {
      console.log([name, ...traceOf(error, isLater)].join("\n"));
    }
  }
}

const [, , name] = process.argv;
if (name === "all") await printAll();
else if (name !== undefined) await make(FAILURES[name]);
