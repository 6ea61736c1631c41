// deno-lint-ignore-file no-unused-vars -- the parts share one scope

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
    replace(owner, name, (args) => {
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
