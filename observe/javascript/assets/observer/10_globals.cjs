// deno-lint-ignore-file no-unused-vars -- the parts share one scope

/**
 * Observes what a JavaScript program reads: `ato run` loads this file into Node and Deno before the program.
 *
 * It wraps the calls that open files, list folders, read variables and start processes, and appends one line of
 * JSON for each new fact to a file of its own in the folder `observations` beside this file. It must never break,
 * prompt, print into or change the program: whatever fails in here is swallowed in here, and where it may not write
 * it does nothing at all.
 *
 * The program may overwrite everything global, so what is used later is taken when this file is loaded.
 */
"use strict";

const fs = require("fs");
const paths = require("path");
const { fileURLToPath } = require("url");
const threads = require("worker_threads");
const nodeProcess = require("process");

/** The API of Deno, or `undefined` in Node. */
const deno = globalThis.Deno?.version?.deno ? globalThis.Deno : undefined;

// ---------------------------------------------------------------------------------------------------------------
// What is taken from the globals before the program can change them.

const { apply, construct, defineProperty, getOwnPropertyDescriptor, ownKeys } =
  Reflect;
const { get: reflectGet, set: reflectSet, has: reflectHas, deleteProperty } =
  Reflect;
const { getPrototypeOf, setPrototypeOf, preventExtensions } = Reflect;
const { stringify } = JSON;
const { now } = Date;
const { isArray } = Array;
const uncurry = (method) => Function.prototype.call.bind(method);
const startsWith = uncurry(String.prototype.startsWith);
const endsWith = uncurry(String.prototype.endsWith);
const includes = uncurry(String.prototype.includes);
const indexOf = uncurry(String.prototype.indexOf);
const slice = uncurry(String.prototype.slice);
const charCodeAt = uncurry(String.prototype.charCodeAt);
const matches = uncurry(RegExp.prototype.exec);
const functionToString = Function.prototype.toString;
const functionText = uncurry(functionToString);
const { fromCharCode } = String;
const { floor: startFloor, random: startRandom } = Math;
const { Buffer: StartBuffer } = require("buffer");
const textToBytes = StartBuffer.from.bind(StartBuffer);
const bytesToString = StartBuffer.prototype.toString;
const setMethods = {
  has: Set.prototype.has,
  add: Set.prototype.add,
  clear: Set.prototype.clear,
  delete: Set.prototype.delete,
};
const mapMethods = {
  has: Map.prototype.has,
  get: Map.prototype.get,
  set: Map.prototype.set,
  forEach: Map.prototype.forEach,
};
const enqueue = globalThis.queueMicrotask;
const bind = uncurry(Function.prototype.bind);
const StartProxy = Proxy;
const { resolve: resolvePath, sep, dirname, basename } = paths;
const StartUrl = globalThis.URL;
/** The class `Request` or, because asking for it would load all of `fetch`, the getter that does. */
const startRequest = deno && getOwnPropertyDescriptor(globalThis, "Request");
const StartError = Error;
const { captureStackTrace } = Error;
const StartException = globalThis.DOMException;
const StartDecoder = globalThis.TextDecoder;
const { openSync, writeSync, readSync, closeSync, statSync, accessSync } = fs;
const { readdirSync, realpathSync, readlinkSync, fstatSync, readFileSync } = fs;
const { W_OK, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_TRUNC, O_EXCL } =
  fs.constants;
const isTerminal = deno === undefined
  ? require("tty").isatty
  : () => deno.stdin.isTerminal();
const cwd = nodeProcess.cwd.bind(nodeProcess);
const startGet = deno?.env.get;
const query = deno?.permissions?.querySync.bind(deno.permissions);
const statusOf = (name, more) =>
  query({ __proto__: null, name, ...more }).state;

/** Returns an empty set whose methods the program cannot replace. */
function newSet() {
  return Object.assign(new Set(), setMethods);
}

/** Returns an empty map whose methods the program cannot replace. */
function newMap() {
  return Object.assign(new Map(), mapMethods);
}
