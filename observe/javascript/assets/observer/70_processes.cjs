// deno-lint-ignore-file no-unused-vars -- the parts share one scope

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
  replace(type.prototype, "spawn", ([options], child) => {
    addToPairs(options);
    whenSet(child, "pid", (pid) => {
      if (pid === undefined) return;
      sawChild(options.file, options.args.slice(1), pid);
    });
  });
}

/** Calls a function when a property is set for the first time. */
function whenSet(owner, name, see) {
  const rest = { configurable: true, enumerable: true };
  defineProperty(owner, name, {
    ...rest,
    get: undefined,
    set(value) {
      // Deleted first, so that the order of the properties is as without this.
      deleteProperty(owner, name);
      defineProperty(owner, name, { ...rest, writable: true, value });
      trySee(see, value);
    },
  });
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
  const see = (args) => {
    const [program, argv] = commandOf(args);
    giveObserver(args);
    if (endsWith(name, "Sync")) sawChild(program, argv);
    else whenStarted(owner, (pid) => sawChild(program, argv, pid));
  };
  const custom = Symbol.for("nodejs.util.promisify.custom");
  const original = getOwnPropertyDescriptor(owner, name)?.value;
  const promised = original && getOwnPropertyDescriptor(original, custom);
  if (typeof promised?.value !== "function") return replace(owner, name, see);
  // The property may be fixed, and a proxy may not show another one than its target.
  const { target } = { target() {} };
  defineProperty(target, custom, {
    ...promised,
    value: standIn(promised.value, see),
  });
  disguise(target, original);
  replace(owner, name, see, { target });
}

/**
 * Calls a function with the id of the process that the next call of Deno starts. An object of the process that fails
 * to start keeps where that was, so it must be made without a frame of this file: it is found as it becomes an emitter
 * of events.
 */
function whenStarted({ ChildProcess }, see) {
  const emitters = require("events");
  const { init } = emitters;
  const restore = () => {
    if (emitters.init === find) emitters.init = init;
  };
  function find() {
    if (this instanceof ChildProcess) {
      restore();
      lookAgain(() => {
        if (this.pid === undefined) return false;
        see(this.pid);
        return true;
      });
    }
    return apply(init, this, arguments);
  }
  emitters.init = find;
  enqueue(restore);
}

/** Gives a function what another one has. */
function disguise(target, original) {
  setPrototypeOf(target, getPrototypeOf(original));
  for (const key of ownKeys(original)) {
    defineProperty(target, key, getOwnPropertyDescriptor(original, key));
  }
}

/** Changes the arguments of a function that starts a process so that its options give it its observer. */
function giveObserver(given) {
  if (typeof given[0] !== "string") return;
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
  const proxy = standIn(original, (args, target) => {
    trySee(see, args);
    if (made === undefined) return;
    return makeOnce(original, args, target === proxy ? original : target, made);
  }, { kind: "construct" });
  defineProperty(original.prototype, "constructor", {
    ...getOwnPropertyDescriptor(original.prototype, "constructor"),
    value: proxy,
  });
  defineProperty(owner, name, { ...descriptor, value: proxy });
}

/** Like {@linkcode whenDone}, for an object that is constructed. */
function makeOnce(type, args, target, made) {
  let result;
  try {
    result = construct(type, args, target);
  } catch {
    return;
  }
  trySee(() => made(result, args));
  return [result];
}
