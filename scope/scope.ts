import type { ADict } from "../adict/mod.ts";
import type { LooseConfig, LooseValue } from "../internal/loose_config.ts";
import type { FlagParser, ParsedFlags, UseOptions } from "./external_parser.ts";
import { flagReader } from "./external_parser.ts";
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

/** How a scope is made. */
export interface ScopeOptions<
  T extends object = LooseConfig,
  N extends string = string,
> {
  /**
   * The name, which tells scopes apart in a {@linkcode MultiScope} and in the manual.
   *
   * @default "config"
   */
  readonly name?: N;
  /** What is in the config before any view is applied. It is copied. */
  readonly config?: NoInfer<PartialConfig<T>>;
  /**
   * The command line, instead of the process's own: its words, or the whole of it as one string.
   *
   * @default the arguments that the process was started with
   */
  readonly argv?: Argv;
  /**
   * Makes it an error when the command line sets a key that no view sets and no manual describes.
   *
   * @default false
   */
  readonly strict?: boolean;
  /**
   * Lets views write below keys that are not there: `config.model.depth = 3` makes `config.model`.
   * Reading a missing key then gives an empty mapping, which is true in an `if`, and not
   * `undefined`; to store that mapping is an error.
   *
   * @default false
   */
  readonly auto?: boolean;
}

const SCOPE_OPTIONS: Readonly<Record<keyof ScopeOptions, Kind>> = {
  name: "a text",
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
  name: "a text",
  deep: "a boolean",
  override: "a boolean",
};

const TRACE_OPTIONS: Readonly<Record<keyof TraceOptions, Kind>> = {
  id: "a text",
  uses: "a list or an object of functions",
  deep: "a boolean",
  module: "a text",
  captures: "an object of keys",
  includes: "a list of functions",
  override: "a boolean",
};

const RUNTIME_TRACE_OPTIONS: Readonly<Record<keyof RuntimeTraceOptions, Kind>> =
  {
    id: "a text",
    initFn: "a function",
    inspectFn: "a function",
    precision: "a number",
    bits: "a number",
  };

/** Refuses `scope.observe(fn)`, which would be taken for options and leave the function out. */
function refuseFunction(method: string, options: unknown): void {
  if (typeof options !== "function") return;
  throw new ScopeUsageError(
    `Cannot ${method} a function at once: ${method} takes options first; ` +
      `write scope.${method}()(${options.name || "fn"})`,
  );
}

/** Ends a pause when it is disposed of: `using pause = scope.pause()`. */
export interface Pause {
  /** Activates the scope again, if it was active before the pause. */
  [Symbol.dispose](): void;
}

/** What {@linkcode Scope.main} returns. */
export interface MainFunction<C, A extends unknown[], R> {
  /** While the scope is paused: calls the function with these arguments, the config first. */
  (config: C, ...rest: A): R;
  /** Calls the function with the resolved config and these arguments. */
  (...rest: A): R;
}

