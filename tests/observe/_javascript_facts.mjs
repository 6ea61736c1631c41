/** Prints what a program can see of the functions and objects that the observer wraps, one fact a line. */
import fs, { readFileSync } from "node:fs";
import * as promises from "node:fs/promises";
import { createRequire } from "node:module";
import process, { env } from "node:process";
import children from "node:child_process";
import threads from "node:worker_threads";
import { promisify, types } from "node:util";

const require = createRequire(import.meta.url);
const deno = globalThis.Deno?.version?.deno ? globalThis.Deno : undefined;

/** Prints a fact; an error is a fact as well. */
function fact(name, find) {
  let value;
  try {
    value = find();
  } catch (error) {
    value = `${error.name} ${error.code} ${error.message}`;
  }
  console.log(name, typeof value === "string" ? value : JSON.stringify(value));
}

/** Describes an own property, functions by their text. */
function describe(owner, name) {
  const property = Object.getOwnPropertyDescriptor(owner, name);
  const { value } = property ?? {};
  const more = typeof value === "function"
    ? [value.name, value.length, `${value}`, Object.keys(value)]
    : [];
  return [Object.keys(property ?? {}), { ...property, value: undefined }, more];
}

const OWNERS = {
  fs,
  promises: fs.promises,
  children,
  threads,
  process,
  globalThis,
};
for (const [name, owner] of Object.entries(OWNERS)) {
  fact(`keys of ${name}`, () => Object.keys(owner).join());
}
const FUNCTIONS = {
  fs:
    "readFile readFileSync open openSync readdir opendirSync writeFile cp rename rm unlink openAsBlob",
  promises: "readFile open readdir writeFile copyFile rename",
  children: "exec execSync execFileSync spawnSync spawn fork",
  threads: "Worker",
  process: "env chdir dlopen loadEnvFile emitWarning getBuiltinModule",
  globalThis: "structuredClone fetch WebSocket Worker",
};
for (const [name, functions] of Object.entries(FUNCTIONS)) {
  for (const key of functions.split(" ")) {
    fact(`${name}.${key}`, () => describe(OWNERS[name], key));
  }
}
if (deno !== undefined) {
  fact("keys of Deno", () => Object.keys(deno).join());
  const names =
    "readFile readFileSync open openSync readDir create writeFile rename remove copyFile env dlopen chdir connect";
  for (const key of names.split(" ")) {
    fact(`Deno.${key}`, () => describe(deno, key));
  }
  for (const key of ["get", "has", "set", "delete", "toObject"]) {
    fact(`Deno.env.${key}`, () => describe(deno.env, key));
  }
  fact("Deno.Command", () => [deno.Command.name, deno.Command.length]);
  fact("Deno.Command", () => new deno.Command("x") instanceof deno.Command);
  fact("Deno.env.toObject", () => Object.entries(deno.env.toObject()).sort());
  fact("Deno.env.get of no name", () => deno.env.get());
  fact("Deno.readTextFileSync", () => deno.readTextFileSync("missing"));
  fact("Deno.readDirSync", () => [...deno.readDirSync("missing")]);
  fact("Deno.readTextFile", () => deno.readTextFile.constructor.name);
  fact("Deno.readTextFile", () => {
    const promise = deno.readTextFile("missing");
    promise.catch(() => {});
    return Object.prototype.toString.call(promise);
  });
}

fact("fs.promises", () => fs.promises === require("fs/promises"));
fact("named import", () => readFileSync === fs.readFileSync);
fact(
  "named import of promises",
  () => promises.readFile === fs.promises.readFile,
);
fact("require", () => require("node:fs").readFile === fs.readFile);
fact("promisify", () => typeof children.exec[promisify.custom]);
fact("a subclass", () => {
  class Thread extends threads.Worker {}
  return [Thread.name, Object.getPrototypeOf(Thread) === threads.Worker];
});
fact(
  "prototype",
  () => threads.Worker.prototype.constructor === threads.Worker,
);
fact("missing file", () => readFileSync("missing"));
fact("no path", () => readFileSync());
fact("a path of a wrong type", () => fs.openSync({}));
fact("a path with a null byte", () => readFileSync("a\0b"));
fact("a callback of a wrong type", () => fs.readFile("x", {}, 1));
fact("a folder", () => readFileSync("."));
fact("bad flags", () => fs.openSync("x", "zz"));

fact("env", () => Object.entries({ ...env }).sort());
fact(
  "env as JSON",
  () => Object.entries(JSON.parse(JSON.stringify(env))).sort(),
);
fact("entries of env", () => Object.entries(env).length);
fact("type of env", () => Object.prototype.toString.call(env));
fact("prototype of env", () => Object.getPrototypeOf(env) === Object.prototype);
fact("names of env", () => Object.keys(env).sort().join());
fact("A", () => [env.A, "A" in env, Object.hasOwn(env, "A")]);
fact("no variable", () => [env.NO, "NO" in env, Object.hasOwn(env, "NO")]);
fact("description of A", () => Object.getOwnPropertyDescriptor(env, "A"));
fact("description of none", () => Object.getOwnPropertyDescriptor(env, "NO"));
fact("hasOwnProperty", () => env.hasOwnProperty?.("A"));
fact("set a number", () => [env.N = 1, env.N, typeof env.N]);
fact("set undefined", () => [env.U = undefined, env.U]);
fact("set a symbol", () => {
  env.S = Symbol("s");
});
fact("get a symbol", () => env[Symbol.iterator] === undefined);
fact("delete", () => [delete env.A, env.A, "A" in env]);
fact("delete none", () => delete env.NO);
fact("define", () => {
  Object.defineProperty(env, "D", {
    value: "d",
    writable: true,
    enumerable: true,
    configurable: true,
  });
  return env.D;
});
fact("define a getter", () => {
  Object.defineProperty(env, "G", { get: () => 1 });
});
fact("define half", () => {
  Object.defineProperty(env, "H", { value: "h" });
});
fact("clone", () => structuredClone(env).B);
fact("names at last", () => Object.keys(env).sort().join());
fact("for in", () => {
  let count = 0;
  for (const name in env) count += name.length;
  return count;
});
fact("inspected", () => types.isProxy(globalThis) || typeof process.env);
fact("arguments", () => [process.argv.slice(2), process.execArgv]);
console.log(Object.keys(process.env).length > 0 && process.env);
fact("freeze", () => {
  try {
    return Object.isFrozen(Object.freeze(env));
  } catch (error) {
    return error.name;
  }
});
