// deno-lint-ignore-file no-unused-vars -- the parts share one scope

// ---------------------------------------------------------------------------------------------------------------
// Workers of Deno: a module of two lines, which imports this observer and then the worker's own module, takes the place
// of that module. Both imports are static, so that messages arrive as without it.

/** The worker that this thread is, if it is one that was started with this observer: its number and its address. */
const ownWorker = module.worker;

/**
 * What only the first module of a worker can tell, and what could tell it in disguise: that it is the first one.
 * Of `import.meta`, all but `main` is as without this observer.
 */
const ASKS_FOR_MAIN =
  /\bimport\s*(?:\/[/*]|\.\s*(?:\/[/*]|meta\b(?!\s*\.\s*(?:url|dirname|filename|resolve)\b)))|\b(?:require|process)\s*\.\s*main|\bmodule\s*\.\s*parent/;

/** Gives the workers of Deno their observer, or writes that they have none. */
function wrapWorkersOfDeno() {
  // A thread of the program's own could notice that its first module is another one.
  wrapWorker(threads, ([given, options]) => {
    if (!isOfSearch(options)) return undefined;
    const address = observedWorker(given, { type: "module" });
    return address === undefined ? undefined : new StartUrl(address);
  });
  wrapWorker(globalThis, (args) => {
    if (ownWorker !== undefined) trySee(rebase, args);
    return observedWorker(args[0], args[1]);
  });
}

/** Puts an address that loads this observer in the place of that of a worker, if there is one. */
function wrapWorker(owner, addressOf) {
  const addresses = newSet();
  wrapClass(owner, "Worker", (args) => {
    const address = addressOf(args);
    if (address === undefined) return;
    addresses.add(address);
    args[0] = address;
  }, (_worker, args) => {
    if (addresses.delete(args[0])) return;
    gap(`the worker ${workerName(args)} is not observed`);
  });
}

/** Whether a thread is one of a search by Ato: nothing in its first module asks what it was started from. */
function isOfSearch(options) {
  return option(option(options, "workerData"), "kind") === "ato-study";
}

/**
 * Returns the address of a module that loads this observer before the module of a worker; `undefined` if the program
 * could notice that, or the worker could not write what it reads.
 */
function observedWorker(given, options) {
  if (option(options, "type") !== "module") return undefined;
  const own = option(options, "deno");
  if ((option(own, "permissions") ?? "inherit") !== "inherit") return undefined;
  const url = new StartUrl(`${given}`);
  const path = fileURLToPath(url);
  const isSeen = matches(/\.m?[jt]sx?$/, path) !== null &&
    isGranted("read", HOME) && isGranted("write", FOLDER) &&
    look(__filename)?.isFile() === true &&
    isGranted("read", path) && look(path)?.isFile() === true &&
    matches(ASKS_FOR_MAIN, readFileSync(path, "utf8")) === null &&
    // An import map can change the address of an import, but not that of a worker.
    require("./resolve.mjs").resolve(url.href) === url.href;
  if (!isSeen) return undefined;
  const thread = startFloor(startRandom() * 2 ** 31);
  const address = workerAddress({ thread, url: url.href });
  line({ is: "child", thread, program: workerName([given]) });
  return address;
}

/** Returns the address of the module; it reads this file, because Deno takes long for a `data:` address with it. */
function workerAddress(worker) {
  const file = stringify(__filename);
  // Deno names the place of an error by the first function that is not of an extension.
  const observer = 'import { createRequire } from "node:module";' +
    'import { runInThisContext } from "node:vm";' +
    "try { runInThisContext(" +
    '"(function (require, module, __filename, __dirname) {" + ' +
    `Deno.readTextFileSync(${file}) + "\\n})", "ext:ato_observer")` +
    `(createRequire(${file}), ${stringify({ worker })}, ${file}, ` +
    `${stringify(HOME)}); } catch {}`;
  return dataUrl(
    `import ${stringify(dataUrl(observer))};import ${stringify(worker.url)};`,
  );
}

function dataUrl(text) {
  const words = apply(bytesToString, textToBytes(text), ["base64"]);
  return `data:text/javascript;base64,${words}`;
}

/** Returns what a worker of Deno is called: its file, unless its code was given as text. */
function workerName([given, options]) {
  if (option(options, "eval") === true) return "[eval]";
  const text = `${given?.href ?? given}`;
  return startsWith(text, "data:") || startsWith(text, "blob:")
    ? text.slice(0, 5)
    : basename(matches(/^[^?#]*/, text)[0]);
}

/** Makes a relative address absolute, as it is from the worker's own module. One that is no address stays. */
function rebase(args) {
  if (typeof args[0] !== "string") return;
  args[0] = new StartUrl(args[0], ownWorker.url).href;
}

/** The same for what fails with the address that it starts from: that is the one of the worker's own module. */
function rebaseOrThrow(args, errorOf) {
  try {
    rebase(args);
  } catch (error) {
    args[0] = {
      toString: function fail() {
        const thrown = errorOf(error);
        captureStackTrace(thrown, fail);
        throw thrown;
      },
    };
  }
}

const sameError = (error) => error;
const syntaxError = ({ message }) => new StartException(message, "SyntaxError");

/** Shows the program the address of the worker's own module, and takes relative addresses from there. */
function standAtOwnModule() {
  const url = new StartUrl(ownWorker.url);
  const prototype = getPrototypeOf(globalThis.location);
  for (const name of ownKeys(prototype)) {
    const { get } = getOwnPropertyDescriptor(prototype, name);
    if (get !== undefined && typeof name === "string") {
      showPart(prototype, name, url[name]);
    }
  }
  showText(prototype, url.href);
  // Of a thread of `node:worker_threads`.
  if (startsWith(nodeProcess.argv[1] ?? "", "data:")) {
    nodeProcess.argv[1] = fileURLToPath(url);
  }
  const orThrow = (errorOf) => (args) => rebaseOrThrow(args, errorOf);
  wrapArguments(globalThis, "fetch", orThrow(sameError));
  wrapLate(globalThis, "Request", (owner) => {
    wrapClass(owner, "Request", orThrow(sameError));
  });
  wrapLate(globalThis, "Response", (owner) => {
    wrapArguments(owner.Response, "redirect", orThrow(sameError));
  });
  for (const name of ["WebSocket", "EventSource"]) {
    wrapLate(globalThis, name, (owner) => {
      wrapClass(owner, name, orThrow(syntaxError));
    });
  }
}

function showText(prototype, href) {
  replace(prototype, "toString", insteadOf(href));
}

/** Lets a getter return a value, where it would return one. */
function showPart(prototype, name, value) {
  replaceGetter(prototype, name, insteadOf(value));
}

function insteadOf(value) {
  return (args, self, original) => {
    apply(original, self, args);
    return [value];
  };
}
