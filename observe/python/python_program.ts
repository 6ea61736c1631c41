/**
 * Snapshots of Python programs: the pieces of every local module that was imported.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { extname, isAbsolute, relative, sep } from "node:path";
import { attempt } from "../../internal/attempt.ts";
import { sha256HexSync } from "../../internal/digest.ts";
import type {
  Coverage,
  ParseCache,
  ProgramModule,
  ProgramPiece,
  ProgramSnapshot,
} from "../../internal/run_factors.ts";
import {
  PYTHON_FACTS_VERSION,
  type PythonPieceFacts,
  readPythonFacts,
} from "./_python_facts.ts";
import { type LocalModule, PythonImports } from "./_python_imports.ts";
import { PythonReach } from "./_python_reach.ts";
import { type Parsed, parseModules } from "./_run_python.ts";

/** The version of the hashes of Python's pieces. */
const HASH_VERSION = "ato-pyast-v1";

/** The most text that a snapshot holds, in bytes. */
const MOST_TEXT = 20 * 1024 * 1024;

/** The largest module that is parsed, in bytes. */
const MOST_MODULE = 2 * 1024 * 1024;

/** A local module that a Python program imported, as its bytes were then. */
export interface PythonModule {
  /** Its path: absolute, or from the root. */
  readonly path: string;
  /** Its name, e.g. `helpers`; `__main__` for a script. */
  readonly name: string;
  /** The SHA-256 of its bytes, in hex. */
  readonly sha256: string;
  /** Its text, or its bytes where they are not UTF-8; absent if they were not kept. */
  readonly text?: string | Uint8Array | undefined;
}

/** What is known of a Python program. */
export interface PythonProgramOptions {
  /** The project's root, an absolute path. */
  readonly root: string;
  /** The path of the script: absolute, or from the root. */
  readonly entry: string;
  /** The local modules that it imported, and itself. */
  readonly modules: readonly PythonModule[];
  /** The versions of the distributions that it imported, e.g. `pypi:numpy` at `2.1.0`. */
  readonly packages: Readonly<Record<string, string>>;
  /** The path of the interpreter that ran the program; it parses the modules. */
  readonly executable: string;
  /** What is known to be missing, one phrase each. */
  readonly missing: readonly string[];
  /** Keeps what parsing gave, so that a module of the same bytes need not be parsed again. */
  readonly cache?: ParseCache | undefined;
  /**
   * The most time that the interpreter may take for a module, in milliseconds.
   *
   * @default {60000}
   */
  readonly timeout?: number;
}

/**
 * Makes the snapshot of a Python program from the modules that it imported: each is split into functions, classes,
 * methods, variables and its other statements. None of its code is run. The interpreter is started only if a module
 * is not in the cache.
 *
 * @param options What is known of the program.
 * @returns the snapshot. A module that cannot be parsed is one piece, and the coverage says so.
 *
 * @example
 * ```ts ignore
 * import { pythonProgram } from "@ato/ato/observe";
 *
 * const snapshot = await pythonProgram({
 *   root: "/home/me/project",
 *   entry: "train.py",
 *   modules: [{ path: "train.py", name: "__main__", sha256, text }],
 *   packages: { "pypi:numpy": "2.1.0" },
 *   executable: "/usr/bin/python3",
 *   missing: [],
 * });
 * ```
 */
export async function pythonProgram(
  options: PythonProgramOptions,
): Promise<ProgramSnapshot> {
  const { root, packages } = options;
  const entry = pathBelow(root, options.entry);
  const missing = new Set(options.missing);
  const sources = sourcesOf(options, entry, missing);
  const parsed = await parseAll(sources, options);
  const modules = sources.map((one, at): LocalModule => {
    const facts = parsed[at]!;
    if ("failure" in facts) {
      missing.add(`${one.path} ${facts.failure}; it is compared as a whole`);
    } else {
      for (const { line, what } of facts.unknown) {
        missing.add(
          `${one.path}:${line}: the syntax ${what} is not known; it is compared as it is written`,
        );
      }
    }
    return { ...one, facts: "failure" in facts ? undefined : facts };
  });
  const texts = textsOf(sources);
  return {
    root,
    entry,
    modules: assemble(sources, modules),
    packages,
    files: [],
    texts: texts.kept,
    coverage: coverageOf([...missing], texts.leftOut),
  };
}

