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
const { resolve: resolvePath, sep, dirname, basename } = paths;
const StartUrl = globalThis.URL;
// In Node, asking for it would load all of `fetch`.
const StartRequest = deno && globalThis.Request;
const StartError = Error;
const StartException = globalThis.DOMException;
const StartDecoder = globalThis.TextDecoder;
const { openSync, writeSync, readSync, closeSync, statSync, accessSync } = fs;
const { readdirSync, realpathSync, readlinkSync, fstatSync, readFileSync } = fs;
const { W_OK, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_TRUNC, O_EXCL } =
  fs.constants;
const { isatty: isTerminal } = require("tty");
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

// ---------------------------------------------------------------------------------------------------------------
// Lines

/** The folder of this launch. */
const HOME = __dirname;
const FOLDER = resolvePath(HOME, "observations");

/** Appends a text to the file of this thread; `undefined` if it cannot be written. */
let append;

/** Opens the file of this thread. */
function openSink() {
  const random = Math.random().toString(36).slice(2, 12);
  const file = resolvePath(FOLDER, `${nodeProcess.pid}-${random}.jsonl`);
  return deno === undefined ? openNodeSink(file) : openDenoSink(file);
}

/** The descriptor of the file in Node; `undefined` if the program closed it. */
let descriptorOfSink;

function openNodeSink(file) {
  const open = () => openSync(file, "a", 0o600);
  descriptorOfSink = open();
  return (text) => {
    descriptorOfSink ??= open();
    writeSync(descriptorOfSink, text);
  };
}

/** Sees that a program closes all descriptors there are: the next file that it opens may get the same number. */
function sawClose(args) {
  if (args[0] === descriptorOfSink) descriptorOfSink = undefined;
  return true;
}

/**
 * Opens the file in Deno. The grant to write to the launch folder is given back at once, so that the program has the
 * permissions that it was started with. Revoking a path revokes also what contains it, so a grant that contains the
 * folder of the launch, which is not ours, stays.
 */
function openDenoSink(file) {
  if (statusOf("write", { path: file }) !== "granted") return undefined;
  const opened = deno.openSync(file, {
    append: true,
    create: true,
    mode: 0o600,
  });
  const write = opened.writeSync.bind(opened);
  const encoder = new TextEncoder();
  const encode = encoder.encode.bind(encoder);
  if (statusOf("write", { path: dirname(HOME) }) !== "granted") {
    deno.permissions.revokeSync({ name: "write", path: FOLDER });
  }
  return (text) => write(encode(text));
}

/** Writes one fact. */
function line(fact) {
  try {
    append(stringify({ __proto__: null, ...fact }) + "\n");
  } catch {
    // A full disk must not stop the program.
  }
}

const gaps = newSet();

/** Writes that something can read and is not seen. */
function gap(what) {
  if (gaps.has(what)) return;
  gaps.add(what);
  line({ is: "gap", what });
}

// ---------------------------------------------------------------------------------------------------------------
// Files

/** Paths as the program gave them, of which everything is written already. Checked before all else. */
const knownReads = newSet();
const knownWrites = newSet();
const knownLists = newSet();

/** Absolute paths that were read, and whether they were hashed. */
const reads = newMap();

/** The paths of which it is not certain that they were read. */
const guesses = newSet();
const writes = newSet();
const lists = newSet();

/** The largest file that is hashed before the program writes to it. */
const HASH_LIMIT = 64 * 1024 * 1024;

/** Forgets the paths as they were given: they mean others in another folder. */
function forgetGiven() {
  knownReads.clear();
  knownWrites.clear();
  knownLists.clear();
}

/** Returns a path as text: bytes that are not UTF-8 become lone surrogates. */
function textOfBytes(bytes) {
  try {
    return new StartDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    return escapeBytes(bytes);
  }
}

/** Decodes UTF-8, and each byte that is none as the surrogate U+DC00 + byte. */
function escapeBytes(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length;) {
    const length = lengthOfCharacter(bytes, i);
    text += length === 0
      ? fromCharCode(0xDC00 + bytes[i])
      : new StartDecoder().decode(bytes.subarray(i, i + length));
    i += length || 1;
  }
  return text;
}

/** Returns how many bytes the character of UTF-8 at an index has; 0 if there is none. */
function lengthOfCharacter(bytes, at) {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    try {
      new StartDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(bytes.subarray(at, at + length));
      return length;
    } catch {
      // Not a whole character yet.
    }
  }
  return 0;
}

/** Returns the absolute path of what was given to a function; `undefined` if it names no path. */
function absolute(given) {
  let text;
  if (typeof given === "string") text = given;
  else if (given instanceof Uint8Array) text = textOfBytes(given);
  else if (typeof given === "object" && given?.protocol === "file:") {
    text = fileURLToPath(given.href);
  }
  if (text === undefined || text === "" || includes(text, "\0")) return;
  return resolvePath(text);
}

/** Folders of the system, the runtime and this launch; what is in them is no input. */
const SKIPPED = ["/proc/", "/sys/", "/etc/", HOME + sep];
const SKIPPED_PARTS =
  /[\\/]node_modules[\\/]|[\\/]\.cache[\\/]deno[\\/]|[\\/]tsx-\d+(?:[\\/]|$)/;

/** Tells whether a path is certainly no input. */
function isSkipped(path) {
  for (let i = 0; i < SKIPPED.length; i++) {
    if (startsWith(path, SKIPPED[i])) return true;
  }
  if (startsWith(path, "/dev/") && !startsWith(path, "/dev/shm/")) return true;
  return matches(SKIPPED_PARTS, path) !== null;
}

/** Tells whether Deno lets this program use a path without asking. Node has no questions. */
function isGranted(name, path) {
  return deno === undefined || statusOf(name, { path }) === "granted";
}

/**
 * Writes that a file is read. The program's permission is not asked for: if it is not granted yet, the function that
 * it calls asks, and this is called again after it.
 *
 * @returns whether everything is done.
 */
function sawRead(given, isGuess) {
  if (given === 0) sawInput();
  const path = absolute(given);
  if (path === undefined) return true;
  if (matches(DESCRIPTOR, path) !== null) sawDescriptor(path);
  const isKnown = reads.has(path) && (isGuess || !guesses.has(path));
  if (isKnown || isSkipped(path)) {
    if (typeof given === "string" && !isGuess) knownReads.add(given);
    return true;
  }
  if (!isGranted("read", path)) return false;
  if (isModuleLoad(path)) return true;
  const state = look(path);
  if (state === undefined || state.isDirectory()) return true;
  writeRead(path, state, isGuess);
  if (typeof given === "string" && !isGuess) knownReads.add(given);
  return true;
}

/** Files that stand for what a process has open. */
const DESCRIPTOR = /^\/(?:dev\/stdin$|dev\/fd\/|proc\/self\/fd\/)/;

function sawDescriptor(path) {
  if (matches(/(?:stdin|\/0)$/, path) !== null) sawInput();
  else gap(`what is read from ${path} is not recorded`);
}

/** Looks at the standard input, which is read: a file is known by its path, and nothing else is recorded. */
function sawInput() {
  const state = fstatSync(0);
  if (state.isFIFO() || state.isSocket()) {
    gap("what is read from standard input is not recorded");
  } else if (state.isFile()) {
    if (isGranted("read", "/proc/self/fd/0")) sawStandardInput();
    else gap("the file that is the standard input is not known");
  } else if (deno === undefined ? isTerminal(0) : deno.stdin.isTerminal()) {
    gap("what is typed is not recorded");
  }
}

/** Sees when standard input is read as a stream: its object alone reads nothing. */
function watchInput() {
  for (const name of ["read", "readv"]) {
    for (const one of [name, `${name}Sync`]) {
      wrap(fs, one, nothing, ([file]) => {
        if (file === 0) sawInput();
        return true;
      });
    }
  }
  const descriptor = getOwnPropertyDescriptor(nodeProcess, "stdin");
  const original = descriptor?.get;
  if (typeof original !== "function") return;
  let isWatched = false;
  function get() {
    const stream = apply(original, this, arguments);
    if (!isWatched) {
      isWatched = true;
      trySee(() => watchStream(stream));
    }
    return stream;
  }
  disguise(get, original);
  defineProperty(nodeProcess, "stdin", { ...descriptor, get });
}

