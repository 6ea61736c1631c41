// deno-lint-ignore-file no-unused-vars -- the parts share one scope

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
