// deno-lint-ignore-file no-unused-vars -- the parts share one scope

// ---------------------------------------------------------------------------------------------------------------
// Modules: they are the program's code, and no inputs.

const Modules = require("module");
const modules = Modules._cache ?? {};
const CODE = /\.(?:[cm]?[jt]sx?|json|map|node|wasm)$/;
/** The code that loads modules: of Node itself, and of tools that run TypeScript. */
const LOADERS =
  /node:internal\/modules\/|[\\/]node_modules[\\/](?:tsx|ts-node|get-tsconfig|tsconfig-paths|esbuild|esbuild-register|@swc-node|@esbuild-kit|sucrase|jiti|@babel|pirates|source-map-support)[\\/]/;
const OWN_FRAME = /node:(?:internal\/)?(?:fs|ato_observer)\b|wasm:\/\/wasm\//;

/** Tells whether a file is being loaded as a module, and is not read by the program itself. */
function isModuleLoad(path) {
  if (deno !== undefined || matches(CODE, path) === null) return false;
  const module = modules[path];
  if (module !== undefined && !module.loaded) return true;
  return matches(LOADERS, caller()) !== null;
}

/** Returns the line of the stack with the function that called a function of `fs`. */
function caller() {
  const stack = stackText();
  for (let start = 0; start < stack.length;) {
    const found = indexOf(stack, "\n", start);
    const end = found === -1 ? stack.length : found;
    const frame = slice(stack, start, end);
    const isOwn = start === 0 || includes(frame, __filename) ||
      matches(OWN_FRAME, frame) !== null;
    if (!isOwn) return frame;
    start = end + 1;
  }
  return "";
}

/** Returns the stack as the engine writes it. */
function stackText() {
  const { prepareStackTrace, stackTraceLimit } = StartError;
  try {
    StartError.prepareStackTrace = undefined;
    StartError.stackTraceLimit = 16;
    return `${new StartError().stack}`;
  } finally {
    StartError.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace === undefined) delete StartError.prepareStackTrace;
    else StartError.prepareStackTrace = prepareStackTrace;
  }
}
