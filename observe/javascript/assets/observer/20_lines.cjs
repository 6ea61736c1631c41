// deno-lint-ignore-file no-unused-vars -- the parts share one scope

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
