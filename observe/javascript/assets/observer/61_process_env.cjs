// deno-lint-ignore-file no-unused-vars -- the parts share one scope

/** Copies an environment. This reads none of its variables. */
const copyOf = quiet((variables) => ({ ...variables }));

/** The environment that the program sees. */
let environment;
let realEnvironment;

/**
 * Tells whether a program of Deno may read all variables, or may be asked for it. If not, it cannot enumerate them, and
 * `Deno.env`, which `process.env` calls, sees what it reads.
 */
function mayReadAll() {
  const state = statusOf("env");
  return state === "granted" ||
    (state === "prompt" && deno.stdin.isTerminal() &&
      deno.stderr.isTerminal());
}

/** Puts a proxy in the place of `process.env` that sees which variables are read. */
function wrapEnvironment() {
  const descriptor = getOwnPropertyDescriptor(nodeProcess, "env");
  const real = descriptor?.value;
  if (typeof real !== "object" || real === null) return;
  realEnvironment = real;
  if (deno === undefined) currentValue = (name) => real[name];
  else if (!mayReadAll()) return;
  // With the environment itself as its target, the engine would look each variable up once more after each trap.
  const target = {};
  defineProperty(target, Symbol.for("nodejs.util.inspect.custom"), {
    configurable: true,
    value: () => deno === undefined ? real : {},
  });
  environment = new Proxy(target, environmentHandler(real));
  defineProperty(nodeProcess, "env", { ...descriptor, value: environment });
}

/** Calls a function. The stack trace of what it throws starts where a trap was called. */
function fromCaller(work, trap) {
  try {
    return work();
  } catch (error) {
    if (deno === undefined) trySee(() => captureStackTrace(error, trap));
    throw error;
  }
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
    set: function change(_target, name, value) {
      const done = fromCaller(() => setValue(real, name, value), change);
      setByProgram(name);
      return done;
    },
    defineProperty: function change(_target, name, descriptor) {
      const done = fromCaller(() => define(real, name, descriptor), change);
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
  replace(owner, name, (args) => void change(args));
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
