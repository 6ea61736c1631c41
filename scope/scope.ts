import type { ADict } from "../adict/mod.ts";
import type { LooseConfig, LooseValue } from "../internal/loose_config.ts";
import type { FlagParser, ParsedFlags, UseOptions } from "./external_parser.ts";
import { flagReader } from "./external_parser.ts";
import type { InputOptions } from "../internal/given_inputs.ts";
import type { HistoryEntry } from "../internal/run_source.ts";
import type { Argv } from "./argv.ts";
import {
  checkArgument,
  checkOptions,
  type Kind,
  refuseGenerator,
} from "./_arguments.ts";
import { ScopeCore } from "./_core.ts";
import { registerCore } from "./_cores.ts";
import { ScopeUsageError } from "./errors.ts";
import { readKeyPath } from "./_read_key_path.ts";
import { currentQueue } from "./_running.ts";
import { Session } from "./_session.ts";
import { offerTrialAccess } from "./_trial_access.ts";
import type {
  RuntimeTraceOptions,
  RuntimeTracer,
  TraceOptions,
  Tracer,
} from "./trace.ts";
import type {
  PartialConfig,
  ViewFunction,
  ViewOptions,
  ViewRegistrar,
} from "./view.ts";

/**
 * What {@linkcode Scope.input} gives back: the path, or a list of paths for a list and for a path with wildcards. The
 * type of a path that is not a literal does not tell which.
 */
export type InputPath<P> = P extends readonly unknown[] ? string[]
  : P extends URL ? string
  : P extends `${string}${"*" | "?" | "["}${string}` ? string[]
  : P extends string ? string
  : string | string[];

/** Options for {@linkcode Scope}. */
export interface ScopeOptions<
  T extends object = LooseConfig,
  N extends string = string,
> {
  /**
   * The name of the scope, in a {@linkcode MultiScope} and in the manual.
   *
   * @default {"config"}
   */
  readonly name?: N;
  /**
   * The config before any view is applied. It is copied.
   *
   * @default {{}}
   */
  readonly config?: NoInfer<PartialConfig<T>>;
  /**
   * The command line to use instead of that of the process: its words, or the whole line as one string.
   *
   * @default {the arguments of the process}
   */
  readonly argv?: Argv;
  /**
   * Makes it an error if the command line sets a key that no view sets and no manual describes.
   *
   * @default {false}
   */
  readonly strict?: boolean;
  /**
   * Lets views write below missing keys: `config.model.depth = 3` makes `config.model`. A missing key
   * then reads as an empty mapping, which is truthy, and not as `undefined`; storing that mapping is an
   * error.
   *
   * @default {false}
   */
  readonly auto?: boolean;
}

const SCOPE_OPTIONS: Readonly<Record<keyof ScopeOptions, Kind>> = {
  name: "a string",
  config: "an object of keys",
  argv: "a command line",
  strict: "a boolean",
  auto: "a boolean",
};

const VIEW_OPTIONS: Readonly<Record<keyof ViewOptions, Kind>> = {
  default: "a boolean",
  priority: "a number",
  lazy: "a boolean",
  chainWith: "a name or a list of names",
  name: "a string",
  deep: "a boolean",
  override: "a boolean",
};

const TRACE_OPTIONS: Readonly<Record<keyof TraceOptions, Kind>> = {
  id: "a string",
  uses: "a list or an object of functions",
  deep: "a boolean",
  module: "a string",
  captures: "an object of keys",
  includes: "a list of functions",
  override: "a boolean",
};

const RUNTIME_TRACE_OPTIONS: Readonly<Record<keyof RuntimeTraceOptions, Kind>> =
  {
    id: "a string",
    initFn: "a function",
    inspectFn: "a function",
    precision: "a number",
    bits: "a number",
  };

/** Refuses `scope.observe(fn)`: the function would be taken for options and ignored. */
function refuseFunction(method: string, options: unknown): void {
  if (typeof options !== "function") return;
  throw new ScopeUsageError(
    `Cannot ${method} a function directly: ${method} takes options first; ` +
      `write scope.${method}()(${options.name || "fn"})`,
  );
}

/** Ends a pause when it is disposed of: `using pause = scope.pause()`. */
export interface Pause {
  /** Activates the scope again, if it was active before the pause. */
  [Symbol.dispose](): void;
}

/** The result of {@linkcode Scope.main}. */
export interface MainFunction<C, A extends unknown[], R> {
  /** While the scope is paused: calls the function with these arguments, the config first. */
  (config: C, ...rest: A): R;
  /** Calls the function with the resolved config and these arguments. */
  (...rest: A): R;
}

