import { rootOf } from "./_dotted.ts";
import { posix } from "node:path";
import { take } from "./_arguments.ts";
import { toFloat } from "./_arithmetic.ts";
import type { Host } from "./_builtins.ts";
import { isNumeric, numeric } from "./_compare.ts";
import { copyDeep, copyShallow } from "./_copy.ts";
import { updateDict } from "./_dict_update.ts";
import {
  Callable,
  type CallArguments,
  PyDict,
  PyModule,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** The modules of Python's standard library, which mmengine imports instead of only naming them. */
const STANDARD = new Set(
  ("abc argparse ast base64 bisect builtins calendar collections contextlib copy csv dataclasses " +
    "datetime decimal enum errno fractions functools gc getpass glob hashlib heapq importlib inspect " +
    "io itertools json locale logging math multiprocessing numbers operator os pathlib pickle " +
    "platform pprint queue random re shutil signal socket ssl stat statistics string struct " +
    "subprocess sys tempfile textwrap threading time traceback types typing unicodedata urllib uuid " +
    "warnings weakref xml zipfile zlib __future__").split(" "),
);

/** Whether mmengine imports a module while it reads a config, instead of only naming it. */
export function isStandard(module: string): boolean {
  return module.startsWith("mmengine.config") ||
    STANDARD.has(rootOf(module));
}

function number(name: string, args: CallArguments): number {
  const [value] = take(name, args, ["x"]);
  if (isNumeric(value)) return toFloat(numeric(value));
  throw new Fault(`${name} needs a number and gets ${typeName(value)}`);
}

function finite(name: string, value: number): number {
  if (Number.isNaN(value)) {
    throw new Fault(`${name} is not defined for this number`);
  }
  return value;
}

const FLOAT_FUNCTIONS = [
  "sqrt",
  "exp",
  "log2",
  "log10",
  "sin",
  "cos",
  "tan",
  "tanh",
] as const;

function mathModule(): Map<string, Value> {
  const members = new Map<string, Value>([
    ["pi", Math.PI],
    ["e", Math.E],
    ["inf", Infinity],
    ["nan", NaN],
    ["tau", 2 * Math.PI],
  ]);
  const add = (name: string, call: (args: CallArguments) => Value) =>
    members.set(name, new Callable(`math.${name}`, call));
  for (const name of FLOAT_FUNCTIONS) {
    add(name, (args) => finite(name, Math[name](number(name, args))));
  }
  for (const name of ["ceil", "floor", "trunc"] as const) {
    add(name, (args) => {
      const [value] = take(name, args, ["x"]);
      if (typeof value === "bigint") return value;
      return BigInt(Math[name](finite(name, number(name, args))));
    });
  }
  add("log", (args) => {
    const [x, base] = take("log", args, ["x", "base"], 1);
    const values = [x, ...(base === undefined ? [] : [base])].map((value) =>
      finite("log", Math.log(number("log", { ...args, positional: [value] })))
    );
    const [value = NaN, divisor = 1] = values;
    return value / divisor;
  });
  add("pow", (args) => {
    const [x, y] = take("pow", args, ["x", "y"]);
    const toNumber = (value: Value) =>
      number("pow", { ...args, positional: [value] });
    return finite("pow", toNumber(x) ** toNumber(y));
  });
  add("fabs", (args) => Math.abs(number("fabs", args)));
  add("isnan", (args) => Number.isNaN(number("isnan", args)));
  add("isinf", (args) => Math.abs(number("isinf", args)) === Infinity);
  return members;
}

function texts(name: string, args: CallArguments): string[] {
  return args.positional.map((part) => {
    if (typeof part === "string") return part;
    throw new Fault(`${name} needs a str and gets ${typeName(part)}`);
  });
}

/** The functions of `os.path` that look only at the path string. */
function pathModule({ budget }: Host): Map<string, Value> {
  const members = new Map<string, Value>([["sep", "/"]]);
  const add = (name: string, call: (parts: string[]) => Value) =>
    members.set(
      name,
      new Callable(`os.path.${name}`, (args) => call(texts(name, args))),
    );
  const addOne = (name: string, call: (path: string) => Value) =>
    add(name, ([path]) => {
      if (path === undefined) throw new Fault(`os.path.${name} needs a path`);
      return call(path);
    });
  add("join", (parts) => {
    if (parts.length === 0) throw new Fault("os.path.join needs a path");
    budget.text(parts.reduce((sum, part) => sum + part.length + 1, 0));
    return parts.reduce((path, part) =>
      part.startsWith("/")
        ? part
        : path === "" || path.endsWith("/")
        ? path + part
        : `${path}/${part}`
    );
  });
  const cut = (path: string) => path.lastIndexOf("/") + 1;
  const folder = (path: string) => {
    const head = path.slice(0, cut(path));
    return /^\/+$/.test(head) ? head : head.replace(/\/+$/, "");
  };
  addOne("basename", (path) => path.slice(cut(path)));
  addOne("dirname", (path) => folder(path));
  addOne(
    "split",
    (path) => new PyTuple([folder(path), path.slice(cut(path))]),
  );
  addOne("splitext", (path) => {
    const extension = posix.extname(path);
    return new PyTuple([
      path.slice(0, path.length - extension.length),
      extension,
    ]);
  });
  addOne("normpath", (path) => posix.normalize(path).replace(/(?<=.)\/$/, ""));
  addOne("isabs", (path) => path.startsWith("/"));
  return members;
}

function copyModule({ budget }: Host): Map<string, Value> {
  const x = (args: CallArguments) => take("copy", args, ["x"])[0];
  return new Map([
    [
      "deepcopy",
      new Callable("copy.deepcopy", (args) => copyDeep(x(args), budget)),
    ],
    ["copy", new Callable("copy.copy", (args) => copyShallow(x(args), budget))],
  ]);
}

/** Returns the known members of a module that is imported; `undefined` for an unknown module. */
export function standardModule(
  name: string,
  host: Host,
): PyModule {
  const known: Readonly<Record<string, () => Map<string, Value>>> = {
    math: mathModule,
    copy: () => copyModule(host),
    "os.path": () => pathModule(host),
    os: () => new Map([["path", standardModule("os.path", host)]]),
    collections: () =>
      new Map([[
        "OrderedDict",
        new Callable("OrderedDict", (args) => {
          const dict = new PyDict();
          updateDict(dict, args, host.at(), host.budget);
          return dict;
        }),
      ]]),
    "mmengine.config": () =>
      new Map([["read_base", new Callable("read_base", () => null)]]),
  };
  const members = Object.hasOwn(known, name)
    ? known[name]?.() ?? new Map()
    : new Map();
  return new PyModule(name, members);
}
