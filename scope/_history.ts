import {
  configAccess,
  type ConfigWrite,
  type StackMark,
} from "../internal/config_access.ts";
import { formatPath } from "../internal/key_path.ts";
import type { Origin } from "../internal/origin.ts";
import type { ConfigHistory, HistoryEntry } from "../internal/run_source.ts";
import { CallSite } from "./_location.ts";
import { isSame, toPlain, valueAt } from "../internal/config_data.ts";
import { leavesOf } from "../internal/leaves.ts";
import { setOwn } from "../internal/objects.ts";

/** What is setting keys of the config. */
export interface Actor {
  /** Its kind. */
  readonly kind: HistoryEntry["kind"];
  /** Its name. */
  readonly by: string;
  /** The location of everything that it sets; `"each"` looks up the location of each write. */
  readonly site: CallSite | "each" | undefined;
}

interface Entry {
  readonly order: number;
  readonly value: unknown;
  readonly actor: Actor;
  readonly site: CallSite | undefined;
  /** The line of the config file that the value comes from; it is shown instead of `site`. */
  readonly origin: Origin | undefined;
  readonly deleted: boolean;
}

/** The history of one key path and of the paths below it. */
class Branch {
  readonly path: readonly string[];
  readonly children: Map<string, Branch> = new Map();
  readonly entries: Entry[] = [];

  constructor(path: readonly string[]) {
    this.path = path;
  }

  /** Whether there is a leaf now, as far as is known. */
  get isLeaf(): boolean {
    return this.entries.length > 0 && !this.entries.at(-1)!.deleted;
  }

  child(key: string): Branch {
    let child = this.children.get(key);
    if (child === undefined) {
      child = new Branch([...this.path, key]);
      this.children.set(key, child);
    }
    return child;
  }

  /** This branch and all below it. */
  *all(): Generator<Branch> {
    yield this;
    for (const child of this.children.values()) yield* child.all();
  }
}

/** Records every assignment while a config is being resolved. */
export class History {
  readonly #config: object;
  readonly #root: Branch = new Branch([]);
  readonly #stop: () => void;
  #actor: Actor;
  #count = 0;

  /**
   * Starts recording.
   *
   * @param config The ADict that is being resolved.
   * @param first What set the keys that it has already.
   */
  constructor(config: object, first: Actor) {
    this.#config = config;
    this.#actor = first;
    this.sweep();
    this.#stop = configAccess(config)!.listen({
      write: (event, above) => this.#write(event, above),
    });
  }

  /** Stops recording; later writes cost nothing. */
  end(): void {
    this.#stop();
  }

  /** What is setting keys now. */
  get actor(): Actor {
    return this.#actor;
  }

  /** Records later writes as those of `actor`. */
  enter(actor: Actor): void {
    this.#actor = actor;
  }

  /**
   * Records what changed without a write to the config, such as a `Date` that was set to another
   * time. So the last entry of a leaf is always what the config holds.
   */
  sweep(): void {
    const { site } = this.#actor;
    this.#record(this.#config, [], site === "each" ? undefined : site, true);
  }

  #write(event: ConfigWrite, above: StackMark): void {
    const { site } = this.#actor;
    const path = this.#leafPath(event.path);
    const found = valueAt(this.#config, path);
    const where = site === "each" ? new CallSite(above) : site;
    if (found === undefined) this.#removeClashing(path, new Set(), where);
    else this.#record(found.value, path, where, false);
  }

  /** A write inside a list counts as a write of the list. */
  #leafPath(path: readonly string[]): readonly string[] {
    let at: unknown = this.#config;
    for (const [index, key] of path.entries()) {
      if (Array.isArray(at)) return path.slice(0, index);
      at = configAccess(at)?.data[key];
    }
    return path;
  }

  /** Records the leaves of a value, and the removal of the leaves that it replaces. */
  #record(
    value: unknown,
    path: readonly string[],
    site: CallSite | undefined,
    changedOnly: boolean,
  ): void {
    const written = new Set<Branch>();
    for (const [leaf, found] of leavesOf(value, path)) {
      const plain = toPlain(found);
      const branch = this.#branch(leaf);
      written.add(branch);
      const last = branch.entries.at(-1);
      const same = last !== undefined && !last.deleted &&
        isSame(last.value, plain);
      if (!changedOnly || !same) this.#push(branch, plain, site, false);
    }
    this.#removeClashing(path, written, site);
  }

  /** Records the removal of leaves above a written path, and of those below it that were not written. */
  #removeClashing(
    path: readonly string[],
    written: ReadonlySet<Branch>,
    site: CallSite | undefined,
  ): void {
    let branch = this.#root;
    for (const key of path) {
      if (branch.isLeaf) this.#push(branch, undefined, site, true);
      branch = branch.child(key);
    }
    for (const below of branch.all()) {
      if (below.isLeaf && !written.has(below)) {
        this.#push(below, undefined, site, true);
      }
    }
  }

  #branch(path: readonly string[]): Branch {
    let branch = this.#root;
    for (const key of path) branch = branch.child(key);
    return branch;
  }

  #push(
    branch: Branch,
    value: unknown,
    site: CallSite | undefined,
    deleted: boolean,
  ): void {
    branch.entries.push({
      order: this.#count++,
      value,
      actor: this.#actor,
      site,
      origin: deleted
        ? undefined
        : configAccess(this.#config)!.originAt(branch.path),
      deleted,
    });
  }

  /** The last assignment of every leaf that exists and whose value is of interest. */
  *winners(
    isOfInterest: (value: unknown) => boolean,
  ): Generator<[path: string, entry: HistoryEntry]> {
    for (const branch of this.#root.all()) {
      const entry = branch.entries.at(-1);
      if (entry === undefined || entry.deleted) continue;
      // Published last: looking up a location is slow.
      if (!isOfInterest(entry.value)) continue;
      yield [formatPath(branch.path), publish(entry)];
    }
  }

  /** The history of every leaf, by key path. */
  byPath(): ConfigHistory {
    const result = {};
    for (const { path, entries } of this.#root.all()) {
      if (entries.length > 0) {
        setOwn(result, formatPath(path), entries.map(publish));
      }
    }
    return result;
  }

  /** Finds the path that looks like `path` if dots in keys are not quoted. */
  spelt(path: string): readonly string[] | undefined {
    for (const branch of this.#root.all()) {
      if (branch !== this.#root && branch.path.join(".") === path) {
        return branch.path;
      }
    }
    return undefined;
  }

  /** The history of a leaf, or of all leaves below a mapping; oldest first. */
  explain(path: readonly string[]): (HistoryEntry & { path: string })[] {
    let branch: Branch | undefined = this.#root;
    for (const key of path) {
      const next: Branch | undefined = branch.children.get(key);
      // An index belongs to the history of its list.
      if (next === undefined && branch.isLeaf) break;
      if (next === undefined) return [];
      branch = next;
    }
    const found = [...branch.all()].flatMap(({ path, entries }) =>
      entries.map((entry) => ({ entry, path: formatPath(path) }))
    );
    found.sort((a, b) => a.entry.order - b.entry.order);
    return found.map(({ entry, path }) => ({ path, ...publish(entry) }));
  }
}

function publish(entry: Entry): HistoryEntry {
  const at = entry.origin ?? entry.site?.location;
  return {
    value: entry.value,
    kind: entry.actor.kind,
    by: entry.actor.by,
    ...(at === undefined ? {} : { at }),
    ...(entry.deleted ? { deleted: true } : {}),
  };
}