function watchStream(stream) {
  const read = stream._read;
  defineProperty(stream, "_read", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: function _read() {
      trySee(sawInput);
      return apply(read, this, arguments);
    },
  });
}

/** The same for what Deno has. */
function watchInputOfDeno() {
  const type = getPrototypeOf(deno.stdin);
  const see = () => {
    sawInput();
    return true;
  };
  wrap(type, "read", nothing, see);
  wrap(type, "readSync", nothing, see);
  const descriptor = getOwnPropertyDescriptor(type, "readable");
  const original = descriptor?.get;
  if (typeof original !== "function") return;
  function get() {
    trySee(sawInput);
    return apply(original, this, arguments);
  }
  disguise(get, original);
  defineProperty(type, "readable", { ...descriptor, get });
}

/** Looks at a file; `undefined` if it cannot be looked at. */
function look(path) {
  try {
    return statSync(fileName(path), { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const SURROGATE = /[\uDC80-\uDCFF]/;

/** Returns a path as the functions of `fs` take it: as bytes if it is not UTF-8. */
function fileName(path) {
  if (matches(SURROGATE, path) === null) return path;
  const parts = [];
  for (const character of path) {
    const code = charCodeAt(character, 0);
    const isByte = character.length === 1 && code >= 0xDC80 && code <= 0xDCFF;
    parts.push(isByte ? Buffer.of(code - 0xDC00) : Buffer.from(character));
  }
  return Buffer.concat(parts);
}

function writeRead(path, state, isGuess) {
  if (!reads.has(path)) reads.set(path, false);
  if (isGuess) guesses.add(path);
  else guesses.delete(path);
  const file = state.isFile()
    ? { size: Number(state.size), mtime: `${state.mtimeNs}` }
    : {};
  const guess = isGuess ? { isGuess: true } : {};
  line({ is: "read", path, ...file, ...guess, at: now() });
}

/** Writes that a folder is listed. Returns whether everything is done. */
function sawList(given) {
  const path = absolute(given);
  if (path === undefined) return true;
  if (!lists.has(path) && !isSkipped(path)) {
    if (!isGranted("read", path)) return false;
    if (!look(path)?.isDirectory()) return true;
    lists.add(path);
    line({ is: "list", path, at: now() });
  }
  if (typeof given === "string") knownLists.add(given);
  return true;
}

/**
 * Writes that a file is about to be written. If it was read before, its content is hashed first.
 *
 * @param isNew Whether the call fails if the file exists.
 * @returns whether everything is done.
 */
function sawWrite(given, isNew) {
  const path = absolute(given);
  if (path === undefined) return true;
  if (!writes.has(path) && !isSkipped(path)) {
    if (!isGranted("write", path)) return false;
    if (!canWrite(path, isNew)) return true;
    hashRead(path);
    writes.add(path);
    line({ is: "write", path, at: now() });
  }
  if (typeof given === "string") knownWrites.add(given);
  return true;
}

/** Tells whether writing to a path can succeed: a call that fails writes nothing. */
function canWrite(path, isNew) {
  if (deno !== undefined && !isGranted("read", path)) return true;
  const state = look(path);
  if (state?.isDirectory() || (isNew && state !== undefined)) return false;
  if (deno !== undefined) return true;
  try {
    accessSync(fileName(state === undefined ? dirname(path) : path), W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Hashes a file that was read, before the program changes it, and writes that down. */
function hashRead(path) {
  if (reads.get(path) !== false || !isGranted("read", path)) return;
  reads.set(path, true);
  const state = look(path);
  if (!state?.isFile() || state.size > HASH_LIMIT) return;
  const sha256 = hashOf(fileName(path));
  if (sha256 === undefined) return;
  const mtime = `${state.mtimeNs}`;
  const size = Number(state.size);
  line({ is: "read", path, size, mtime, sha256, at: now() });
}

function hashOf(path) {
  let descriptor;
  try {
    descriptor = openSync(path, "r");
    const hash = require("crypto").createHash("sha256");
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (;;) {
      const count = readSync(descriptor, buffer, 0, buffer.length, null);
      if (count === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, count));
    }
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Writes that a path goes away, and hashes what was read below it. */
function sawRemove(given) {
  const path = absolute(given);
  if (path === undefined || writes.has(path) || isSkipped(path)) return true;
  if (!isGranted("write", path)) return false;
  const state = isGranted("read", path) ? look(path) : undefined;
  if (state === undefined) return true;
  if (state.isDirectory()) hashBelow(path + sep);
  else hashRead(path);
  writes.add(path);
  line({ is: "write", path, at: now() });
  return true;
}

function hashBelow(folder) {
  reads.forEach((_isHashed, path) => {
    if (startsWith(path, folder)) hashRead(path);
  });
}

/** Writes that a path is moved: its content is read unless the program made it, and both paths are written. */
function sawMove(from, to) {
  const path = absolute(from);
  if (path === undefined || isSkipped(path)) return sawWrite(to, false);
  if (!isGranted("read", path) || !isGranted("write", path)) return false;
  const state = look(path);
  if (state === undefined) return true;
  if (!writes.has(path) && !state.isDirectory()) sawRead(from, false);
  sawRemove(from);
  if (state.isDirectory()) return true;
  return sawWrite(to, false);
}

/** The most entries of a folder that is copied that are looked at. */
const COPY_LIMIT = 10_000;

/** Writes that a file or a folder with all that is in it is copied. */
function sawCopy(from, to) {
  const path = absolute(from);
  if (path === undefined || isSkipped(path)) return sawWrite(to, false);
  if (!isGranted("read", path)) return false;
  if (!look(path)?.isDirectory()) return sawRead(from) && sawWrite(to, false);
  const target = absolute(to);
  sawList(path);
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  if (entries.length > COPY_LIMIT) {
    gap(`${path} was copied; it has more than ${COPY_LIMIT} entries`);
    return true;
  }
  for (let i = 0; i < entries.length; i++) {
    if (!entries[i].isFile()) continue;
    const file = resolvePath(
      entries[i].parentPath ?? entries[i].path,
      entries[i].name,
    );
    sawRead(file);
    writes.add(target + slice(file, path.length));
    line({ is: "write", path: target + slice(file, path.length), at: now() });
  }
  return true;
}

/** Tells what flags of `open` do: read, write, or both. */
function modeOf(flags) {
  if (flags === undefined || flags === null) return { reads: true };
  if (typeof flags === "number") return modeOfNumber(flags);
  const text = `${flags}`;
  if (startsWith(text, "r")) {
    return { reads: true, writes: includes(text, "+") };
  }
  const isNew = includes(text, "x");
  const isGuess = startsWith(text, "a") && includes(text, "+") && !isNew;
  return { reads: isGuess, isGuess, writes: true, isNew };
}

function modeOfNumber(flags) {
  const isNew = (flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0;
  if ((flags & O_WRONLY) !== 0) return { reads: false, writes: true, isNew };
  if ((flags & O_RDWR) === 0) return { reads: true };
  const isGuess = (flags & O_APPEND) !== 0;
  const isRead = (flags & O_TRUNC) === 0 && !isNew;
  return { reads: isRead, isGuess, writes: true, isNew };
}

/** Writes that a file is opened. */
function sawOpen(given, mode) {
  const isRead = !mode.reads || sawRead(given, mode.isGuess);
  const isWritten = !mode.writes || sawWrite(given, mode.isNew);
  return isRead && isWritten;
}

// ---------------------------------------------------------------------------------------------------------------
// Modules: they are the program's code, and no inputs.

const Modules = require("module");
const modules = Modules._cache ?? {};
const CODE = /\.(?:[cm]?[jt]sx?|json|map|node|wasm)$/;
/** The code that loads modules: of Node itself, and of tools that run TypeScript. */
const LOADERS =
  /node:internal\/modules\/|[\\/]node_modules[\\/](?:tsx|ts-node|get-tsconfig|tsconfig-paths|esbuild|esbuild-register|@swc-node|@esbuild-kit|sucrase|jiti|@babel|pirates|source-map-support)[\\/]/;
const OWN_FRAME = /node:(?:internal\/)?(?:fs|ato_observer)\b/;

/** Tells whether a file is being loaded as a module, and is not read by the program itself. */
function isModuleLoad(path) {
  if (deno !== undefined || matches(CODE, path) === null) return false;
  const module = modules[path];
  if (module !== undefined && !module.loaded) return true;
  return matches(LOADERS, caller()) !== null;
}

/** Returns the line of the stack with the function that called a function of `fs`. */
function caller() {
  const stack = stackText();
  for (let start = 0; start < stack.length;) {
    const found = indexOf(stack, "\n", start);
    const end = found === -1 ? stack.length : found;
    const frame = slice(stack, start, end);
    const isOwn = start === 0 || includes(frame, __filename) ||
      matches(OWN_FRAME, frame) !== null;
    if (!isOwn) return frame;
    start = end + 1;
  }
  return "";
}

/** Returns the stack as the engine writes it. */
function stackText() {
  const { prepareStackTrace, stackTraceLimit } = StartError;
  try {
    StartError.prepareStackTrace = undefined;
    StartError.stackTraceLimit = 16;
    return `${new StartError().stack}`;
  } finally {
    StartError.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace === undefined) delete StartError.prepareStackTrace;
    else StartError.prepareStackTrace = prepareStackTrace;
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Wrapping

/** Makes a function look like the one that it takes the place of. */
function disguise(wrapper, original) {
  setPrototypeOf(wrapper, getPrototypeOf(original));
  for (const key of ownKeys(original)) {
    if (key === "prototype") continue;
    defineProperty(wrapper, key, getOwnPropertyDescriptor(original, key));
  }
  if (getOwnPropertyDescriptor(original, "toString") !== undefined) return;
  defineProperty(wrapper, "toString", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: function toString() {
      return functionText(this === wrapper ? original : this);
    },
  });
}

/**
 * Wraps a function.
 *
 * @param owner The object that has it.
 * @param name Its name.
 * @param known The first arguments of which everything is written.
 * @param see Is called with the arguments; returns whether everything is done. Otherwise it is called again after
 *   the function, when the permission that it lacked may be granted.
 */
function wrap(owner, name, known, see) {
  const descriptor = owner && getOwnPropertyDescriptor(owner, name);
  const original = descriptor?.value;
  if (typeof original !== "function") return;
  function wrapper() {
    if (known.has(arguments[0]) || trySee(see, arguments)) {
      return apply(original, this, arguments);
    }
    const result = apply(original, this, arguments);
    trySee(see, arguments);
    return result;
  }
  disguise(wrapper, original);
  try {
    defineProperty(owner, name, { ...descriptor, value: wrapper });
  } catch {
    // It cannot be replaced.
  }
}

/** Looks at a call; what fails in here is no concern of the program. */
function trySee(see, args) {
  try {
    return see(args);
  } catch {
    return true;
  }
}

/** No first argument is known. */
const nothing = newSet();

/** Returns the option of a call by its name. */
function option(options, name) {
  return typeof options === "object" && options !== null
    ? options[name]
    : undefined;
}

/** Wraps a function of `fs` in its three forms: with a callback, synchronous, and as a promise. */
function wrapForms(name, known, see) {
  wrap(fs, name, known, see);
  wrap(fs, `${name}Sync`, known, see);
  wrap(fs.promises, name, known, see);
}

/** Wraps the functions of `node:fs`. */
function wrapFs() {
  wrapForms("readFile", knownReads, (args) => {
    return sawOpen(args[0], modeOf(option(args[1], "flag")));
  });
  wrapForms("open", nothing, (args) => sawOpenOfNode(args));
  wrapForms("readdir", knownLists, (args) => sawList(args[0]));
  wrapForms("opendir", knownLists, (args) => sawList(args[0]));
  wrapForms("writeFile", knownWrites, (args) => {
    return sawOpen(args[0], modeOf(option(args[2], "flag") ?? "w"));
  });
  wrapForms("appendFile", knownWrites, (args) => sawWrite(args[0], false));
  wrapForms("truncate", knownWrites, (args) => sawWrite(args[0], false));
  wrapForms("copyFile", nothing, (args) => sawCopy(args[0], args[1]));
  wrapForms("cp", nothing, (args) => sawCopy(args[0], args[1]));
  wrapForms("rename", nothing, (args) => sawMove(args[0], args[1]));
  for (const name of ["unlink", "rm", "rmdir"]) {
    wrapForms(name, nothing, (args) => sawRemove(args[0]));
  }
  if (deno === undefined) {
    wrap(fs, "close", nothing, sawClose);
    wrap(fs, "closeSync", nothing, sawClose);
  }
  wrap(fs, "openAsBlob", knownReads, (args) => sawRead(args[0]));
  wrap(nodeProcess, "chdir", nothing, () => {
    forgetGiven();
    return false; // again after it has changed the folder
  });
}

/** Looks at an `open` of `node:fs`: its flags are the second argument, if that is no callback. */
function sawOpenOfNode(args) {
  const flags = typeof args[1] === "function" ? undefined : args[1];
  const mode = modeOf(flags);
  const given = args[0];
  if (
    (!mode.reads || knownReads.has(given)) &&
    (!mode.writes || knownWrites.has(given))
  ) return true;
  return sawOpen(given, mode);
}

// ---------------------------------------------------------------------------------------------------------------
// The environment: what was added to it for observing is taken out, and given to the processes that are started.

const QUOTED = includes(__filename, " ") ? stringify(__filename) : __filename;
const NODE_OPTION = `--require ${QUOTED}`;
const PYTHON = resolvePath(HOME, "python");
const BIN = resolvePath(HOME, "bin");
const DELIMITER = paths.delimiter;

/** What is put in front of the value of a variable, and what separates it from the rest. */
const ADDED = [
  ["NODE_OPTIONS", NODE_OPTION, " "],
  ["PYTHONPATH", PYTHON, DELIMITER],
  ["PATH", BIN, DELIMITER],
];

/** Returns the value of a variable as it was before `ato run`; `undefined` if it was not set. */
function withoutAdded(value, added, separator) {
  if (value === added) return undefined;
  const start = added + separator;
  return startsWith(value, start) ? slice(value, start.length) : value;
}

/** Takes what was added out of an environment. */
function cleanEnvironment(read, write, remove) {
  for (const [name, added, separator] of ADDED) {
    const value = read(name);
    if (typeof value !== "string") continue;
    const own = withoutAdded(value, added, separator);
    if (own === undefined) remove(name);
    else if (own !== value) write(name, own);
  }
  if (typeof read("ATO_OBSERVE") === "string") remove("ATO_OBSERVE");
}

/** What there is to add; the folders for Python and for Deno are there only if `ato run` made them. */
const adds = newMap();

/** Finds out what there is to add. */
function findAdds() {
  adds.set("NODE_OPTIONS", true);
  if (deno !== undefined) return;
  adds.set("PYTHONPATH", look(PYTHON) !== undefined);
  adds.set("PATH", look(BIN) !== undefined);
}

/** Returns what a process must get in addition to the variables that it is given. */
function addedTo(read) {
  const result = { ATO_OBSERVE: FOLDER };
  for (const [name, added, separator] of ADDED) {
    const value = read(name);
    if (!adds.get(name) || (name === "PATH" && !value)) continue;
    if (typeof value !== "string") result[name] = added;
    else if (!startsWith(value, added)) {
      result[name] = added + separator + value;
    }
  }
  return result;
}

/** The variables that programs read only to choose colours, as the console of Node does at each line. */
const COLOURS =
  "FORCE_COLOR NO_COLOR NODE_DISABLE_COLORS COLORTERM TERM TERM_PROGRAM TMUX";

/** The variables that Node's own modules read. */
const OF_NODE =
  "__MINIMATCH_TESTING_PLATFORM__ NODE_OPTIONS NODE_DEBUG NODE_V8_COVERAGE NODE_UNIQUE_ID NODE_CHANNEL_FD NODE_NO_WARNINGS NODE_PENDING_DEPRECATION NODE_EXTRA_CA_CERTS NODE_USE_ENV_PROXY WATCH_REPORT_DEPENDENCIES UNDICI_NO_FG UNDICI_NO_WASM_SIMD JEST_WORKER_ID";

/** The variables of Ato, and of tools that run TypeScript. */
const OF_TOOLS = /^(?:ATO|TSX|ESBUILD)_/;

/** Variables of which everything is written. */
const knownNames = newSet();
for (const name of `${COLOURS} ${OF_NODE}`.split(" ")) knownNames.add(name);
for (const name of ownKeys(Object.prototype)) {
  if (typeof name === "string") knownNames.add(name);
}
for (const name of ["toJSON", "then", "inspect", "ATO_OBSERVE"]) {
  knownNames.add(name);
}

/** The variables that the program was started with, if they could be looked at. */
let initial;

/** Writes that a variable is read. What the program set itself before it read it is no input. */
function sawVariable(name, value) {
  if (typeof name !== "string" || knownNames.has(name)) return;
  knownNames.add(name);
  if (matches(OF_TOOLS, name) !== null) return;
  const first = initial === undefined ? value : initial[name];
  if (first !== value) return;
  line({ is: "env", name, value: value ?? null, at: now() });
}

/** Marks a variable as one that the program set. If it has not been read until now, it never is an input. */
function setByProgram(name) {
  if (typeof name === "string") knownNames.add(name);
}

/**
 * An enumeration under way: the engine asks for the keys, and then gets each of them in the same order. Only if it
 * gets all of them is it an enumeration; otherwise those that it got were read by name.
 */
let listing;

function startListing(keys) {
  endListing();
  if (keys.length === 0) return;
  listing = { keys, described: 0, got: 0 };
  enqueue(endListing);
}

/** Ends the enumeration. What it got until now was read by name. */
function endListing() {
  if (listing === undefined) return;
  const { keys, got } = listing;
  listing = undefined;
  for (let i = 0; i < got; i++) sawVariable(keys[i], currentValue(keys[i]));
}

/**
 * Returns the place of a name in the enumeration, from a place on; -1 if it is not next. Names that were read before
 * may be left out, as `const { A, ...rest } = process.env` does with `A`.
 */
function placeOf(name, from) {
  const { keys } = listing;
  let at = from;
  while (at < keys.length && keys[at] !== name && knownNames.has(keys[at])) {
    at++;
  }
  return keys[at] === name || (name === undefined && at === keys.length)
    ? at
    : -1;
}

/** Tells whether getting a variable is part of the enumeration under way. */
function isListed(name) {
  if (listing === undefined) return false;
  const at = placeOf(name, listing.got);
  if (at === -1) {
    endListing();
    return false;
  }
  listing.got = at + 1;
  if (placeOf(undefined, at + 1) !== -1) listing = undefined;
  return true;
}

/** Tells whether describing a variable is part of the enumeration under way. */
function isDescribed(name) {
  const at = listing === undefined ? -1 : placeOf(name, listing.described);
  if (at === -1) return false;
  listing.described = at + 1;
  return true;
}

/** The value of a variable now. */
let currentValue = () => undefined;

/** Whether a trap of the proxy runs: `process.env` of Deno calls `Deno.env`, which is wrapped as well. */
let isInProxy = false;

/** Returns a function that does the same, and during which `Deno.env` reads nothing. */
function quiet(work) {
  if (deno === undefined) return work;
  return (...args) => {
    isInProxy = true;
    try {
      return apply(work, undefined, args);
    } finally {
      isInProxy = false;
    }
  };
}

/** Copies an environment. This reads none of its variables. */
const copyOf = quiet((variables) => ({ ...variables }));

/** The environment that the program sees. */
let environment;
let realEnvironment;

/** Puts a proxy in the place of `process.env` that sees which variables are read. */
function wrapEnvironment() {
  const descriptor = getOwnPropertyDescriptor(nodeProcess, "env");
  const real = descriptor?.value;
  if (typeof real !== "object" || real === null) return;
  realEnvironment = real;
  if (deno === undefined) {
    currentValue = (name) => real[name];
  }
  // With the environment itself as its target, the engine would look each variable up once more after each trap.
  const target = {};
  defineProperty(target, Symbol.for("nodejs.util.inspect.custom"), {
    configurable: true,
    value: () => deno === undefined ? real : {},
  });
  environment = new Proxy(target, environmentHandler(real));
  defineProperty(nodeProcess, "env", { ...descriptor, value: environment });
}

/** The traps. Node's own console asks for variables through them, so they are cheap for known names. */
function environmentHandler(real) {
  const getValue = quiet(reflectGet);
  const hasName = quiet(reflectHas);
  const describe = quiet(getOwnPropertyDescriptor);
  const keysOf = quiet(ownKeys);
  const setValue = quiet(reflectSet);
  const define = quiet(defineProperty);
  const remove = quiet(deleteProperty);
  // Node refuses to freeze its environment; that of Deno is a proxy of an empty object, as this one is.
  const extra = deno === undefined
    ? { preventExtensions: () => preventExtensions(real) }
    : {};
  return {
    ...extra,
    getPrototypeOf: () => getPrototypeOf(real),
    get(_target, name) {
      const value = deno === undefined ? real[name] : getValue(real, name);
      if (
        listing === undefined ? !knownNames.has(name) : !isListed(name)
      ) sawVariable(name, value);
      return value;
    },
    has(_target, name) {
      const has = hasName(real, name);
      if (!knownNames.has(name)) sawVariable(name, getValue(real, name));
      return has;
    },
    getOwnPropertyDescriptor(_target, name) {
      const found = describe(real, name);
      if (!isDescribed(name) && !knownNames.has(name)) {
        sawVariable(name, found?.value);
      }
      return found;
    },
    ownKeys() {
      const keys = keysOf(real);
      startListing(keys);
      return keys;
    },
    set(_target, name, value) {
      const done = setValue(real, name, value);
      setByProgram(name);
      return done;
    },
    defineProperty(_target, name, descriptor) {
      const done = define(real, name, descriptor);
      setByProgram(name);
      return done;
    },
    deleteProperty(_target, name) {
      const done = remove(real, name);
      setByProgram(name);
      return done;
    },
  };
}

/** `process.env` can be cloned, a proxy cannot: its copy is cloned instead. */
function wrapClone() {
  wrapArguments(globalThis, "structuredClone", (args) => {
    if (args[0] === environment) args[0] = copyOf(realEnvironment);
  });
  for (const type of [threads.Worker, threads.MessagePort]) {
    wrapArguments(type?.prototype, "postMessage", (args) => {
      if (args[0] === environment) args[0] = copyOf(realEnvironment);
    });
  }
}

/** Wraps a function whose arguments are changed before it is called. */
function wrapArguments(owner, name, change) {
  const descriptor = owner && getOwnPropertyDescriptor(owner, name);
  const original = descriptor?.value;
  if (typeof original !== "function") return;
  function wrapper() {
    trySee(change, arguments);
    return apply(original, this, arguments);
  }
  disguise(wrapper, original);
  defineProperty(owner, name, { ...descriptor, value: wrapper });
}

/** Reads the environment that the process was started with; a thread has a copy of what it is by then. */
function initialEnvironment() {
  const copy = { __proto__: null, ...nodeProcess.env };
  if (threads.isMainThread) return copy;
  try {
    const started = { __proto__: null };
    const text = readFileSync("/proc/self/environ", "utf8");
    for (const entry of text.split("\0")) {
      const at = entry.indexOf("=");
      if (at > 0) started[entry.slice(0, at)] = entry.slice(at + 1);
    }
    return started;
  } catch {
    return copy; // Only Linux tells.
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Processes and threads

/** The compiler that tools start beside the program; it reads modules. */
const COMPILER = /[\\/]node_modules[\\/]@?esbuild[\\/]/;

/** Writes that a process was started. */
function sawChild(program, argv, pid) {
  if (matches(COMPILER, `${program}`) !== null) return;
  line({
    is: "child",
    ...(typeof pid === "number" ? { pid } : {}),
    program: `${program}`,
    argv: isArray(argv) ? argv.map(String) : [],
  });
}

/** Gives a process that `node:child_process` starts its observer. */
function wrapChildren() {
  const children = require("child_process");
  if (deno === undefined) wrapSpawnOfNode(children.ChildProcess);
  const isAsync = deno !== undefined;
  wrapStart(children, "execSync", shellCommand);
  wrapStart(children, "execFileSync", fileCommand);
  wrapStart(children, "spawnSync", fileCommand);
  if (!isAsync) return;
  wrapStart(children, "exec", shellCommand);
  for (const name of ["execFile", "spawn", "fork"]) {
    wrapStart(children, name, fileCommand);
  }
}

/** All functions of Node that start a process without waiting end here. */
function wrapSpawnOfNode(type) {
  const descriptor = getOwnPropertyDescriptor(type.prototype, "spawn");
  const original = descriptor?.value;
  if (typeof original !== "function") return;
  function wrapper(options) {
    trySee(addToPairs, options);
    const result = apply(original, this, arguments);
    const pid = this.pid;
    trySee((given) => {
      if (pid !== undefined) sawChild(given.file, given.args.slice(1), pid);
    }, options);
    return result;
  }
  disguise(wrapper, original);
  defineProperty(type.prototype, "spawn", { ...descriptor, value: wrapper });
}

/** Adds variables to a list of `NAME=value`. */
function addToPairs(options) {
  const pairs = options.envPairs;
  const indexOf = (name) => {
    for (let i = 0; i < pairs.length; i++) {
      if (startsWith(pairs[i], `${name}=`)) return i;
    }
    return pairs.length;
  };
  const read = (name) => pairs[indexOf(name)]?.slice(name.length + 1);
  const added = addedTo(read);
  for (const name in added) pairs[indexOf(name)] = `${name}=${added[name]}`;
}

function shellCommand(args) {
  return ["sh", ["-c", `${args[0]}`]];
}

function fileCommand(args) {
  return [args[0], isArray(args[1]) ? args[1] : []];
}

/** Wraps a function that starts a process and takes options with `env`. */
function wrapStart(owner, name, commandOf) {
  const descriptor = getOwnPropertyDescriptor(owner, name);
  const original = descriptor?.value;
  if (typeof original !== "function") return;
  const start = (call, self, args) => {
    const given = trySee(startArguments, args);
    const [program, argv] = commandOf(args);
    if (endsWith(name, "Sync")) trySee(() => sawChild(program, argv), args);
    const result = apply(call, self, isArray(given) ? given : args);
    if (!endsWith(name, "Sync")) {
      const pid = result?.pid ?? result?.child?.pid;
      trySee(() => sawChild(program, argv, pid), args);
    }
    return result;
  };
  function wrapper() {
    return start(original, this, arguments);
  }
  const custom = Symbol.for("nodejs.util.promisify.custom");
  const promised = getOwnPropertyDescriptor(original, custom);
  if (typeof promised?.value === "function") {
    const value = function () {
      return start(promised.value, this, arguments);
    };
    disguise(value, promised.value);
    defineProperty(wrapper, custom, { ...promised, value });
  }
  disguise(wrapper, original); // after the symbol, which may be fixed
  defineProperty(owner, name, { ...descriptor, value: wrapper });
}

/** Returns the arguments of a function that starts a process, with options that give it its observer. */
function startArguments(args) {
  const given = [...args];
  let at = given.findIndex((value, i) =>
    i > 0 && typeof value === "object" && value !== null && !isArray(value)
  );
  if (at === -1) {
    at = given.findIndex((value) => typeof value === "function");
    if (at === -1) {
      at = given.length;
      if (at > 1 && given[at - 1] === undefined) at--;
    }
    given.splice(at, 0, {});
  }
  const own = copyOf(given[at].env ?? realEnvironment);
  given[at] = { ...given[at], env: { ...own, ...addedTo((n) => own[n]) } };
  return given;
}

/** Gives the threads of Node their observer where they would not inherit it. */
function wrapThreads() {
  wrapClass(threads, "Worker", (args) => {
    const options = args[1];
    if (typeof options !== "object" || options === null) return;
    const changed = workerOptions(options);
    if (changed !== undefined) args[1] = { ...options, ...changed };
  });
}

function workerOptions(options) {
  const { env, execArgv, workerData } = options;
  const data = workerData === environment && environment !== undefined
    ? { workerData: copyOf(realEnvironment) }
    : undefined;
  const isOwn = typeof env === "object" && env !== null;
  if (!isOwn && !isArray(execArgv)) return data;
  if (typeof env === "symbol") {
    return { ...data, execArgv: ["--require", __filename, ...execArgv] };
  }
  const own = copyOf(isOwn ? env : realEnvironment);
  const { NODE_OPTIONS } = addedTo((name) => own[name]);
  if (NODE_OPTIONS !== undefined) own.NODE_OPTIONS = NODE_OPTIONS;
  return { ...data, env: own };
}

/** Takes the option that was added for a thread out of what it sees. */
function cleanOptions() {
  const { execArgv } = nodeProcess;
  if (execArgv?.[0] === "--require" && execArgv[1] === __filename) {
    execArgv.splice(0, 2);
  }
}

/** Wraps a class so that a function sees, and may change, what it is constructed with. */
function wrapClass(owner, name, see, made) {
  const descriptor = owner && getOwnPropertyDescriptor(owner, name);
  const original = descriptor?.value;
  if (typeof original !== "function") return;
  const proxy = new Proxy(original, {
    get(type, key, receiver) {
      const value = reflectGet(type, key, receiver);
      return value === functionToString ? classText : value;
    },
    construct(type, args, target) {
      trySee(see, args);
      const result = construct(type, args, target === proxy ? type : target);
      if (made !== undefined) trySee(() => made(result, args), args);
      return result;
    },
  });
  function toString() {
    return functionText(this === proxy ? original : this);
  }
  const classText = toString;
  defineProperty(original.prototype, "constructor", {
    ...getOwnPropertyDescriptor(original.prototype, "constructor"),
    value: proxy,
  });
  defineProperty(owner, name, { ...descriptor, value: proxy });
}

// ---------------------------------------------------------------------------------------------------------------
// What cannot be seen: native code and the network

/** Native add-ons that read no files of their own accord. */
const HARMLESS =
  /^(?:bufferutil|utf-?8-validate|fsevents|bcrypt|argon2|cpu-?features|sshcrypto|msgpackr|xxhash|crc32c?|keytar|microtime|hiredis|node-gyp-build|rollup|esbuild|swc|lightningcss|parcel|watcher|oxc|sass-embedded)\b/i;

/** Writes that native code was loaded, which can read files unseen. */
function sawNative(file) {
  const name = basename(`${file}`);
  if (matches(HARMLESS, name) !== null) return true;
  gap(`${name} can read files in native code`);
  return true;
}

/** Writes that something was asked of a server. Only what is fetched is an input; no answer is recorded. */
function sawRequest(address, method) {
  const url = new StartUrl(address);
  url.username = "";
  url.password = "";
  url.hash = "";
  const { href, host } = url;
  answered.add(host);
  if (method !== "GET") {
    return gap(`${host} answered a request; its answer is not recorded`);
  }
  if (!reads.has(href)) {
    reads.set(href, true);
    line({ is: "read", path: href, isGuess: false, at: now() });
  }
  gap(`${href} was downloaded; its content is not recorded`);
}

/** The hosts of which a request was written. */
const answered = newSet();

/** Writes that a connection was made, unless a request of HTTP says more. */
function sawConnection(host, port) {
  const name = host || "localhost";
  setImmediate(() => {
    if (answered.has(name) || answered.has(`${name}:${port}`)) return;
    gap(`data from ${name}:${port} is not recorded`);
  }).unref?.();
}

/** Subscribes to the requests of `node:http` and `node:https`, and to those of `fetch` in Node; sees other connections. */
function watchNodeModules() {
  const { channel } = require("diagnostics_channel");
  const on = (name, see) =>
    channel(name).subscribe((message) => trySee(see, message));
  on("http.client.request.start", ({ request }) => {
    const { protocol, host, path, method } = request;
    const port = request.getHeader?.("host") ?? host;
    sawRequest(`${protocol}//${port}${path}`, method);
  });
  on("undici:request:create", ({ request }) => {
    sawRequest(`${request.origin}${request.path}`, request.method);
  });
  const net = require("net");
  wrap(net.Socket.prototype, "connect", nothing, (args) => {
    const first = isArray(args[0]) ? args[0][0] : args[0];
    if (typeof first === "number") {
      sawConnection(typeof args[1] === "string" ? args[1] : "", first);
    } else if (first?.port !== undefined && !first.path) {
      sawConnection(first.host, first.port);
    }
    return true;
  });
}

/** The path of a database of SQLite; `undefined` if it is in memory. */
function databasePath(given) {
  if (typeof given !== "string") return given;
  if (given === "" || given === ":memory:") return undefined;
  if (!startsWith(given, "file:")) return given;
  return startsWith(given, "file:///")
    ? new StartUrl(given)
    : matches(/^file:([^?#]*)/, given)[1];
}

/** Writes that a database of SQLite is opened. */
function sawDatabase(given, isReadOnly) {
  const path = databasePath(given);
  if (path === undefined) return;
  sawRead(path);
  if (!isReadOnly) sawWrite(path, false);
}

/** Gives the warning that older versions of Node give when `node:sqlite` is loaded; once. */
let warnOfSqlite = () => {};

/**
 * Wraps the class of `node:sqlite` that opens files. Where loading it gives a warning, the warning is kept until the
 * program loads it by `require`, or opens a database.
 */
function wrapSqlite() {
  const { emitWarning } = nodeProcess;
  const warnings = [];
  nodeProcess.emitWarning = (...args) => warnings.push(args);
  try {
    wrapDatabase(require("node:sqlite"));
  } finally {
    nodeProcess.emitWarning = emitWarning;
  }
  if (warnings.length === 0) return;
  warnOfSqlite = () => {
    warnOfSqlite = () => {};
    for (const args of warnings) apply(emitWarning, nodeProcess, args);
  };
  for (
    const [owner, name] of [[Modules, "_load"], [
      nodeProcess,
      "getBuiltinModule",
    ]]
  ) {
    wrapResult(owner, name, (_result, args) => {
      if (args[0] === "node:sqlite") warnOfSqlite();
    });
  }
}

function wrapDatabase(sqlite) {
  wrapClass(sqlite, "DatabaseSync", (args) => {
    warnOfSqlite();
    sawDatabase(args[0], option(args[1], "readOnly"));
  });
}

/** Wraps a function so that another one sees what it returned. */
function wrapResult(owner, name, see) {
  const descriptor = owner && getOwnPropertyDescriptor(owner, name);
  const original = descriptor?.value;
  if (typeof original !== "function") return;
  function wrapper() {
    const result = apply(original, this, arguments);
    const args = arguments;
    trySee(() => see(result, args));
    return result;
  }
  disguise(wrapper, original);
  defineProperty(owner, name, { ...descriptor, value: wrapper });
}

// ---------------------------------------------------------------------------------------------------------------
// Deno

/** Wraps a function of Deno in its two forms, synchronous and as a promise. */
function wrapBoth(name, known, see) {
  wrap(deno, name, known, see);
  wrap(deno, `${name}Sync`, known, see);
}

/** Wraps the functions of `Deno` that touch files. */
function wrapDenoFiles() {
  wrapBoth("readFile", knownReads, (args) => sawRead(args[0]));
  wrapBoth("readTextFile", knownReads, (args) => sawRead(args[0]));
  wrapBoth("readDir", knownLists, (args) => sawList(args[0]));
  wrapBoth("open", nothing, (args) => sawOpenOfDeno(args));
  for (const name of ["writeFile", "writeTextFile"]) {
    wrapBoth(name, knownWrites, (args) => {
      return sawWrite(args[0], option(args[2], "createNew") === true);
    });
  }
  for (const name of ["create", "truncate"]) {
    wrapBoth(name, knownWrites, (args) => sawWrite(args[0], false));
  }
  wrapBoth("copyFile", nothing, (args) => sawCopy(args[0], args[1]));
  wrapBoth("rename", nothing, (args) => sawMove(args[0], args[1]));
  wrapBoth("remove", nothing, (args) => sawRemove(args[0]));
  wrap(deno, "chdir", nothing, () => {
    forgetGiven();
    return false; // again after it has changed the folder
  });
  wrapLate(deno, "openKv", (owner) => {
    wrap(owner, "openKv", nothing, (args) => {
      if (args[0] === undefined) gap("the default database of Deno KV");
      else if (!startsWith(`${args[0]}`, "http")) sawDatabase(args[0], false);
      else gap(`data from ${args[0]} is not recorded`);
      return true;
    });
  });
}

/** Looks at a `Deno.open`. */
function sawOpenOfDeno(args) {
  const options = args[1];
  const isWritten = option(options, "write") === true ||
    option(options, "append") === true || option(options, "create") === true;
  const isNew = option(options, "createNew") === true;
  const isRead = options === undefined || option(options, "read") === true;
  const isTruncated = option(options, "truncate") === true;
  const given = args[0];
  if (
    (!isRead || knownReads.has(given)) &&
    (!isWritten || knownWrites.has(given))
  ) return true;
  return sawOpen(given, {
    reads: isRead && !isTruncated && !isNew,
    isGuess: option(options, "append") === true,
    writes: isWritten || isNew,
    isNew,
  });
}

/** Wraps a property that is made when it is first asked for. */
function wrapLate(owner, name, change) {
  const descriptor = getOwnPropertyDescriptor(owner, name);
  if (descriptor?.get === undefined) {
    if (descriptor !== undefined) trySee(change, owner);
    return;
  }
  const { get } = descriptor;
  let made;
  defineProperty(owner, name, {
    ...descriptor,
    get() {
      if (made === undefined) {
        const own = { [name]: apply(get, owner, []) };
        trySee(change, own);
        made = own;
      }
      return made[name];
    },
  });
}

/** Sees the variables that are read by `Deno.env`. */
function wrapDenoEnvironment() {
  const { env } = deno;
  const { get } = env;
  wrapVariable(env, "get", (name, value) => sawVariable(name, value));
  wrapVariable(env, "has", (name, has) => {
    sawVariable(name, has ? apply(get, env, [name]) : undefined);
  });
  for (const name of ["set", "delete"]) {
    wrapVariable(env, name, (variable) => setByProgram(variable));
  }
}

/** Wraps a function that takes the name of a variable. Programs call these in loops. */
function wrapVariable(env, key, see) {
  const descriptor = getOwnPropertyDescriptor(env, key);
  const original = descriptor.value;
  function wrapper(name) {
    const result = apply(original, this, arguments);
    if (knownNames.has(name)) {
      return keepsOption && name === "NODE_OPTIONS"
        ? ownOption(result)
        : result;
    }
    if (!isInProxy) trySee(() => see(name, result));
    return result;
  }
  disguise(wrapper, original);
  defineProperty(env, key, { ...descriptor, value: wrapper });
}

/** Whether `NODE_OPTIONS` is as `ato run` set it: every program may read it, but few may change it. */
let keepsOption = false;

/** Returns what the program gets of that variable: its value, or whether it is set. */
function ownOption(result) {
  if (result === undefined || result === false) return result;
  const value = apply(startGet, deno.env, ["NODE_OPTIONS"]);
  const own = withoutAdded(value, NODE_OPTION, " ");
  return result === true ? own !== undefined : own;
}

/** Gives the processes that `Deno` starts their observer. */
function wrapDenoProcesses() {
  wrapLate(deno, "Command", wrapCommand);
  for (const name of ["spawn", "spawnAndWait", "spawnAndWaitSync"]) {
    wrapLate(deno, name, (owner) => wrapSpawnOfDeno(owner, name));
  }
  wrapResult(deno, "dlopen", (library, [file]) => {
    if (!wrapSqliteLibrary(library.symbols)) sawNative(file);
  });
}

/**
 * Wraps the functions of the library of SQLite that open a database, so that its files are seen.
 *
 * @returns whether it is that library, and its functions could be replaced.
 */
function wrapSqliteLibrary(symbols) {
  let isDone = false;
  for (const name of ["sqlite3_open", "sqlite3_open_v2"]) {
    const descriptor = getOwnPropertyDescriptor(symbols, name);
    const original = descriptor?.value;
    if (typeof original !== "function") continue;
    const value = function () {
      trySee(sawSqliteOpen, arguments);
      return apply(original, this, arguments);
    };
    isDone = defineProperty(symbols, name, { ...descriptor, value });
    if (!isDone) return false;
  }
  return isDone;
}

/** Looks at a call that opens a database: its first argument is a text that ends with a zero byte. */
function sawSqliteOpen([name, _result, flags]) {
  if (!(name instanceof Uint8Array)) {
    return gap("a database of SQLite was opened by a pointer");
  }
  const end = name.indexOf(0);
  const path = textOfBytes(name.subarray(0, end === -1 ? name.length : end));
  const isReadOnly = typeof flags === "number" && (flags & 1) !== 0;
  sawDatabase(path, isReadOnly);
}

/** The program and the words of each command that was made. */
const commands = new WeakMap();
const rememberCommand = WeakMap.prototype.set.bind(commands);
const commandOf = WeakMap.prototype.get.bind(commands);

function wrapCommand(owner) {
  const type = owner.Command;
  wrapClass(owner, "Command", (args) => {
    args[1] = commandOptions(args[1]);
  }, (command, [program, options]) => {
    rememberCommand(command, [`${program}`, options?.args ?? []]);
  });
  for (const name of ["output", "outputSync"]) {
    wrapMethod(type.prototype, name, (command) => sawCommand(command));
  }
  const { spawn } = type.prototype;
  wrapMethod(type.prototype, "spawn", undefined, (command, child) => {
    sawCommand(command, child.pid);
  }, spawn);
}

/** Wraps a method so that functions are called with the object before it, and with its result after it. */
function wrapMethod(prototype, name, before, after) {
  const descriptor = getOwnPropertyDescriptor(prototype, name);
  const original = descriptor?.value;
  if (typeof original !== "function") return;
  function wrapper() {
    if (before !== undefined) trySee(before, this);
    const result = apply(original, this, arguments);
    if (after !== undefined) trySee((self) => after(self, result), this);
    return result;
  }
  disguise(wrapper, original);
  defineProperty(prototype, name, { ...descriptor, value: wrapper });
}

function sawCommand(command, pid) {
  const found = commandOf(command);
  if (found !== undefined) sawChild(found[0], found[1], pid);
}

/** Returns the options of a command with the variables for its observer. */
function commandOptions(options) {
  const own = { ...options?.env };
  const isInherited = options?.clearEnv !== true;
  const inherited = (name) =>
    keepsOption && name === "NODE_OPTIONS" ? NODE_OPTION : denoVariable(name);
  const read = (name) =>
    own[name] ?? (isInherited ? inherited(name) : undefined);
  return { ...options, env: { ...own, ...addedTo(read) } };
}

/** Reads a variable if that needs no question. */
let denoVariable = () => undefined;

function wrapSpawnOfDeno(owner, name) {
  const descriptor = getOwnPropertyDescriptor(owner, name);
  const original = descriptor.value;
  if (typeof original !== "function") return;
  function wrapper(program, argv, options) {
    const given = [...arguments];
    const at = isArray(argv) ? 2 : 1;
    trySee(() => {
      given[at] = commandOptions(at === 2 ? options : argv);
      if (name !== "spawn") sawChild(program, isArray(argv) ? argv : []);
    });
    const result = apply(original, this, given);
    trySee(() => {
      if (name === "spawn") {
        sawChild(program, isArray(argv) ? argv : [], result.pid);
      }
    });
    return result;
  }
  disguise(wrapper, original);
  defineProperty(owner, name, { ...descriptor, value: wrapper });
}

/** Takes what was added for observing out of the environment, as far as the program may see it. */
function cleanDenoEnvironment() {
  const { env } = deno;
  const { get, set, delete: remove } = env;
  const may = (name) => statusOf("env", { variable: name }) === "granted";
  denoVariable = (name) => may(name) ? apply(get, env, [name]) : undefined;
  keepsOption = !may("NODE_OPTIONS");
  // The first thread has taken what was added out of the environment, which its workers share.
  adds.set(
    "PATH",
    ownWorker === undefined
      ? denoVariable("PATH")?.startsWith(BIN + DELIMITER)
      : look(BIN) !== undefined,
  );
  adds.set(
    "PYTHONPATH",
    ownWorker === undefined
      ? denoVariable("PYTHONPATH")?.startsWith(PYTHON)
      : look(PYTHON) !== undefined,
  );
  cleanEnvironment(
    denoVariable,
    (name, value) => apply(set, env, [name, value]),
    (name) => apply(remove, env, [name]),
  );
  currentValue = denoVariable;
}

/** Sees what Deno fetches, and what else brings data from a server. */
function watchNetworkOfDeno() {
  wrap(globalThis, "fetch", nothing, (args) => {
    sawFetch(args[0], args[1]);
    return true;
  });
  for (const name of ["connect", "connectTls"]) {
    wrap(deno, name, nothing, ([options]) => {
      if (options?.port === undefined) return true;
      const host = options.hostname ?? "localhost";
      gap(`data from ${host}:${options.port} is not recorded`);
      return true;
    });
  }
  wrapLate(globalThis, "WebSocket", (owner) => {
    wrapClass(owner, "WebSocket", (args) => {
      gap(`data from ${new StartUrl(args[0]).host} is not recorded`);
    });
  });
}

function sawFetch(input, init) {
  const isRequest = input instanceof StartRequest;
  const address = new StartUrl(isRequest ? input.url : `${input}`);
  if (address.protocol === "file:") return sawRead(address);
  if (!startsWith(address.protocol, "http")) return;
  const method = option(init, "method") ?? (isRequest ? input.method : "GET");
  sawRequest(address.href, `${method}`.toUpperCase());
}

// ---------------------------------------------------------------------------------------------------------------
// Workers of Deno: a module of two lines, which imports this observer and then the worker's own module, takes the place
// of that module. Both imports are static, so that messages arrive as without it.

/** The worker that this thread is, if it is one that was started with this observer: its number and its address. */
const ownWorker = module.worker;

/**
 * What only the first module of a worker can tell, and what could tell it in disguise: that it is the first one.
 * Of `import.meta`, all but `main` is as without this observer.
 */
const ASKS_FOR_MAIN =
  /\bimport\s*(?:\/[/*]|\.\s*(?:\/[/*]|meta\b(?!\s*\.\s*(?:url|dirname|filename|resolve)\b)))|\b(?:require|process)\s*\.\s*main|\bmodule\s*\.\s*parent/;

/** Gives the workers of Deno their observer, or writes that they have none. */
function wrapWorkersOfDeno() {
  wrapClass(threads, "Worker", (args) => {
    gap(`the worker ${workerName(args)} is not observed`);
  });
  const addresses = newSet();
  wrapClass(globalThis, "Worker", (args) => {
    if (ownWorker !== undefined) trySee(rebase, args);
    const address = observedWorker(args[0], args[1]);
    if (address === undefined) return;
    addresses.add(address);
    args[0] = address;
  }, (_worker, args) => {
    if (addresses.delete(args[0])) return;
    gap(`the worker ${workerName(args)} is not observed`);
  });
}

/**
 * Returns the address of a module that loads this observer before the module of a worker; `undefined` if the program
 * could notice that, or the worker could not write what it reads.
 */
function observedWorker(given, options) {
  if (option(options, "type") !== "module") return undefined;
  const own = option(options, "deno");
  if ((option(own, "permissions") ?? "inherit") !== "inherit") return undefined;
  const url = new StartUrl(`${given}`);
  const path = fileURLToPath(url);
  const isSeen = matches(/\.m?[jt]sx?$/, path) !== null &&
    isGranted("read", HOME) && isGranted("write", FOLDER) &&
    isGranted("read", path) && look(path)?.isFile() === true &&
    matches(ASKS_FOR_MAIN, readFileSync(path, "utf8")) === null &&
    // An import map can change the address of an import, but not that of a worker.
    require("./resolve.mjs").resolve(url.href) === url.href;
  if (!isSeen) return undefined;
  const thread = startFloor(startRandom() * 2 ** 31);
  const address = workerAddress({ thread, url: url.href });
  line({ is: "child", thread, program: workerName([given]) });
  return address;
}

/** The text of this file; read for the first worker. */
let ownText;

function workerAddress(worker) {
  ownText ??= readFileSync(__filename, "utf8");
  const start = [{ worker }, __filename, HOME].map((one) => stringify(one));
  const script = `(function (require, module, __filename, __dirname) {` +
    `${ownText}\n})`;
  // Deno names the place of an error by the first function that is not of an extension.
  const observer = 'import { createRequire } from "node:module";' +
    'import { runInThisContext } from "node:vm";' +
    `runInThisContext(${stringify(script)}, "ext:ato_observer")` +
    `(createRequire(${start[1]}), ${start.join(", ")});`;
  return dataUrl(
    `import ${stringify(dataUrl(observer))};import ${stringify(worker.url)};`,
  );
}

function dataUrl(text) {
  const words = apply(bytesToString, textToBytes(text), ["base64"]);
  return `data:text/javascript;base64,${words}`;
}

/** Returns what a worker of Deno is called: its file, unless its code was given as text. */
function workerName([given, options]) {
  if (option(options, "eval") === true) return "[eval]";
  const text = `${given?.href ?? given}`;
  return startsWith(text, "data:") || startsWith(text, "blob:")
    ? text.slice(0, 5)
    : basename(matches(/^[^?#]*/, text)[0]);
}

/** Makes a relative address absolute, as it is from the worker's own module. One that is no address stays. */
function rebase(args) {
  if (typeof args[0] !== "string") return;
  args[0] = new StartUrl(args[0], ownWorker.url).href;
}

/** The same for what fails with the address that it starts from: that is the one of the worker's own module. */
function rebaseOrThrow(args, errorOf) {
  try {
    rebase(args);
  } catch (error) {
    args[0] = {
      toString() {
        throw errorOf(error);
      },
    };
  }
}

const sameError = (error) => error;
const syntaxError = ({ message }) => new StartException(message, "SyntaxError");

/** Shows the program the address of the worker's own module, and takes relative addresses from there. */
function standAtOwnModule() {
  const url = new StartUrl(ownWorker.url);
  const prototype = getPrototypeOf(globalThis.location);
  for (const name of ownKeys(prototype)) {
    const { get } = getOwnPropertyDescriptor(prototype, name);
    if (get !== undefined && typeof name === "string") {
      showPart(prototype, name, url[name]);
    }
  }
  showText(prototype, url.href);
  const orThrow = (errorOf) => (args) => rebaseOrThrow(args, errorOf);
  wrapArguments(globalThis, "fetch", orThrow(sameError));
  wrapLate(globalThis, "Request", (owner) => {
    wrapClass(owner, "Request", orThrow(sameError));
  });
  wrapLate(globalThis, "Response", (owner) => {
    wrapArguments(owner.Response, "redirect", orThrow(sameError));
  });
  for (const name of ["WebSocket", "EventSource"]) {
    wrapLate(globalThis, name, (owner) => {
      wrapClass(owner, name, orThrow(syntaxError));
    });
  }
}

function showText(prototype, href) {
  const descriptor = getOwnPropertyDescriptor(prototype, "toString");
  const { value: original } = descriptor;
  const { toString } = {
    toString() {
      apply(original, this, []);
      return href;
    },
  };
  disguise(toString, original);
  defineProperty(prototype, "toString", { ...descriptor, value: toString });
}

/** Lets a getter return a value, where it would return one. */
function showPart(prototype, name, value) {
  const descriptor = getOwnPropertyDescriptor(prototype, name);
  const { get: original } = descriptor;
  const { get } = {
    get() {
      apply(original, this, []);
      return value;
    },
  };
  disguise(get, original);
  defineProperty(prototype, name, { ...descriptor, get });
}

// ---------------------------------------------------------------------------------------------------------------
// Start

/** Programs that start others, and whose own reads decide nothing. */
const LAUNCHERS =
  /[\\/](?:npm[\\/]bin[\\/]np[mx]-cli\.js|yarn(?:-[\d.]+)?\.c?js|pnp[mx]\.[cm]?js|corepack[\\/]dist[\\/]\w+\.js|tsx[\\/]dist[\\/]cli\.[cm]js)$/;

/** Writes the first line. */
function sawProcess(entry) {
  const { pid, ppid, execPath, execArgv, argv, versions } = nodeProcess;
  const number = ownWorker?.thread ??
    (threads.isMainThread ? undefined : threads.threadId);
  const thread = number === undefined ? {} : { thread: number };
  line({
    is: "process",
    pid,
    parent: ppid,
    language: deno === undefined ? "node" : "deno",
    version: deno === undefined ? versions.node : deno.version.deno,
    executable: execPath,
    argv: [...execArgv, ...argv.slice(1)],
    cwd: cwd(),
    ...(entry === undefined ? {} : { entry }),
    ...thread,
    at: now(),
  });
}

/** Returns the path of the script; `undefined` if the program is no file. */
function entryOf() {
  try {
    if (deno === undefined) return nodeEntry(nodeProcess.argv[1]);
    const { mainModule } = deno;
    return startsWith(mainModule, "file:")
      ? fileURLToPath(mainModule)
      : undefined;
  } catch {
    return undefined;
  }
}

function nodeEntry(word) {
  if (!threads.isMainThread || word === undefined) return undefined;
  const path = realpathSync(word);
  return statSync(path).isFile() ? resolvePath(word) : undefined;
}

/** A file that is the standard input may be read by anything. */
function sawStandardInput() {
  try {
    if (!threads.isMainThread || !fstatSync(0).isFile()) return;
    sawRead(readlinkSync("/proc/self/fd/0"), true);
  } catch {
    // There is none, or the system does not tell.
  }
}

/** Wraps everything in Node. */
function observeNode(isLauncher) {
  initial = initialEnvironment();
  const { env } = nodeProcess;
  findAdds();
  cleanEnvironment((name) => env[name], (name, value) => {
    env[name] = value;
  }, (name) => delete env[name]);
  cleanEnvironment((name) => initial[name], (name, value) => {
    initial[name] = value;
  }, (name) => delete initial[name]);
  cleanOptions();
  realEnvironment = env;
  wrapChildren();
  wrapThreads();
  if (isLauncher) return;
  skipRuntime();
  wrapFs();
  wrapEnvironment();
  wrapClone();
  wrapRest();
  watchNodeModules();
  trySee(wrapSqlite);
  sawStandardInput();
  trySee(watchInput);
}

/** Wraps what is in both and takes a path as its first argument. */
function wrapRest() {
  wrap(nodeProcess, "loadEnvFile", nothing, (args) => {
    return sawRead(args[0] ?? ".env");
  });
  wrap(nodeProcess, "dlopen", nothing, (args) => sawNative(args[1]));
}

/** What is in the folder of the runtime is no input, unless it is a folder of the system. */
function skipRuntime() {
  const folder = dirname(dirname(nodeProcess.execPath));
  if (folder.length > 4 && folder !== "/usr/local") SKIPPED.push(folder + sep);
}

/** Wraps everything in Deno. */
function observeDeno() {
  wrapDenoFiles();
  findAdds();
  cleanDenoEnvironment();
  wrapDenoEnvironment();
  wrapDenoProcesses();
  watchNetworkOfDeno();
  wrapWorkersOfDeno();
  wrapFs();
  wrapEnvironment();
  wrapRest();
  wrapChildren();
  watchNodeModules();
  trySee(wrapSqlite);
  trySee(watchInput);
  trySee(watchInputOfDeno);
}

/** Starts observing, unless this is a thread of the runtime itself, or nothing can be written. */
function start() {
  if (threads.isInternalThread) return;
  append = openSink();
  if (append === undefined) return;
  const entry = entryOf();
  sawProcess(entry);
  if (deno !== undefined) observeDeno();
  else observeNode(matches(LAUNCHERS, realEntry(entry)) !== null);
  Modules.syncBuiltinESMExports?.();
}

function realEntry(entry) {
  return entry === undefined ? "" : realpathSync(entry);
}

try {
  start();
} catch {
  // The program starts without being observed.
}
// After it, so that what is observed sees absolute addresses.
if (ownWorker !== undefined) trySee(standAtOwnModule);

// Stack traces name this file as a part of the runtime, and not by the folder of the launch, which is another one in
// each run.
//# sourceURL=node:internal/ato_observer
