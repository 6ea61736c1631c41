/**
 * Calls that touch files, and what must be seen of each. A test reads the table; run as a program in a folder with
 * the files `<number>.txt` it makes all the calls.
 */
import fs, {
  createReadStream,
  createWriteStream,
  openSync,
  readFileSync,
} from "node:fs";
import * as promises from "node:fs/promises";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import process from "node:process";
import { Buffer } from "node:buffer";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const require = createRequire(import.meta.url);
const deno = globalThis.Deno?.version?.deno ? globalThis.Deno : undefined;

/** A call in Node and Deno, with what must be seen of its file. */
const call = (name, sees, run) => ({ name, sees, run });

/** A call in Deno. */
const denoCall = (name, sees, run) => ({ name, sees, run, isDeno: true });

const READ = ["read"];
const WRITE = ["write"];
const CHANGE = ["read", "hash", "write"];

const untilClosed = (stream) =>
  new Promise((resolve, reject) =>
    stream.on("close", resolve).on("error", reject).resume?.() ??
      stream.end("x")
  );
const called = (start) =>
  new Promise((resolve, reject) =>
    start((error, value) => error ? reject(error) : resolve(value))
  );
const folderOf = (file) => file.replace(".txt", ".dir");

export const CALLS = [
  call("readFileSync", READ, (f) => readFileSync(f)),
  call("readFileSync with utf8", READ, (f) => readFileSync(f, "utf8")),
  call(
    "fs.readFileSync with flag r+",
    CHANGE,
    (f) => fs.readFileSync(f, { flag: "r+" }),
  ),
  call("readFileSync of bytes", READ, (f) => readFileSync(Buffer.from(f))),
  call("readFileSync of a URL", READ, (f) => readFileSync(pathToFileURL(f))),
  call(
    "readFileSync of a relative path",
    READ,
    (f) => readFileSync(`./${f.split("/").pop()}`),
  ),
  call(
    "readFileSync through require",
    READ,
    (f) => require("fs").readFileSync(f),
  ),
  call("readFileSync twice", READ, (f) => [readFileSync(f), readFileSync(f)]),
  call(
    "readFile with a callback",
    READ,
    (f) => called((done) => fs.readFile(f, done)),
  ),
  call("promisify(readFile)", READ, (f) => promisify(fs.readFile)(f)),
  call("promises.readFile", READ, (f) => readFile(f)),
  call("fs.promises.readFile", READ, (f) => fs.promises.readFile(f)),
  call("promises.open", READ, async (f) => {
    const handle = await promises.open(f);
    await handle.readFile();
    await handle.close();
  }),
  call("promises.open r+", CHANGE, async (f) => {
    await (await promises.open(f, "r+")).close();
  }),
  call("openSync", READ, (f) => fs.closeSync(openSync(f))),
  call("openSync r+", CHANGE, (f) => fs.closeSync(openSync(f, "r+"))),
  call("openSync w", WRITE, (f) => fs.closeSync(openSync(f, "w"))),
  call("openSync w+", WRITE, (f) => fs.closeSync(openSync(f, "w+"))),
  call("openSync a", WRITE, (f) => fs.closeSync(openSync(f, "a"))),
  call(
    "openSync a+",
    ["guess", "hash", "write"],
    (f) => fs.closeSync(openSync(f, "a+")),
  ),
  call(
    "openSync O_RDWR",
    CHANGE,
    (f) => fs.closeSync(openSync(f, fs.constants.O_RDWR)),
  ),
  call(
    "openSync O_WRONLY",
    WRITE,
    (f) => fs.closeSync(openSync(f, fs.constants.O_WRONLY)),
  ),
  call("openSync wx of a file that is there", [], (f) => {
    try {
      openSync(f, "wx");
    } catch { /* It must fail. */ }
  }),
  call(
    "open with a callback",
    READ,
    (f) => called((done) => fs.open(f, done)).then((fd) => fs.closeSync(fd)),
  ),
  call("createReadStream", READ, (f) => untilClosed(createReadStream(f))),
  call("createWriteStream", WRITE, async (f) => {
    const stream = createWriteStream(f);
    await new Promise((resolve) => stream.end("x", resolve));
  }),
  call("openAsBlob", READ, async (f) => {
    await (await fs.openAsBlob?.(f) ?? readFileSync(f)).text?.();
  }),
  call("copyFileSync from", READ, (f) => fs.copyFileSync(f, `${f}.copy`)),
  call("copyFile to", WRITE, async (f) => {
    fs.writeFileSync(`${f}.new`, "new");
    await promises.copyFile(`${f}.new`, f);
  }),
  call("cpSync", READ, (f) => fs.cpSync(f, `${f}.copy`)),
  call(
    "cpSync of a folder",
    [],
    (f) => fs.cpSync(folderOf(f), `${f}.tree`, { recursive: true }),
  ),
  call("renameSync from", CHANGE, (f) => fs.renameSync(f, `${f}.moved`)),
  call("renameSync to", WRITE, (f) => {
    fs.writeFileSync(`${f}.new`, "new");
    fs.renameSync(`${f}.new`, f);
  }),
  call("writeFileSync", WRITE, (f) => fs.writeFileSync(f, "new")),
  call("writeFileSync, then read", WRITE.concat("read"), (f) => {
    fs.writeFileSync(f, "new");
    readFileSync(f);
  }),
  call("readFileSync, then write", CHANGE, (f) => {
    readFileSync(f);
    fs.writeFileSync(f, "new");
  }),
  call("readFileSync, then appendFileSync", CHANGE, (f) => {
    readFileSync(f);
    fs.appendFileSync(f, "new");
  }),
  call("readFileSync, then unlink", CHANGE, async (f) => {
    readFileSync(f);
    await promises.unlink(f);
  }),
  call("readFileSync, then truncate", CHANGE, (f) => {
    readFileSync(f);
    fs.truncateSync(f);
  }),
  call("unlinkSync", WRITE, (f) => fs.unlinkSync(f)),
  call("statSync", [], (f) => fs.statSync(f)),
  call("existsSync", [], (f) => fs.existsSync(f)),
  call("accessSync", [], (f) => fs.accessSync(f)),
  call("realpathSync", [], (f) => fs.realpathSync(f)),
  call("chdir, then a relative path", READ, (f) => {
    const old = process.cwd();
    const name = f.split("/").pop();
    process.chdir(folderOf(f));
    readFileSync(`../${name}`);
    process.chdir(old);
  }),
  call("loadEnvFile", READ, (f) => process.loadEnvFile?.(f) ?? readFileSync(f)),
  call("node:sqlite", CHANGE, async (f) => {
    const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync(f).close();
  }),
  denoCall("Deno.readFile", READ, (f) => deno.readFile(f)),
  denoCall("Deno.readFileSync", READ, (f) => deno.readFileSync(f)),
  denoCall("Deno.readTextFile", READ, (f) => deno.readTextFile(f)),
  denoCall(
    "Deno.readTextFileSync of a URL",
    READ,
    (f) => deno.readTextFileSync(pathToFileURL(f)),
  ),
  denoCall("Deno.open", READ, async (f) => (await deno.open(f)).close()),
  denoCall(
    "Deno.openSync read and write",
    CHANGE,
    (f) => deno.openSync(f, { read: true, write: true }).close(),
  ),
  denoCall(
    "Deno.openSync append",
    WRITE,
    (f) => deno.openSync(f, { append: true }).close(),
  ),
  denoCall(
    "Deno.openSync truncate",
    WRITE,
    (f) =>
      deno.openSync(f, { read: true, write: true, truncate: true }).close(),
  ),
  denoCall("Deno.create", WRITE, async (f) => (await deno.create(f)).close()),
  denoCall("Deno.writeTextFile", WRITE, (f) => deno.writeTextFile(f, "new")),
  denoCall(
    "Deno.writeFileSync",
    WRITE,
    (f) => deno.writeFileSync(f, new Uint8Array(1)),
  ),
  denoCall("Deno.readTextFileSync, then write", CHANGE, (f) => {
    deno.readTextFileSync(f);
    deno.writeTextFileSync(f, "new");
  }),
  denoCall("Deno.copyFile from", READ, (f) => deno.copyFile(f, `${f}.copy`)),
  denoCall("Deno.rename from", CHANGE, (f) => deno.rename(f, `${f}.moved`)),
  denoCall("Deno.remove", WRITE, (f) => deno.remove(f)),
  denoCall("Deno.stat", [], (f) => deno.stat(f)),
  denoCall("fetch of a file", READ, async (f) => {
    await (await fetch(pathToFileURL(f))).text();
  }),
];

/**
 * The calls that this runtime has.
 *
 * @type {readonly { name: string, sees: readonly string[], run: (file: string) => unknown }[]}
 */
export const OWN_CALLS = CALLS.filter(({ isDeno }) => !isDeno || deno);

if (process.argv[2] === "all") {
  for (const [i, { name, run }] of OWN_CALLS.entries()) {
    try {
      await run(`${process.cwd()}/${i}.txt`);
    } catch (error) {
      console.log(`${name}: ${error}`);
    }
  }
}
