import { ADict, type ADict as ADictType } from "../adict/mod.ts";
import { formatPath } from "../internal/key_path.ts";
import { configAccess } from "../internal/config_access.ts";
import { assignPath, type NewKey, type RoutedWord } from "./_assign_path.ts";
import type { AssignmentWord } from "./command_line.ts";
import { UnknownKeyError } from "./errors.ts";
import { type Actor, History } from "./_history.ts";
import type { CallSite } from "./_location.ts";
import { entriesOf, valueAt } from "../internal/config_data.ts";
import { isPromise } from "../internal/promises.ts";
import type { PendingView } from "../internal/trial_access.ts";
import { MissingReads } from "./_missing_reads.ts";
import { runIn } from "./_running.ts";
import { describeGaps } from "./_gaps.ts";
import { type Recorded, restoreConfig } from "./_repeat.ts";
import type { Plan, View } from "./_views.ts";

/** What sets keys between the views and the lazy views. */
export type Literal =
  | {
    readonly word: RoutedWord;
    readonly site: CallSite | undefined;
    /** What set it, if it was not the command line. */
    readonly kind?: "code";
  }
  | { readonly data: object; readonly site: CallSite | undefined };

/** The flags that an external parser read. */
export interface Flags {
  /** The parser's defaults of flags that are not given, by key path. */
  readonly defaults: readonly AssignmentWord[];
  /** The flags that were given, by key path. */
  readonly given: readonly AssignmentWord[];
}

/** What a config is resolved from. */
export interface ResolutionInput {
  readonly initial: object | undefined;
  readonly initialSite: CallSite | undefined;
  readonly auto: boolean;
  readonly strict: boolean;
  readonly plan: Plan;
  readonly literals: readonly Literal[];
  readonly flags: Flags | undefined;
  /** The config of the run that is repeated; it wins over everything. */
  readonly recorded: Recorded | undefined;
  /** The key paths that the manual describes, so that they are not mistyped. */
  readonly documented: ReadonlySet<string>;
  /** The scope's name. */
  readonly name: string;
  /** Warns the user of what is probably a mistake. */
  readonly warn: (text: string) => void;
  /** The names that a word without `=` can be. */
  readonly views: ReadonlySet<string>;
}

interface Lazy {
  readonly priority: number;
  readonly actor: Actor;
  readonly view: Pick<View, "name" | "fn" | "data" | "deep">;
}

/** Resolves one config: views, command line, lazy views. */
export class Resolution {
  readonly #input: ResolutionInput;
  readonly #config: ADictType;
  readonly #lazy: Lazy[];
  readonly #missing: MissingReads;
  /** The history of the config. */
  readonly history: History;

