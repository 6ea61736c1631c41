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