/**
 * Builds a config from named views, then the command line, then lazy views, and can always say what set
 * each key.
 *
 * `T` is the type of the config. Without it, any key may be set and read.
 *
 * @example A config, a view that is requested by name, the command line
 * ```ts
 * import { Scope } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * const scope = new Scope();
 * scope.observe({ default: true })(function defaults(config) {
 *   config.lr = 0.001;
 *   config.model = { depth: 50 };
 * });
 * scope.observe({ priority: 1 })(function deep(config) {
 *   config.model.depth = 101;
 * });
 *
 * const config = scope.apply(["deep", "lr=0.1"]);
 * assertEquals(config.toObject(), { lr: 0.1, model: { depth: 101 } });
 * assertEquals(scope.explain("lr").map(({ by, value }) => [by, value]), [
 *   ["defaults", 0.001],
 *   ["lr=0.1", 0.1],
 * ]);
 * ```
 */
export class Scope<
  T extends object = LooseConfig,
  const N extends string = "config",
> {
  readonly #core: ScopeCore;
  readonly #session: Session<ADict<T>>;

  /**
   * Makes a scope.
   *
   * @param options Name, initial config, command line and strictness.
   * @throws {ScopeUsageError} If the name has dots, spaces or `=`, or an option is unknown or of a wrong
   * type.
   */
  constructor(options: ScopeOptions<T, N> = {}) {
    checkOptions("make a scope", options, SCOPE_OPTIONS);
    const core = new ScopeCore({
      name: options.name ?? "config",
      config: options.config,
      strict: options.strict ?? false,
      auto: options.auto ?? false,
    });
    this.#core = core;
    this.#session = new Session<ADict<T>>({
      cores: [core],
      argv: options.argv,
      resolve: (words, flags) => core.resolve(words, flags.get(core)) as never,
      print: (config) => config.toXyz(),
      current: () => core.config as ADict<T> | undefined,
    });
    registerCore(this, core);
    offerTrialAccess(this, core);
  }

  /** The name. */
  get name(): N {
    return this.#core.options.name as N;
  }

  /**
   * The last resolved config.
   *
   * @throws {ScopeUsageError} If no config was resolved yet.
   */
  get config(): ADict<T> {
    return this.#core.resolved as unknown as ADict<T>;
  }

  /** False while the scope is paused or deactivated. */
  get active(): boolean {
    return this.#core.active;
  }

  /**
   * Registers a function as a view: `scope.observe(options)(function name(config) { … })`. The result is
   * also a standard decorator for methods and static methods.
   *
   * @param options When and in what order the view is applied. @default {{}}
   * @returns the function that registers the view.
   * @throws {ScopeUsageError} If there is a view with that name, or the command line could not request it.
   *
   * @example Prerequisites
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope();
   * scope.observe()(function base(config) {
   *   config.device = "cpu";
   * });
   * scope.observe({ chainWith: "base" })(function wide(config) {
   *   config.hidden = [64];
   * });
   * assertEquals(scope.apply(["wide"]).toObject(), { device: "cpu", hidden: [64] });
   * ```
   */
  observe(options?: ViewOptions): ViewRegistrar<T>;
  /**
   * Registers a plain object or a function as a view with the given name.
   *
   * @param name The name.
   * @param view The keys to set, or a function that sets them.
   * @param options When and in what order the view is applied. @default {{}}
   * @throws {ScopeUsageError} If there is a view with that name, or the command line could not request it.
   *
   * @example A preset
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope();
   * scope.observe("preset", { lr: 0.1 }, { priority: 2 });
   * assertEquals(scope.apply(["preset"]).lr, 0.1);
   * ```
   */
  observe(
    name: string,
    view: NoInfer<PartialConfig<T>> | ViewFunction<T>,
    options?: ViewOptions,
  ): void;
  observe(
    nameOrOptions: string | ViewOptions = {},
    view?: object,
    options: ViewOptions = {},
  ): ViewRegistrar<T> | void {
    if (typeof nameOrOptions === "string") {
      const action = `observe ${nameOrOptions || "a view without a name"}`;
      checkOptions(action, options, VIEW_OPTIONS);
      if (options.name !== undefined && options.name !== nameOrOptions) {
        throw new ScopeUsageError(
          `Cannot ${action}: the options name it ${options.name}; remove one of the names`,
        );
      }
      this.#core.observe(nameOrOptions, view, options);
      return;
    }
    refuseFunction("observe", nameOrOptions);
    checkOptions("observe a view", nameOrOptions, VIEW_OPTIONS);
    return (fn, context) => this.#register(fn, context, nameOrOptions);
  }

  #register<F extends ViewFunction<T>>(
    fn: F,
    context: ClassMethodDecoratorContext | undefined,
    options: ViewOptions,
  ): F {
    if (
      typeof fn !== "function" ||
      (context !== undefined && context.kind !== "method")
    ) {
      throw new ScopeUsageError(
        "Cannot observe this: only functions and methods can be views; " +
          "for a plain object call observe(name, object)",
      );
    }
    const named = context === undefined
      ? fn.name
      : String(context.name).replace(/^#/, "");
    const name = options.name ?? named;
    if (context === undefined) {
      this.#core.observe(name, fn, options);
      return fn;
    }
    // In a method, `this` is its class or the instance that was made last.
    let owner: unknown;
    context.addInitializer(function () {
      owner = this;
    });
    this.#core.observe(
      name,
      (config: ADict<T>) => fn.call(owner, config),
      options,
    );
    return fn;
  }

  /**
   * Describes keys in the manual. A key may be a path: `docs["model.depth"] = "…"`.
   *
   * @param manual An object of descriptions, or a function that sets the keys of one.
   * @returns what was passed.
   * @throws {ScopeUsageError} If it is neither an object nor a function, or the function is async.
   *
   * @example The manual of a key
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertStringIncludes } from "@std/assert";
   *
   * const scope = new Scope();
   * scope.manual((docs) => {
   *   docs.lr = "Learning rate for the optimizer";
   * });
   * assertStringIncludes(scope.manualText(), "lr: Learning rate for the optimizer");
   * ```
   */
  manual<M extends ((docs: ADict<LooseConfig>) => unknown) | object>(
    manual: M,
  ): M {
    this.#core.manuals.add(manual);
    return manual;
  }

  /**
   * Requests views and sets keys as the command line does, for every later resolution. These words are
   * applied before those of the command line.
   *
   * @param words Words as on the command line, or objects of keys to set.
   * @throws {CommandLineError} If a word cannot be read.
   * @throws {ScopeUsageError} If a word is neither a string nor an object.
   *
   * @example Words from code
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope();
   * scope.observe("highLr", { lr: 1 });
   * scope.assign("highLr", "epochs=3", { seed: 7 });
   * assertEquals(scope.apply([]).toObject(), { lr: 1, epochs: 3, seed: 7 });
   * ```
   */
  assign(...words: (string | object)[]): void {
    this.#core.assign(words);
  }

  /**
   * Turns the flags of another parser into keys. The parser's defaults are set before all views, and flags
   * that were given are set after the command line.
   *
   * @param parsed A function that calls `parseArgs` of `@std/cli` or `node:util`, or its result. A function
   * lets the scope find out which flags are defaults.
   * @param options How flags become keys. @default {{}}
   * @throws {ScopeUsageError} If `parsed` has neither form, or an option is unknown or of another kind.
   * @throws {CommandLineError} If a flag is unknown and `options.unknown` is `"error"`.
   *
   * @example Flags of `node:util`
   * ```ts
   * import { parseArgs } from "node:util";
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope();
   * scope.use((args) =>
   *   parseArgs({
   *     args,
   *     allowPositionals: true,
   *     options: { device: { type: "string", default: "cpu" }, "dry-run": { type: "boolean" } },
   *   })
   * );
   * const config = scope.apply(["lr=0.1", "--dry-run"]);
   * assertEquals(config.toObject(), { device: "cpu", lr: 0.1, dryRun: true });
   * ```
   */
  use(parsed: ParsedFlags | FlagParser, options: UseOptions = {}): void {
    this.#core.parser = flagReader(parsed, options);
  }

  /**
   * Fingerprints the code of a function, so that the tracker detects when it changes. The function is
   * returned unchanged: calls cost nothing, and the fingerprint is made when a run is stored.
   *
   * @param options The id of the function, and what it uses. @default {{}}
   * @returns the function that traces a function; also a method decorator.
   * @throws {OpaqueFunctionError} If the function has no readable source.
   * @throws {ScopeUsageError} If another function is traced under the id, or there is no id.
   *
   * @example A training step and its helper
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope();
   * const decay = (lr: number) => lr * 0.9;
   * const step = scope.trace({ id: "step", uses: [decay] })(
   *   (lr: number) => decay(lr) / 2,
   * );
   * assertEquals(step(10), 4.5);
   * ```
   */
  trace(options: TraceOptions = {}): Tracer {
    refuseFunction("trace", options);
    checkOptions("trace a function", options, TRACE_OPTIONS);
    const { traces } = this.#core;
    return (fn, context) => traces.trace(fn, nameOf(fn, context), options);
  }

  /**
   * Fingerprints the outputs of a function, call by call, so that the tracker can tell at which call two
   * runs diverge.
   *
   * Promises, iterators and streams are passed through and recorded as they settle or are read. Exceptions
   * are recorded and thrown again. Each resolution of the config starts counting calls from 0 again.
   *
   * @param options The id of the function, and which part of the result to fingerprint. @default {{}}
   * @returns the function that traces a function; also a method decorator.
   * @throws {ScopeUsageError} If there is no id.
   * @throws {RangeError} If `precision` or `bits` is out of range.
   *
   * @example The first predictions of a model
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope();
   * const predict = scope.runtimeTrace<number[]>({
   *   inspectFn: (predictions) => predictions.slice(0, 100),
   * })(function predict(inputs: number[]): number[] {
   *   return inputs.map((x) => 2 * x);
   * });
   * assertEquals(predict([1, 2]), [2, 4]);
   * ```
   */
  runtimeTrace<R = LooseValue>(
    options: RuntimeTraceOptions<R> = {},
  ): RuntimeTracer<R> {
    refuseFunction("runtimeTrace", options);
    checkOptions("trace outputs", options, RUNTIME_TRACE_OPTIONS);
    const { traces } = this.#core;
    return (fn, context) =>
      traces.runtimeTrace(
        fn,
        nameOf(fn, context),
        options as RuntimeTraceOptions,
      );
  }

  /**
   * Names something that the program reads, so that it becomes an input of the runs of this scope: its SHA-256 when
   * this is called. It is hashed in the background.
   *
   * @param what A file, a folder, or a URL. Of a URL of http(s), the server is asked for its `ETag`.
   * @param options `name`: its name, instead of its path from the project's root. @default {{}}
   * @returns the path, as it was given; for a path with wildcards the files that match it, sorted.
   * @throws {MissingInputError} If there is no such file, or none that matches.
   * @throws {ScopeUsageError} If an argument is of another type, or several files are to have one name.
   *
   * @example
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   * import { rmSync, writeFileSync } from "node:fs";
   *
   * writeFileSync("train_1.csv", "1,2");
   * writeFileSync("train_2.csv", "3,4");
   * const scope = new Scope();
   * assertEquals(scope.input("train_1.csv"), "train_1.csv");
   * assertEquals(scope.input("train_*.csv"), ["train_1.csv", "train_2.csv"]);
   * rmSync("train_1.csv");
   * rmSync("train_2.csv");
   * ```
   */
  input<P extends string | URL | readonly (string | URL)[]>(
    what: P,
    options: InputOptions = {},
  ): InputPath<P> {
    checkOptions("take an input", options, { name: "a string" });
    return this.#core.inputs.give(what, options) as InputPath<P>;
  }

  /**
   * Resolves the config: default views, requested views, the command line, lazy views. Each call starts
   * from the beginning.
   *
   * With the command line of the process, `manual` and `print` print and end the process.
   *
   * @param argv The command line. @default {the option `argv`, or else that of the process}
   * @returns the config. A missing key reads as `undefined`.
   * @throws {CommandLineError} If a word cannot be read or applied.
   * @throws {UnknownViewError} If a view does not exist.
   * @throws {ViewChainError} If the prerequisites of views form a cycle.
   * @throws {UnknownKeyError} If the scope is strict and the command line sets a key that no view sets.
   * @throws {ScopeUsageError} If a view returns a promise.
   */
  apply(argv?: Argv): ADict<T> {
    return this.#session.apply(argv);
  }

  /**
   * Resolves the config as {@linkcode Scope.apply} does, and waits for async views.
   *
   * @param argv The command line. @default {the option `argv`, or else that of the process}
   * @returns the config.
   *
   * @example A view that reads a file
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope();
   * scope.observe({ default: true })(async function measured(config) {
   *   config.width = await Promise.resolve(64);
   * });
   * assertEquals((await scope.applyAsync([])).width, 64);
   * ```
   */
  applyAsync(argv?: Argv): Promise<ADict<T>> {
    return this.#session.applyAsync(argv);
  }

  /**
   * Returns a function that resolves the config when it is first called, and passes the config as first
   * argument. All such functions of a scope share one config. If there are async views, `fn` must be an
   * `async function`.
   *
   * With the command line of the process, `manual` and `print` print and end the process; a mistake is
   * printed on stderr, without a stack trace, and ends the process with status 2. With a command line from
   * code, nothing ends the process: `manual` and `print` return `undefined`, mistakes are thrown.
   *
   * @param fn The function. It gets the config and the arguments of the caller.
   * @returns the function without its first argument.
   * @throws {ScopeUsageError} If `fn` is not a function.
   *
   * @example A function that is not async stays so
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope({ argv: ["lr=0.5"] });
   * const train = scope.main((config, times: number) => config.lr * times);
   * assertEquals(train(3), 1.5);
   * ```
   */
  main<A extends unknown[], R>(
    fn: (config: ADict<T>, ...rest: A) => R,
  ): MainFunction<ADict<T>, A, R> {
    return this.#session.main(fn as never) as MainFunction<ADict<T>, A, R>;
  }

  /**
   * Returns the history of a key in the last resolved config.
   *
   * @param path The key path, e.g. `model.depth`; the path of a mapping includes all keys below it. A key
   * with dots may be quoted: `files."a.csv"`.
   * @returns the assignments, oldest first, so that the one that counts is last; empty if there is none.
   * @throws {CommandLineError} If the path cannot be read.
   * @throws {ScopeUsageError} If no config was resolved yet.
   */
  explain(
    path: string,
  ): readonly (HistoryEntry & { readonly path: string })[] {
    const { history } = this.#core;
    checkArgument(
      "explain a key",
      "its path",
      path,
      "a string",
      "pass a string such as model.depth",
    );
    // Throws if nothing was resolved. If resolving failed half way, there is a history.
    if (history === undefined) void this.#core.resolved;
    const found = history!.explain(readKeyPath(path));
    // Like `getByPath`, this finds the key "a.b" by `a.b`, if nothing else has that path.
    const spelt = found.length > 0 ? undefined : history!.spelt(path);
    return spelt === undefined ? found : history!.explain(spelt);
  }

  /**
   * Returns what `manual` on the command line prints: the order of the views, the descriptions of the
   * keys, and what set each key.
   *
   * @param argv The command line to describe; it does not change the last resolved config. @default {the
   * last resolved config, or else an empty command line}
   * @returns the text. If the config cannot be resolved, it says so.
   */
  manualText(argv?: Argv): string {
    return this.#session.manual(argv);
  }

  /** Makes functions of {@linkcode Scope.main} get the config again. */
  activate(): void {
    this.#core.active = true;
  }

  /** Makes functions of {@linkcode Scope.main} get only the arguments of the caller, without a config. */
  deactivate(): void {
    this.#core.active = false;
  }

  /**
   * Deactivates the scope until the pause is disposed of.
   *
   * @returns the pause, for `using`.
   *
   * @example A function under test
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope({ argv: ["lr=0.5"] });
   * const train = scope.main((config) => config.lr);
   * {
   *   using _pause = scope.pause();
   *   assertEquals(train(new ADict({ lr: 7 })), 7);
   * }
   * assertEquals(train(), 0.5);
   * ```
   */
  pause(): Pause {
    const before = this.#core.active;
    this.#core.active = false;
    return {
      [Symbol.dispose]: () => {
        this.#core.active = before;
      },
    };
  }

  /**
   * Clears the resolved config, the assigned words and the recorded calls. Views, manuals, flag parsers
   * and traced functions stay.
   */
  reset(): void {
    this.#core.reset();
  }

  /**
   * Adds a lazy view from inside a view: the function runs after the command line.
   *
   * @param fn The function that sets keys.
   * @param options The priority among the lazy views. @default {{}}
   * @throws {ScopeUsageError} If no view is running.
   *
   * @example A value that follows another
   * ```ts
   * import { Scope } from "@ato/ato/scope";
   * import { assertEquals } from "@std/assert";
   *
   * const scope = new Scope();
   * scope.observe({ default: true })(function defaults(config) {
   *   config.model = "resnet50";
   *   Scope.lazy((config) => {
   *     config.layers = config.model === "resnet101" ? 101 : 50;
   *   });
   * });
   * assertEquals(scope.apply(["model=resnet101"]).layers, 101);
   * ```
   */
  static lazy<T extends object = LooseConfig>(
    fn: ViewFunction<T>,
    options: {
      /**
       * Lazy views of a lower priority run first.
       *
       * @default {1}
       */
      readonly priority?: number;
    } = {},
  ): void {
    checkArgument("make a lazy view", "the function to run", fn, "a function");
    refuseGenerator("make a lazy view", fn);
    checkOptions("make a lazy view", options, { priority: "a number" });
    currentQueue().later(fn as never, options.priority ?? 1);
  }
}

/** Returns the name of a function, or of the method that is being decorated. */
function nameOf(
  fn: unknown,
  context: ClassMethodDecoratorContext | undefined,
): string {
  if (context !== undefined) return String(context.name).replace(/^#/, "");
  return typeof fn === "function" ? fn.name : "";
}