  /**
   * @param input The views, words and flags.
   */
  constructor(input: ResolutionInput) {
    this.#input = input;
    this.#config = input.auto
      ? ADict.auto(input.initial)
      : new ADict(input.initial);
    this.history = new History(this.#config, {
      kind: "initial",
      by: "",
      site: input.initialSite,
    });
    this.#missing = new MissingReads(this.#config);
    this.#lazy = input.plan.lazy.map((view) => ({
      priority: view.priority,
      actor: actorOf(view, "lazy"),
      view,
    }));
  }

  /** Applies everything; yields if a view returned a promise. */
  *run(): Generator<PendingView, ADictType, void> {
    const { flags, plan } = this.#input;
    try {
      for (const word of flags?.defaults ?? []) {
        this.#assign(word, "parser", undefined);
      }
      for (const view of plan.early) {
        yield* this.#apply(view, actorOf(view, "view"));
      }
      const added = this.#applyCommandLine();
      for (;;) {
        const next = this.#nextLazy();
        if (next === undefined) break;
        yield* this.#apply(next.view, next.actor);
      }
      this.#checkAdded(added);
      this.#restore();
    } finally {
      this.history.end();
      this.#missing.end();
    }
    for (const gap of describeGaps(this.history, this.#missing)) {
      this.#input.warn(gap);
    }
    // With `auto`, reading a missing key made a mapping in the views; the returned config does not.
    const config = new ADict(this.#config);
    // A key that a view read counts as read.
    configAccess(this.#config)!.copyReadsTo(config);
    return config;
  }

  *#apply(
    view: Lazy["view"],
    actor: Actor,
  ): Generator<PendingView, void, void> {
    this.history.enter(actor);
    if (view.data !== undefined) {
      this.#config.update(view.data, { deep: view.deep });
    }
    const queue = { later: this.#later.bind(this, view.name) };
    this.#missing.enter();
    try {
      const result = runIn(queue, () => view.fn?.(this.#config));
      if (isPromise(result)) yield { view: view.name, promise: result };
    } catch (error) {
      throw this.#missing.explain(error, view.name);
    }
    this.history.sweep();
  }

  #later(
    name: string,
    fn: (config: ADictType) => unknown,
    priority: number,
  ): void {
    this.#lazy.push({
      priority,
      actor: { kind: "lazy", by: name, site: "each" },
      view: { name, fn: fn as View["fn"], data: undefined, deep: false },
    });
  }

  /** Removes and returns the lazy view of the lowest priority, the first among equals. */
  #nextLazy(): Lazy | undefined {
    let best = 0;
    for (const [index, lazy] of this.#lazy.entries()) {
      if (lazy.priority < this.#lazy[best]!.priority) best = index;
    }
    return this.#lazy.splice(best, 1)[0];
  }

  #applyCommandLine(): NewKey[] {
    const added: NewKey[] = [];
    for (const literal of this.#input.literals) {
      if ("word" in literal) {
        added.push(
          ...this.#assign(
            literal.word,
            literal.kind ?? "command-line",
            literal.site,
          ),
        );
      } else {
        this.history.enter({ kind: "code", by: "", site: literal.site });
        this.#config.update(literal.data);
      }
    }
    for (const word of this.#input.flags?.given ?? []) {
      this.#assign(word, "parser", undefined);
    }
    return added;
  }

  #assign(
    word: RoutedWord,
    kind: Actor["kind"],
    site: CallSite | undefined,
  ): NewKey[] {
    this.history.enter({ kind, by: word.text, site });
    if (kind === "command-line") this.#warnOfReplacedKeys(word);
    const added = assignPath(this.#config, word, this.#input.name);
    return added === undefined ? [] : [added];
  }

  /** In other tools `model=resnet50` selects a group; here the value replaces all keys of `model`. */
  #warnOfReplacedKeys({ path, value, prefix = "", text }: RoutedWord): void {
    if (value === null || entriesOf(value) !== undefined) return;
    const keys = path.map(String);
    const replaced = entriesOf(valueAt(this.#config, keys)?.value) ?? [];
    if (replaced.length === 0) return;
    const name = `${prefix}${formatPath(keys)}`;
    const names = replaced.map(([key]) => formatPath([key]));
    this.#input.warn(
      `${text} replaces all keys in ${name} (${names.slice(0, 5).join(", ")}${
        names.length > 5 ? ", …" : ""
      }); to set only one, write ${name}.${names[0]}=value`,
    );
  }

  /** Gives the config the values of the run that is repeated, whatever the script sets now. */
  #restore(): void {
    const { recorded } = this.#input;
    if (recorded === undefined) return;
    this.history.enter({
      kind: "command-line",
      by: recorded.by,
      site: undefined,
    });
    restoreConfig(this.#config, recorded.config);
    this.history.sweep();
  }

  /** Warns of keys that are probably mistyped; in strict mode a key that no view sets is an error. */
  #checkAdded(added: readonly NewKey[]): void {
    for (const key of added) {
      if (this.#isKnown(key)) continue;
      const name = `${key.prefix}${formatPath(key.path)}`;
      const hint = this.#hintFor(key);
      if (this.#input.strict) throw strictError(key, hint);
      if (hint !== "") this.#input.warn(`no view sets ${name}; ${hint}`);
    }
  }

  /** Whether the manual describes a key, or something else than the command line sets it. */
  #isKnown({ path }: NewKey): boolean {
    return this.#input.documented.has(formatPath(path)) ||
      this.history.explain(path).some(({ kind }) => kind !== "command-line");
  }

  /** Returns what was probably meant; empty if nothing comes close. */
  #hintFor({ path, prefix, suggestion }: NewKey): string {
    const name = formatPath(path);
    if (path.length === 1 && this.#input.views.has(name)) {
      return `to apply the view, write ${prefix}${name} alone`;
    }
    return suggestion === undefined
      ? ""
      : `did you mean ${prefix}${suggestion}?`;
  }
}

function strictError(
  { path, prefix, suggestion }: NewKey,
  hint: string,
): UnknownKeyError {
  const name = formatPath(path);
  return new UnknownKeyError(
    `Cannot set ${prefix}${name}: no view sets this key and the scope is strict; ` +
      (hint || "check the key, or set it in a view"),
    name,
    suggestion,
  );
}

function actorOf(view: View, kind: "view" | "lazy"): Actor {
  return {
    kind,
    by: view.name,
    site: view.data === undefined ? "each" : view.site,
  };
}
