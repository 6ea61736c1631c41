import type { ADict } from "../adict/mod.ts";
import type { LooseConfig, LooseValue } from "../internal/loose_config.ts";
import { checkArgv } from "./_arguments.ts";
import type { CommandLineWord } from "./command_line.ts";
import { kindOf } from "../internal/kind_of.ts";
import type { PendingView } from "../internal/trial_access.ts";
import type { ScopeCore } from "./_core.ts";
import { coreOf } from "./_cores.ts";
import { ScopeUsageError } from "./errors.ts";
import type { Flags } from "./_resolution.ts";
import { routeWords } from "./_route_words.ts";
import type { MainFunction, Scope } from "./scope.ts";
import type { Argv } from "./argv.ts";
import { Session } from "./_session.ts";

/** A scope of any config and name. */
export type AnyScope = Scope<LooseValue, LooseValue>;

/** The configs of several scopes, by scope name. */
export type MultiConfig<S extends readonly AnyScope[]> = {
  [K in S[number] as K["name"]]: K extends Scope<infer T, LooseValue> ? ADict<T>
    : ADict<LooseConfig>;
};

/**
 * Several scopes that share one command line. Each has its own keys, views and priorities.
 *
 * On the command line, keys and views follow the name of their scope: `model.lr=0.1 data.big`. The name
 * can be left out for a view that only one of the scopes has.
 *
 * @example Two scopes with a key of the same name
 * ```ts
 * import { MultiScope, Scope } from "@ato/ato/scope";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Scope({ name: "model" });
 * const data = new Scope({ name: "data" });
 * model.observe("defaults", { lr: 0.1 }, { default: true });
 * data.observe("defaults", { lr: 0.001 }, { default: true });
 *
 * const scope = new MultiScope(model, data).withArgv(["data.lr=0.2"]);
 * const train = scope.main(({ model, data }) => [model.lr, data.lr]);
 * assertEquals(train(), [0.1, 0.2]);
 * ```
 */
export class MultiScope<const S extends readonly AnyScope[]> {
  readonly #scopes: S;
  readonly #cores: readonly ScopeCore[];
  #session: Session<MultiConfig<S>>;

  /**
   * Combines scopes.
   *
   * @param scopes The scopes; their names must differ.
   * @throws {ScopeUsageError} If there are no scopes, one is not a Scope, or two have the same name.
   */
  constructor(...scopes: S) {
    if (scopes.length === 0) {
      throw new ScopeUsageError(
        "Cannot combine scopes: none was passed; pass them, as in new MultiScope(model, data)",
      );
    }
    this.#scopes = scopes;
    this.#cores = scopes.map(coreOfScope);
    const names = this.#cores.map((core) => core.options.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new ScopeUsageError(
        `Cannot combine two scopes named "${twice}": the command line could not tell them apart; ` +
          "give each its own name",
      );
    }
    this.#session = this.#makeSession(undefined);
  }

  #makeSession(argv: Argv | undefined): Session<MultiConfig<S>> {
    return new Session<MultiConfig<S>>({
      cores: this.#cores,
      argv,
      resolve: (words, flags) => this.#resolve(words, flags),
      print: (configs) => this.#print(configs),
      current: () => this.#current(),
    });
  }

  *#resolve(
    words: readonly CommandLineWord[],
    flags: ReadonlyMap<ScopeCore, Flags>,
  ): Generator<PendingView, MultiConfig<S>, void> {
    const routed = routeWords(this.#cores, words);
    for (const core of this.#cores) {
      yield* core.resolve(routed.get(core)!, flags.get(core));
    }
    return this.#current()!;
  }

  #current(): MultiConfig<S> | undefined {
    if (this.#cores.some((core) => core.config === undefined)) return undefined;
    const configs = this.#cores.map((core) =>
      [core.options.name, core.config] as const
    );
    return Object.fromEntries(configs) as MultiConfig<S>;
  }

  #print(configs: MultiConfig<S>): string {
    return (Object.entries(configs) as [string, ADict][]).map((
      [name, config],
    ) => `[Scope "${name}"]\n${config.toXyz()}`).join("\n");
  }

  /** The scopes. */
  get scopes(): S {
    return this.#scopes;
  }

  /**
   * Uses a command line instead of that of the process.
   *
   * @param argv The command line.
   * @returns this.
   * @throws {ScopeUsageError} If the command line is neither a string nor a list of strings.
   */
  withArgv(argv: Argv): this {
    checkArgv(argv);
    this.#session = this.#makeSession(argv);
    return this;
  }

  /**
   * Resolves the configs of all scopes, as {@linkcode Scope.apply} does.
   *
   * @param argv The command line. @default {that of `withArgv`, or else of the process}
   * @returns the configs, by scope name.
   * @throws {CommandLineError} If a word cannot be read, or does not belong to a scope.
   * @throws {UnknownViewError} If a view does not exist.
   */
  apply(argv?: Argv): MultiConfig<S> {
    return this.#session.apply(argv);
  }

  /**
   * Resolves the configs as {@linkcode MultiScope.apply} does, and waits for async views.
   *
   * @param argv The command line. @default {that of `withArgv`, or else of the process}
   * @returns the configs, by scope name.
   */
  applyAsync(argv?: Argv): Promise<MultiConfig<S>> {
    return this.#session.applyAsync(argv);
  }

  /**
   * Makes a function that resolves the configs when it is first called, as {@linkcode Scope.main}
   * does.
   *
   * @param fn The function. It gets the configs, by scope name, and the arguments of the caller.
   * @returns the function without its first argument.
   */
  main<A extends unknown[], R>(
    fn: (configs: MultiConfig<S>, ...rest: A) => R,
  ): MainFunction<MultiConfig<S>, A, R> {
    return this.#session.main(fn as never) as MainFunction<
      MultiConfig<S>,
      A,
      R
    >;
  }

  /**
   * Returns what `manual` on the command line prints, for all scopes.
   *
   * @param argv The command line to describe. @default {the last resolved configs, or
   * else an empty command line}
   * @returns the text.
   */
  manualText(argv?: Argv): string {
    return this.#session.manual(argv);
  }
}

function coreOfScope(scope: AnyScope): ScopeCore {
  const core = coreOf(scope);
  if (core !== undefined) return core;
  throw new ScopeUsageError(
    `Cannot combine scopes: one of the arguments is ${
      kindOf(scope)
    }, not a Scope; pass only scopes`,
  );
}