/** The bytes of a module, and under which names it was imported. */
interface Source extends Omit<LocalModule, "facts"> {
  readonly sha256: string;
  readonly bytes: Uint8Array | undefined;
  readonly text: string | undefined;
  readonly names: Set<string>;
  isMain: boolean;
}

/** The modules, the entry first, each once. */
function sourcesOf(
  { root, modules }: PythonProgramOptions,
  entry: string,
  missing: Set<string>,
): Source[] {
  const sources = new Map<string, Source>();
  for (const one of modules) {
    const path = pathBelow(root, one.path);
    const isMain = path === entry || one.name === "__main__";
    const known = sources.get(path);
    if (known !== undefined) {
      known.names.add(one.name);
      known.isMain ||= isMain;
      if (known.sha256 !== one.sha256) {
        missing.add(`${path}: changed while the program ran`);
      }
      continue;
    }
    sources.set(path, {
      path,
      names: new Set([one.name]),
      isMain,
      sha256: one.sha256,
      ...contentOf(one),
    });
  }
  return [...sources.values()].sort((a, b) =>
    Number(b.path === entry) - Number(a.path === entry) ||
    (a.path < b.path ? -1 : 1)
  );
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes of a module, and its text if they are UTF-8. */
function contentOf(
  { text, sha256 }: PythonModule,
): Pick<Source, "bytes" | "text"> {
  if (text === undefined) return { bytes: undefined, text: undefined };
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) {
    return { bytes: undefined, text: undefined };
  }
  return { bytes, text: attempt(() => utf8.decode(bytes)) };
}

function pathBelow(root: string, path: string): string {
  const way = isAbsolute(path) ? relative(root, path) : path;
  return way.split(sep).join("/");
}

/** Parses the modules that are not in the cache. */
async function parseAll(
  sources: readonly Source[],
  { executable, cache, timeout = 60_000 }: PythonProgramOptions,
): Promise<Parsed[]> {
  const facts = `${PYTHON_FACTS_VERSION}:`;
  // Another version of Python may parse what this one cannot.
  const failed = `${facts}${interpreterOf(executable)}:`;
  const known = sources.map(({ sha256, path, bytes }) =>
    unparsable(path, bytes) ?? readCached(cache?.get(facts + sha256)) ??
      readCached(cache?.get(failed + sha256))
  );
  const fresh = sources.filter((_, at) => known[at] === undefined);
  if (fresh.length === 0) return known as Parsed[];
  const parsed = await parseModules(
    fresh.map(({ bytes }) => bytes ?? new Uint8Array()),
    { executable, timeout },
  );
  const found = new Map(fresh.map((one, at) => [one, parsed[at]!]));
  for (const [{ sha256 }, one] of found) {
    // What the interpreter did not answer may be answered the next time.
    if (!("failure" in one)) cache?.set(facts + sha256, JSON.stringify(one));
    else if (/^(?:cannot be|is nested)/.test(one.failure)) {
      cache?.set(failed + sha256, JSON.stringify(one));
    }
  }
  return sources.map((one, at) => known[at] ?? found.get(one)!);
}

/** An interpreter, and when it was installed. */
function interpreterOf(executable: string): string {
  const stat = attempt(() => statSync(executable));
  return JSON.stringify([executable, stat?.mtimeMs ?? 0, stat?.size ?? 0]);
}

function readCached(text: string | undefined): Parsed | undefined {
  if (text === undefined) return undefined;
  return readPythonFacts(attempt(() => JSON.parse(text)));
}

/** What is no Python source, or cannot be parsed in a reasonable time. */
function unparsable(
  path: string,
  bytes: Uint8Array | undefined,
): Parsed | undefined {
  const ending = extname(path).toLowerCase();
  if (/^\.(?:pyc|pyo|pyx|pxd|pyd|so|dll|dylib|ipynb)$/.test(ending)) {
    return { failure: `is no Python source (${ending})` };
  }
  if (bytes === undefined) {
    return { failure: "is not parsed: its bytes were not kept" };
  }
  if (bytes.length <= MOST_MODULE) return undefined;
  const megabytes = (bytes.length / 1024 / 1024).toFixed(1);
  return { failure: `has ${megabytes} MB, which is too large to be parsed` };
}

