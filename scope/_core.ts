import type { ADict as ADictType } from "../adict/mod.ts";
import type { PendingView } from "../internal/trial_access.ts";
import {
  type AssignmentWord,
  type CommandLineWord,
  parseCommandLine,
} from "./command_line.ts";
import { checkArgument, refuseGenerator } from "./_arguments.ts";
import { ScopeUsageError } from "./errors.ts";
import type { FlagReader } from "./external_parser.ts";
import { GivenList } from "./_given_list.ts";
import type { History } from "./_history.ts";
import { CallSite } from "./_location.ts";
import { Manuals } from "./_manuals.ts";
import {
  type Flags,
  type Literal,
  Resolution,
  type ResolutionInput,
} from "./_resolution.ts";
import { attachRunSource } from "./_run_source.ts";
import { Traces } from "./_traces.ts";
import { recordedConfig } from "./_repeat.ts";
import type { ViewOptions } from "./view.ts";
import { type Plan, RESERVED, type View, Views } from "./_views.ts";

/** Options for {@linkcode ScopeCore}. */
export interface CoreOptions {
  readonly name: string;
  readonly config: object | undefined;
  readonly strict: boolean;
  readonly auto: boolean;
}

/** A word or some keys, and where a program passed them. */
type Assigned =
  | { readonly word: CommandLineWord; readonly site: CallSite | undefined }
  | { readonly data: object; readonly site: CallSite };

/** What a config is resolved from. */
interface Request {
  readonly words: readonly CommandLineWord[];
  readonly flags: Flags | undefined;
  /** The warnings that were printed: the trials of a search resolve the same words many times. */
  readonly warned: Set<string>;
}

/** The result of the last resolution. */
interface ResolvedState {
  readonly request?: Request;
  readonly config?: ADictType;
  readonly history?: History;
}

/** The implementation of a scope, which `MultiScope` uses too. */
export class ScopeCore {
  readonly options: CoreOptions;
  readonly views: Views = new Views();
  readonly manuals: Manuals = new Manuals();
  readonly traces: Traces = new Traces();
  readonly inputs: GivenList = new GivenList();
  readonly #site: CallSite = new CallSite();
  #assigned: Assigned[] = [];
  /** Reads the flags of this scope, if a flag parser is in use. */
  parser: FlagReader | undefined;
  /** False while the scope is paused. */
  active = true;
  /** The result of the last resolution. */
  state: ResolvedState = {};

  constructor(options: CoreOptions) {
    if (!/^[^\s.=]+$/.test(options.name)) {
      throw new ScopeUsageError(
        `Cannot make a scope named ${
          JSON.stringify(options.name)
        }: on the command line a dot ` +
          "follows the name; choose a name without dots, spaces and =",
      );
    }
    this.options = options;
  }

  /** Registers a function or a plain object as a view. */
  observe(name: string, view: unknown, options: ViewOptions): void {
    const isFunction = typeof view === "function";
    refuseGenerator(`observe ${name}`, view);
    if (!isFunction) {
      checkArgument(
        `observe ${name}`,
        "the view",
        view,
        "an object of keys",
        "pass a function or an object",
      );
    }
    const { chainWith = [], priority = 0 } = options;
    this.views.add({
      name,
      fn: isFunction ? view as View["fn"] : undefined,
      data: isFunction ? undefined : view as object,
      deep: options.deep ?? false,
      priority,
      isDefault: options.default ?? false,
      lazy: options.lazy ?? false,
      chainWith: typeof chainWith === "string" ? [chainWith] : [...chainWith],
      site: new CallSite(),
    }, options.override ?? false);
  }

