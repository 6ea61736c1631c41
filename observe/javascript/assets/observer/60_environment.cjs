// deno-lint-ignore-file no-unused-vars prefer-const -- the parts share one scope

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
