import { rootOf } from "./_dotted.ts";
import { costBetween } from "./_budget.ts";
import { readFileSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { PLACES } from "./_assign.ts";
import {
  baseError,
  basePaths,
  basesOf,
  type FromBase,
  importedNames,
  joined,
  placeOfFile,
  refuseTwice,
  takeNames,
  warnOfDeprecation,
} from "./_bases.ts";
import { evaluate } from "./_evaluate.ts";
import { run } from "./_execute.ts";
import { fromData } from "./_from_data.ts";
import { Machine, Names } from "./_machine.ts";
import { MergeFault, mergeIntoBase } from "./_merge.ts";
import { type Program, programOf } from "./_program.ts";
import { withScope } from "./_scope.ts";
import type { Place, Statement } from "./_syntax.ts";
import {
  fillBases,
  type Filled,
  fillTemplates,
  PlacedFault,
} from "./_templates.ts";
import { Callable, PyDict, PyList, PyModule } from "./_values.ts";
import { readFault } from "../_read_fault.ts";
import { Fault, MmBaseError, MmConfigError, MmLimitError } from "./errors.ts";

/** Options for reading an OpenMMLab config. */
export interface MmConfigOptions {
  /**
   * The folders of packages that contain bases, by the name of the package; the folder contains
   * `.mim/configs`. They are used for `_base_ = "mmdet::_base_/default_runtime.py"` and
   * `from mmdet.configs.x import *`.
   *
   * @default {}
   */
  readonly packages?: Readonly<Record<string, string>>;
}

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** The maximum number of characters of a file, far more than any config has. */
const MAX_TEXT = 2_000_000;

/** A file, and the place that refers to it. */
interface Wanted {
  readonly file: string;
  readonly by: Place | undefined;
}

/** Reads one config with all its bases. */
export class Reader {
  readonly #machine: Machine = new Machine();
  readonly #packages: Readonly<Record<string, string>>;
  /** The files that are being read; each is a base of the one before it. */
  readonly #stack: string[] = [];

  /**
   * @param options Options for reading, such as the folders of packages.
   */
  constructor(options: MmConfigOptions = {}) {
    this.#packages = options.packages ?? {};
  }

  /** Reads a file and its bases. */
  async read(path: string): Promise<PyDict> {
    const file = resolve(path);
    const wanted = { file, by: undefined };
    const text = this.#text(wanted);
    const filled = fillTemplates(text, file);
    const program = extname(file) === ".py"
      ? programOf(file, filled.text, false)
      : undefined;
    if (!program?.isLazy) {
      return await this.#nested(
        wanted,
        () => this.#classic(file, filled, program),
      );
    }
    // In the newer style templates are not filled in.
    const own = text === filled.text ? program : programOf(file, text, false);
    const { keys, imported } = await this.#nested(
      wanted,
      () => this.#lazy(file, own),
    );
    for (const name of imported) keys.delete(name);
    return keys;
  }

  /** Throws if a file is its own base, directly or through others. */
  async #nested<T>(
    { file, by }: Wanted,
    read: () => Promise<T>,
  ): Promise<T> {
    if (this.#stack.includes(file)) {
      const cycle = [...this.#stack.slice(this.#stack.indexOf(file)), file];
      throw baseError(by, file, `it is its own base: ${cycle.join(" → ")}`);
    }
    this.#stack.push(file);
    const result = await read();
    this.#stack.pop();
    return result;
  }

  #text({ file, by }: Wanted): string {
    if (![".py", ".json", ".yaml", ".yml"].includes(extname(file))) {
      throw baseError(by, file, "a config is a .py, .json, .yaml or .yml file");
    }
    try {
      // The files are read synchronously: a config consists of a few small files, and awaiting each takes
      // several times as long as reading it.
      const bytes = readFileSync(file);
      const text = DECODER.decode(bytes);
      if (text.length > MAX_TEXT) {
        throw new Error(`it is larger than ${MAX_TEXT} characters`);
      }
      return text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
    } catch (error) {
      throw baseError(by, file, readFault(error));
    }
  }

  /** Runs a function and adds the place to a fault that it throws. */
  #placed<T>(file: string, fn: () => T): T {
    this.#machine.place = undefined;
    try {
      return fn();
    } catch (error) {
      const known = error instanceof MergeFault || error instanceof PlacedFault
        ? error.at
        : undefined;
      const place = known ?? this.#machine.place;
      const where = place?.file ?? file;
      const construct = place?.text() ?? "";
      // The engine throws a RangeError if the stack, a string, an array or an integer exceeds its limit.
      if (error instanceof RangeError) {
        throw new MmLimitError(
          where,
          place?.line,
          construct,
          "values or calls are nested too deep, or a value is too large",
        );
      }
      if (!(error instanceof Fault)) throw error;
      const Kind = error.isLimit ? MmLimitError : MmConfigError;
      throw new Kind(where, place?.line, construct, error.message);
    }
  }

  /** Reads a file of the older style: its bases first, then its own keys are merged into theirs. */
  async #classic(
    file: string,
    { text, usesBases }: Filled,
    known?: Program,
  ): Promise<PyDict> {
    if (extname(file) !== ".py") return await this.#data(file, text, usesBases);
    const program = known ?? programOf(file, text, true);
    if (program.isLazy) {
      throw new MmBaseError(
        file,
        undefined,
        "",
        "it is of the newer style (imports, read_base), but a config of the older style uses it as a base with _base_; " +
          "use one style throughout",
      );
    }
    const named = this.#placed(file, () => this.#baseNames(program));
    const parts = await this.#bases(file, named, program.bases?.at);
    const { memo } = program;
    if (
      memo?.bases.length === parts.length &&
      parts.every((part, i) => part === memo.bases[i])
    ) {
      const { result, cost } = memo;
      this.#placed(file, () => this.#machine.budget.charge(cost));
      return result;
    }
    return this.#placed(file, () => {
      const before = this.#machine.budget.taken();
      const shared = joined(parts);
      // `_base_.model.update(…)` must not change values that other configs share.
      const bases = program.usesBase
        ? fillBases(
          shared,
          undefined,
          this.#machine.budget,
          undefined,
        ) as PyDict
        : shared;
      const names = new Names(new Map([["_base_", bases]]), undefined);
      const own = this.#run(program.statements, names, program);
      const isMemorable = this.#stack.length > 1 && !own.has("_deprecation_");
      const result = this.#merge(own, bases, usesBases, file);
      if (isMemorable) {
        const cost = costBetween(before, this.#machine.budget.taken());
        program.memo = { bases: parts, result, cost };
      }
      return result;
    });
  }

  async #data(file: string, text: string, usesBases: boolean): Promise<PyDict> {
    const own = await fromData(file, text, this.#machine.budget);
    const named = own.get("_base_");
    own.delete("_base_");
    const paths = this.#placed(file, () => basePaths(named ?? new PyList()));
    const bases = joined(await this.#bases(file, paths, undefined));
    return this.#placed(file, () => this.#merge(own, bases, usesBases, file));
  }

  #merge(
    own: PyDict,
    bases: PyDict,
    usesBases: boolean,
    file: string,
  ): PyDict {
    const { budget } = this.#machine;
    warnOfDeprecation(own, file);
    const used = usesBases ? bases : undefined;
    return mergeIntoBase(this.#copy(own, used), bases, budget);
  }

  /** Converts a file's keys to the form of a base's keys; throws if they are too large or contain themselves. */
  #copy(own: PyDict, bases: PyDict | undefined): PyDict {
    const copy = new PyDict(true);
    for (const { key, value, at } of own.map.values()) {
      this.#machine.place = at;
      const filled = fillBases(value, bases, this.#machine.budget, at);
      copy.put({ key, value: filled, at });
    }
    return copy;
  }

  #baseNames({ bases }: Program): string[] {
    if (bases === undefined) return [];
    const names = new Names(new Map(), undefined);
    const value = evaluate(bases, names, this.#machine);
    this.#machine.place = bases.at;
    return basePaths(value);
  }

  /** Reads bases in order; two bases must not have a key in common. */
  async #bases(
    file: string,
    paths: readonly string[],
    by: Place | undefined,
  ): Promise<PyDict[]> {
    const all: PyDict[] = [];
    for (const path of paths) {
      const { target, scope } = this.#locate(path, file, by);
      const wanted = { file: target, by: by ?? placeOfFile(file) };
      const text = this.#text(wanted);
      const keys = await this.#nested(
        wanted,
        () => this.#classic(target, fillTemplates(text, target)),
      );
      const base = scope === undefined ? keys : withScope(keys, scope);
      refuseTwice(joined(all), base, file, by);
      all.push(base);
    }
    return all;
  }

  #locate(
    path: string,
    file: string,
    by: Place | undefined,
  ): { target: string; scope?: string } {
    const [scope = "", inside, ...more] = path.split("::");
    if (inside === undefined) {
      return { target: resolve(dirname(file), path) };
    }
    const folder = this.#folderOf(scope);
    if (folder === undefined || more.length > 0) {
      throw baseError(
        by ?? placeOfFile(file),
        path,
        `it is in the package ${scope}, whose folder is not known; ` +
          "set its folder in the option packages",
      );
    }
    return {
      target: resolve(folder, ".mim", "configs", inside),
      scope,
    };
  }

  #run(
    statements: readonly Statement[],
    names: Names,
    { source }: Program,
  ): PyDict {
    const places = new Map<string, Place>();
    PLACES.set(names, places);
    run(statements, names, this.#machine);
    const keys = new PyDict();
    for (const [name, value] of names.own) {
      const isHidden = name.startsWith("__") || name === "_base_";
      const isCode = value instanceof Callable || value instanceof PyModule;
      const at = places.get(name);
      if (!isHidden && !isCode) keys.set(name, value, at);
    }
    this.#machine.place = placeOfFile(source.file);
    return keys;
  }

  /** Reads a file of the newer style: names imported from its bases are names like its own. */
  async #lazy(
    file: string,
    program: Program,
  ): Promise<{ keys: PyDict; imported: Set<string> }> {
    if (program.bases !== undefined) {
      throw new MmBaseError(
        file,
        program.bases.at.line,
        program.bases.at.text(),
        "_base_ is of the older style, but this file, or a config that imports it, is of the newer style; " +
          "use one style throughout",
      );
    }
    const names = new Names(new Map(), undefined);
    const imported = importedNames(program.statements);
    const taken = new Map<string, Place | undefined>();
    for (const statement of program.statements.flatMap(basesOf)) {
      const target = this.#modulePath(statement, file);
      const wanted = { file: target, by: statement.at };
      const base = await this.#nested(
        wanted,
        () => this.#lazy(target, programOf(target, this.#text(wanted), true)),
      );
      for (const name of base.imported) imported.add(name);
      takeNames(statement, base.keys, names, taken);
    }
    return this.#placed(file, () => {
      names.own.set("__file__", file);
      const keys = this.#run(program.statements, names, program);
      for (const [name, at] of taken) {
        const entry = keys.entry(name);
        if (entry !== undefined) entry.at ??= at;
      }
      return { keys: this.#copy(keys, undefined), imported };
    });
  }

  #folderOf(name: string): string | undefined {
    return Object.hasOwn(this.#packages, name)
      ? this.#packages[name]
      : undefined;
  }

  #modulePath({ level, module, at }: FromBase, file: string): string {
    const parts = module.split(".");
    if (level > 0) {
      const up = Array.from({ length: level - 1 }, () => "..");
      return `${resolve(dirname(file), ...up, ...parts)}.py`;
    }
    const folder = this.#folderOf(rootOf(module));
    if (folder !== undefined && parts.length > 1) {
      return `${join(resolve(folder), ...parts.slice(1))}.py`;
    }
    throw baseError(
      at,
      module,
      `it is in the package ${parts[0]}, whose folder is not known; ` +
        "set its folder in the option packages",
    );
  }
}
