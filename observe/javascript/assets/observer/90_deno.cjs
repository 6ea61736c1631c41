// deno-lint-ignore-file no-unused-vars -- the parts share one scope

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
    return true;
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
  const done = whenDone((result, [name]) => see(name, result));
  // Traces say which property of `this` has the function, so it gets an object that has it.
  const to = { [key]: getOwnPropertyDescriptor(env, key).value };
  replace(env, key, (args, self, original) => {
    const name = args[0];
    if (!knownNames.has(name)) {
      return isInProxy ? undefined : done(args, self, original);
    }
    if (!keepsOption || name !== "NODE_OPTIONS") return;
    return [ownOption(apply(original, self, args))];
  }, { from: env, to });
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
  // Before it ends, calls that wait are looked at.
  for (const owner of [deno, nodeProcess]) {
    for (const name of ["exit", "kill"]) {
      wrap(owner, name, nothing, () => true);
    }
  }
  wrapLate(deno, "Command", wrapCommand);
  for (const name of ["spawn", "spawnAndWait", "spawnAndWaitSync"]) {
    wrapLate(deno, name, (owner) => wrapSpawnOfDeno(owner, name));
  }
  replace(
    deno,
    "dlopen",
    whenDone((library, [file]) => {
      if (!wrapSqliteLibrary(library.symbols)) sawNative(file);
    }),
  );
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
    const value = standIn(original, sawSqliteOpen);
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
    replace(type.prototype, name, (_args, command) => sawCommand(command));
  }
  replace(
    type.prototype,
    "spawn",
    whenDone((child, _args, command) => sawCommand(command, child.pid)),
  );
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
  replace(owner, name, (args, self, original) => {
    const [program, argv] = args;
    const words = isArray(argv) ? argv : [];
    trySee(() => {
      const at = isArray(argv) ? 2 : 1;
      args[at] = commandOptions(args[at]);
    });
    if (name !== "spawn") return sawChild(program, words);
    return whenDone(({ pid }) => sawChild(program, words, pid))(
      args,
      self,
      original,
    );
  });
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
  const StartRequest = startRequest.value ??
    apply(startRequest.get, globalThis, []);
  const isRequest = input instanceof StartRequest;
  const address = new StartUrl(isRequest ? input.url : `${input}`);
  if (address.protocol === "file:") return sawRead(address);
  if (!startsWith(address.protocol, "http")) return;
  const method = option(init, "method") ?? (isRequest ? input.method : "GET");
  sawRequest(address.href, `${method}`.toUpperCase());
}
