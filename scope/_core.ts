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
import type { History } from "./_history.ts";
import { CallSite } from "./_location.ts";
import { Manuals } from "./_manuals.ts";
import { type Flags, type Literal, Resolution } from "./_resolution.ts";
import { attachRunSource } from "./_run_source.ts";
import { Traces } from "./_traces.ts";
import { recordedConfig } from "./_repeat.ts";
import type { ViewOptions } from "./view.ts";
import { RESERVED, type View, Views } from "./_views.ts";

/** What a scope is made of, apart from its types. */
export interface CoreOptions {
  readonly name: string;
  readonly config: object | undefined;
  readonly strict: boolean;
  readonly auto: boolean;
}

/** A word or some keys, and where code gave them. */
type Assigned =
  | { readonly word: CommandLineWord; readonly site: CallSite | undefined }
  | { readonly data: object; readonly site: CallSite };

/** What a resolution was asked for. */
interface Request {
  readonly words: readonly CommandLineWord[];
  readonly flags: Flags | undefined;
  /** What was warned of already: the trials of a search resolve the same over and over. */
  readonly warned: Set<string>;
}

/** What a resolution leaves behind. */
interface ResolvedState {
  readonly request?: Request;
  readonly config?: ADictType;
  readonly history?: History;
}

/** The inside of a scope, which `MultiScope` works with too. */
export class ScopeCore {
  readonly options: CoreOptions;
  readonly views: Views = new Views();
  readonly manuals: Manuals = new Manuals();
  readonly traces: Traces = new Traces();
  readonly #site: CallSite = new CallSite();
  #assigned: Assigned[] = [];
  /** Reads the flags for this scope, if a parser is in use. */
  parser: FlagReader | undefined;
  /** False while the scope is paused. */
  active = true;
  /** What was resolved last. */
  state: ResolvedState = {};

  constructor(options: CoreOptions) {
    if (!/^[^\s.=]+$/.test(options.name)) {
      throw new ScopeUsageError(
        `Cannot make a scope called ${
          JSON.stringify(options.name)
        }: on the command line the name ` +
          "stands before a dot; leave out dots, blanks and =",
      );
    }
    this.options = options;
  }

  /** Makes a view of a function or of a plain object. */
  observe(name: string, view: unknown, options: ViewOptions): void {
    const isFunction = typeof view === "function";
    refuseGenerator(`observe ${name}`, view);
    if (!isFunction) {
      checkArgument(
        `observe ${name}`,
        "the view",
        view,
        "an object of keys",
        "that is neither a function nor an object, so pass one of them",
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

  /** Keeps words or keys for every resolution to come. */
  assign(words: readonly (string | object)[]): void {
    const site = new CallSite();
    for (const [index, word] of words.entries()) {
      if (typeof word !== "string") {
        checkArgument(
          "assign",
          `word ${index + 1}`,
          word,
          "an object of keys",
          Array.isArray(word)
            ? "pass its items as words of their own: assign(...words)"
            : "pass words of the command line, or objects of keys",
        );
      }
      if (typeof word !== "string") this.#assigned.push({ data: word, site });
      else {for (const read of parseCommandLine([word])) {
          this.#assigned.push({ word: read, site });
        }}
    }
  }

  /** Forgets what was assigned, resolved and recorded. */
  reset(): void {
    this.#assigned = [];
    this.state = {};
    this.traces.restart();
  }

  /**
   * Resolves the config; yields where a view returned a promise.
   *
   * @param words The command line.
   * @param flags What the parsers in use read of it.
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
    const { words, flags, warned } = request;
    const asked: string[] = [];
    const tried = trial.map((word) => ({
      word: { ...word, isExact: true },
      site: undefined,
      kind: "code" as const,
    }));
    const given = words.map((word) => ({ word, site: undefined }));
    const literals: Literal[] = [];
    for (const item of [...this.#assigned, ...tried, ...given]) {
      if ("data" in item) literals.push(item);
      else if (item.word.kind === "assignment") {
        literals.push({ ...item, word: item.word });
      } else if (!RESERVED.has(item.word.name)) asked.push(item.word.name);
    }
    const plan = this.views.plan(asked);
    if (this.config !== undefined) this.traces.restart();
    const resolution = new Resolution({
      initial: this.options.config,
      initialSite: this.#site,
      auto: this.options.auto,
      strict: this.options.strict,
      plan,
      literals,
      flags,
      recorded: recordedConfig(this.options.name),
      documented: this.manuals.paths,
      warn: (text) => {
        if (!warned.has(text)) console.warn(text);
        warned.add(text);
      },
      name: this.options.name,
      views: new Set([...RESERVED, ...this.views.all.map(({ name }) => name)]),
    });
    this.state = { request, history: resolution.history };
    const config = yield* resolution.run();
    this.state = { request, config, history: resolution.history };
    attachRunSource(config, this.options.name, resolution.history, this.traces);
    return config;
  }

  /**
   * Resolves the config that was resolved last once more.
   *
   * @param trial Keys that a search sets: as words of a command line, before those that were given.
   */
  resolveTrial(
    trial: readonly AssignmentWord[],
  ): Generator<PendingView, ADictType, void> {
    const nothing = { words: [], flags: undefined, warned: new Set<string>() };
    return this.#resolve(this.state.request ?? nothing, trial);
  }

  /** The config that was resolved last, if any. */
  get config(): ADictType | undefined {
    return this.state.config;
  }

  /** Who set what in it, also where resolving it failed half way. */
  get history(): History | undefined {
    return this.state.history;
  }

  /** The config that was resolved last. */
  get resolved(): ADictType {
    if (this.config !== undefined) return this.config;
    throw new ScopeUsageError(
      `Cannot read the config of the scope "${this.options.name}": it is not resolved yet; ` +
        "call apply() or a function made by main() first",
    );
  }
}
