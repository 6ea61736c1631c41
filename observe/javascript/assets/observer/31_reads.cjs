// deno-lint-ignore-file no-unused-vars -- the parts share one scope

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
  } else if (isTerminal(0)) {
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
  let isWatched = false;
  replaceGetter(
    nodeProcess,
    "stdin",
    whenDone((stream) => {
      if (isWatched) return;
      isWatched = true;
      watchStream(stream);
    }),
  );
}

function watchStream(stream) {
  defineProperty(stream, "_read", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: standIn(stream._read, sawInput),
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
  replaceGetter(type, "readable", sawInput);
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