function assemble(
  sources: readonly Source[],
  modules: readonly LocalModule[],
): ProgramModule[] {
  const imports = new PythonImports(modules);
  const reach = new PythonReach(modules, imports);
  return sources.map((source, at) => {
    const module = modules[at]!;
    const { path, sha256 } = source;
    const pieces = module.facts === undefined ? [wholeFile(source)] : [
      ...module.facts.pieces.map((one) => declared(one, reach)),
      ...statementsOf(module, imports),
    ].sort((a, b) => firstLine(a) - firstLine(b));
    return { path, sha256, pieces };
  });
}

function firstLine({ lines }: ProgramPiece): number {
  return lines[0]?.[0] ?? 0;
}

function wholeFile({ sha256, text }: Source): ProgramPiece {
  return {
    name: "",
    kind: "file",
    hash: `ato-file-v1:${sha256}`,
    lines: [[1, text === undefined ? 1 : text.split("\n").length]],
    reachable: true,
  };
}

function declared(one: PythonPieceFacts, reach: PythonReach): ProgramPiece {
  const { name, kind, hash, lines } = one;
  return {
    name,
    kind,
    hash,
    lines: joinLines(lines),
    reachable: reach.has(one),
  };
}

/** The other statements of a module; what only runs in a script is a piece of its own where the module is imported. */
function statementsOf(
  module: LocalModule,
  imports: PythonImports,
): ProgramPiece[] {
  const steps = imports.stepsOf(module);
  const isScript = (one: typeof steps[number]) =>
    one !== "import" && "main" in one && one.main === true && !module.isMain;
  return [
    ...statements("", steps.filter((one) => !isScript(one)), {
      links: imports.linksOf(module),
      more: module.facts?.imports.map(({ lines }) => lines) ?? [],
      reachable: true,
    }),
    ...statements("__main__", steps.filter(isScript), {
      links: [],
      more: [],
      reachable: false,
    }),
  ];
}

function statements(
  name: string,
  steps: ReturnType<PythonImports["stepsOf"]>,
  { links, more, reachable }: {
    readonly links: readonly string[];
    readonly more: readonly (readonly [number, number])[];
    readonly reachable: boolean;
  },
): ProgramPiece[] {
  const run = steps.flatMap((one) =>
    one !== "import" && "hash" in one ? [one.lines] : []
  );
  // One declaration whose code runs has no order.
  const hasOrder = steps.length > 1 || run.length > 0;
  const order = hasOrder ? steps.map(wordOf) : [];
  if (order.length === 0 && links.length === 0) return [];
  const hash = sha256HexSync(`${HASH_VERSION}:${JSON.stringify(order)}`);
  return [{
    name,
    kind: "statements",
    hash: `${HASH_VERSION}:${hash}`,
    ...(links.length > 0 && { links }),
    lines: joinLines([...more, ...run]),
    reachable,
  }];
}

function wordOf(step: ReturnType<PythonImports["stepsOf"]>[number]): string {
  if (step === "import") return step;
  return "hash" in step ? step.hash : `place ${step.place}`;
}

/** Sorts lines, and joins those that follow each other. */
function joinLines(
  lines: readonly (readonly [number, number])[],
): (readonly [number, number])[] {
  const joined: [number, number][] = [];
  for (const [from, to] of lines.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) {
      last[1] = Math.max(last[1], to);
    } else joined.push([from, to]);
  }
  return joined;
}

/** The texts of the modules, up to a limit. */
function textsOf(sources: readonly Source[]) {
  const kept = new Map<string, string>();
  let [left, leftOut] = [MOST_TEXT, 0];
  for (const { sha256, bytes, text } of sources) {
    if (text === undefined || bytes === undefined || kept.has(sha256)) continue;
    if (bytes.length > left) leftOut++;
    else {
      left -= bytes.length;
      kept.set(sha256, text);
    }
  }
  return { kept, leftOut };
}

function coverageOf(missing: readonly string[], leftOut: number): Coverage {
  const files = leftOut === 1 ? "1 file" : `${leftOut} files`;
  const all = leftOut === 0 ? missing : [
    ...missing,
    `the text of ${files} is not kept, because there is too much; the hashes are`,
  ];
  // A text that is not kept costs a diff and no comparison.
  return { level: missing.length === 0 ? "full" : "partial", missing: all };
}
