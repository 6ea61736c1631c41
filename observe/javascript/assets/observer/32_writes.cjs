// deno-lint-ignore-file no-unused-vars -- the parts share one scope

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