/**
 * A config that is built from named views, then the command line, then lazy views, and that can
 * always say who set what.
 *
 * `T` is the type of the config; left out, any key may be set and read.
 *
 * @example A config, a view that is asked for by name, the command line
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
   * @param options Name, initial config, command line and how strict to be.
   * @throws {ScopeUsageError} If the name cannot stand before a dot on the command line, or an
   * option is unknown or of a wrong type.
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
   * The config that was resolved last.
   *
   * @throws {ScopeUsageError} If none was yet.
   */
  get config(): ADict<T> {
    return this.#core.resolved as unknown as ADict<T>;
  }

  /** False while the scope is paused or deactivated. */
  get active(): boolean {
    return this.#core.active;
  }

  /**
   * Makes a function a view: `scope.observe(options)(function name(config) { … })`. What it returns
   * also serves as a standard decorator on methods and static methods.
   *
   * @param options When and in what order it is applied.
   * @returns what takes the function.
   * @throws {ScopeUsageError} If there is a view of that name, or the name cannot be asked for.
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
   * Makes a plain object, or a function, a view of the given name.
   *
   * @param name The name.
   * @param view The keys to set, or what sets them.
   * @param options When and in what order it is applied.
   * @throws {ScopeUsageError} If there is a view of that name, or the name cannot be asked for.
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
          `Cannot ${action}: the options name it ${options.name}; leave one name out`,
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
    // A method finds its class, or the instance made last, under `this`.
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
   * Says what keys mean, for the manual: by a function that is given a mapping to fill, or by an
   * object. A key may be a path: `docs["model.depth"] = "…"`.
   *
   * @param manual The function or the object.
   * @returns what was passed.
   *
   * @example What the manual says
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
   * Asks for views and sets keys as the command line does, before it, for every resolution to come.
   *
   * @param words Words of the command line, or objects whose keys are set.
   * @throws {CommandLineError} If a word cannot be read.
   *
   * @example From code
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
   * Takes over the flags that another parser reads: what it fills in by default is set before all
   * views, flags that were really given are set after the command line.
   *
   * @param parsed What `parseArgs` of `@std/cli` or `node:util` gave, or, so that defaults and given
   * flags can be told apart without help, a function that calls it.
   * @param options How flags become keys.
   * @throws {ScopeUsageError} If `parsed` is of neither form.
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
   * Fingerprints the code of a function, so that the tracker can tell when it changed. The function
   * is returned as it is: a call costs nothing, and the fingerprint is made when a run is stored.
   *
   * @param options Its id, and the helpers that belong to it.
   * @returns what takes the function, also as a method decorator.
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
   * Fingerprints what a function puts out, call by call, so that the tracker can tell at which call
   * two runs part.
   *
   * Promises, iterators and streams are passed on and recorded as they settle and flow; exceptions
   * are recorded and thrown on. Each resolution of the config counts calls anew.
   *
   * @param options Its id, what to call before, what of the result to look at, how precisely.
   * @returns what takes the function, also as a method decorator.
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
   * Resolves the config: default views, the views that are asked for, the command line, lazy views.
   * Each call starts anew.
   *
   * On the process's own command line, `manual` and `print` print and end the process.
   *
   * @param argv The command line.
   * @returns the config. Reading a key that is missing in it gives `undefined`.
   * @throws {CommandLineError} If a word cannot be read or applied.
   * @throws {UnknownViewError} If a view does not exist.
   * @throws {ViewChainError} If prerequisites lead in a circle.
   * @throws {UnknownKeyError} In strict mode, if a key is set that no view sets.
   * @throws {ScopeUsageError} If a view returns a promise.
   */
  apply(argv?: Argv): ADict<T> {
    return this.#session.apply(argv);
  }

  /**
   * Resolves the config as {@linkcode Scope.apply} does, and waits for views that are async.
   *
   * @param argv The command line.
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
   * Makes a function that resolves the config when it is first called and passes it on. All such
   * functions of a scope share one config. Where async views are in play, `fn` must be an
   * `async function`.
   *
   * On the process's own command line, `manual` and `print` print and end the process, and a mistake
   * is told in one line on stderr and ends the process with status 2. With a command line given by
   * code nothing ends the process: `manual` and `print` return `undefined`, mistakes are thrown.
   *
   * @param fn Takes the config and what the caller passes.
   * @returns the function without its first argument.
   *
   * @example Sync stays sync
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
   * Tells the history of a key in the config that was resolved last.
   *
   * @param path The key path, e.g. `model.depth`; the path of a mapping tells of all keys below it. A
   * key with dots in it may be quoted: `files."a.csv"`.
   * @returns what set it, oldest first, so that the winner comes last; empty if nothing did.
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
      "a text",
      "pass a text such as model.depth",
    );
    // Throws where there is none; where resolving failed half way, the history is there.
    if (history === undefined) void this.#core.resolved;
    const found = history!.explain(readKeyPath(path));
    // As `getByPath` does, this takes `a.b` for the key "a.b", where there is no other.
    const spelt = found.length > 0 ? undefined : history!.spelt(path);
    return spelt === undefined ? found : history!.explain(spelt);
  }

  /**
   * Writes what `manual` on the command line prints: the order of the views, the user's manuals, who
   * set what.
   *
   * @param argv The command line to tell of; left out, the config that was resolved last. What was
   * resolved before stays.
   * @returns the text. If the config cannot be resolved, it says so.
   */
  manualText(argv?: Argv): string {
    return this.#session.manual(argv);
  }

  /** Functions made by {@linkcode Scope.main} get the config again. */
  activate(): void {
    this.#core.active = true;
  }

  /** Functions made by {@linkcode Scope.main} are called as they are, with no config put in. */
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
   * Forgets the resolved config, what was assigned and which calls were recorded; views, manuals,
   * parsers and traced functions stay.
   */
  reset(): void {
    this.#core.reset();
  }

  /**
   * Inside a view: runs a function after the command line, as a lazy view.
   *
   * @param fn Sets keys.
   * @param options Its priority among the lazy views.
   * @throws {ScopeUsageError} Outside of a view.
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
       * @default 1
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

/** The name of a function, or of the method that is being decorated. */
function nameOf(
  fn: unknown,
  context: ClassMethodDecoratorContext | undefined,
): string {
  if (context !== undefined) return String(context.name).replace(/^#/, "");
  return typeof fn === "function" ? fn.name : "";
}