  /** Keeps words or keys for every later resolution. */
  assign(words: readonly (string | object)[]): void {
    const site = new CallSite();
    for (const [index, word] of words.entries()) {
      if (typeof word === "string") {
        const read = parseCommandLine([word]);
        this.#assigned.push(...read.map((word) => ({ word, site })));
        continue;
      }
      checkArgument(
        "assign",
        `word ${index + 1}`,
        word,
        "an object of keys",
        Array.isArray(word)
          ? "pass its items as separate words: assign(...words)"
          : "pass words of the command line, or objects of keys",
      );
      this.#assigned.push({ data: word, site });
    }
  }

  /** Clears what was assigned, resolved and recorded. */
  reset(): void {
    this.#assigned = [];
    this.state = {};
    this.traces.restart();
  }

  /**
   * Resolves the config; yields if a view returned a promise.
   *
   * @param words The words of the command line.
   * @param flags The flags that the parser in use read.
   */
  resolve(
    words: readonly CommandLineWord[],
    flags?: Flags,
  ): Generator<PendingView, ADictType, void> {
    return this.#resolve({ words, flags, warned: new Set() }, []);
  }

  *#resolve(
    request: Request,
    trial: readonly AssignmentWord[],
  ): Generator<PendingView, ADictType, void> {
    const { requested, literals } = this.#sort(request.words, trial);
    const plan = this.views.plan(requested);
    if (this.config !== undefined) this.traces.restart();
    this.inputs.restart();
    const resolution = new Resolution(
      this.#inputOf(plan, literals, request),
    );
    const { history } = resolution;
    this.state = { request, history };
    const config = yield* resolution.run();
    this.state = { request, config, history };
    attachRunSource(config, this.options.name, {
      history,
      traces: this.traces,
      inputs: this.inputs,
    });
    return config;
  }

  /** Separates the views that are requested from what sets keys: assigned, by a trial, typed. */
  #sort(
    words: readonly CommandLineWord[],
    trial: readonly AssignmentWord[],
  ): { requested: string[]; literals: Literal[] } {
    const tried = trial.map((word) => ({
      word: { ...word, isExact: true },
      site: undefined,
      kind: "code" as const,
    }));
    const typed = words.map((word) => ({ word, site: undefined }));
    const requested: string[] = [];
    const literals: Literal[] = [];
    for (const item of [...this.#assigned, ...tried, ...typed]) {
      if ("data" in item) literals.push(item);
      else if (item.word.kind === "assignment") {
        literals.push({ ...item, word: item.word });
      } else if (!RESERVED.has(item.word.name)) requested.push(item.word.name);
    }
    return { requested, literals };
  }

  #inputOf(
    plan: Plan,
    literals: readonly Literal[],
    { flags, warned }: Request,
  ): ResolutionInput {
    const { name, config, auto, strict } = this.options;
    return {
      initial: config,
      initialSite: this.#site,
      auto,
      strict,
      plan,
      literals,
      flags,
      recorded: recordedConfig(name),
      documented: this.manuals.paths,
      warn: (text) => {
        if (!warned.has(text)) console.warn(text);
        warned.add(text);
      },
      name,
      views: new Set([...RESERVED, ...this.views.all.map(({ name }) => name)]),
    };
  }

  /**
   * Resolves the last command line again.
   *
   * @param trial The keys that a search sets, as words that stand before those of the command line.
   */
  resolveTrial(
    trial: readonly AssignmentWord[],
  ): Generator<PendingView, ADictType, void> {
    const nothing = { words: [], flags: undefined, warned: new Set<string>() };
    return this.#resolve(this.state.request ?? nothing, trial);
  }

  /** The last resolved config, if there is one. */
  get config(): ADictType | undefined {
    return this.state.config;
  }

  /** The history of its keys, also if resolving failed half way. */
  get history(): History | undefined {
    return this.state.history;
  }

  /** The last resolved config. */
  get resolved(): ADictType {
    if (this.config !== undefined) return this.config;
    throw new ScopeUsageError(
      `Cannot read the config of the scope "${this.options.name}": it is not resolved yet; ` +
        "call apply() or a function made by main() first",
    );
  }
}
