/** Loads an entry and every local file that it reaches. */
import { shortText } from "../../internal/key_path.ts";
import type { ParseCache } from "../../internal/run_factors.ts";
import type { Project, Resolved } from "../deep/_project.ts";
import { MOST_SOURCE_BYTES } from "../deep/_read_source.ts";
import { existingFile } from "./_candidates.ts";
import { withoutQuery } from "./_entry.ts";
import {
  FACTS_VERSION,
  type FileFacts,
  type Form,
  formOf,
  type Link,
  type ModuleFacts,
} from "./_facts.ts";
import { ownPackage } from "./_own_files.ts";
import { pathFrom } from "./_root.ts";
import type { SourceFile, Sources } from "./_source_file.ts";

/** A file of the program. */
export interface LoadedFile {
  readonly url: string;
  /** Its path from the root. */
  readonly path: string;
  readonly file: SourceFile;
  /** What a module says; `undefined` for data, and if it could not be parsed. */
  readonly facts: ModuleFacts | undefined;
  /** Whether it is data. */
  readonly isData: boolean;
  /** Whether it is the entry of the program. */
  readonly isEntry: boolean;
  /** Whether the program loads it by an address that no source tells, and may use all that it exports. */
  readonly isLoaded: boolean;
  /** What its specifiers stand for. */
  readonly targets: ReadonlyMap<string, Resolved>;
}

/** What was loaded. */
export interface LoadedProgram {
  /** By URL, the entry first. */
  readonly files: ReadonlyMap<string, LoadedFile>;
  /** The versions of packages, by name. */
  readonly packages: ReadonlyMap<string, ReadonlySet<string>>;
  /** What could not be followed, one phrase each. */
  readonly missing: readonly string[];
}

/** What loading needs. */
export interface LoadOptions {
  readonly project: Project;
  readonly sources: Sources;
  /** The root's URL. */
  readonly root: string;
  readonly cache?: ParseCache | undefined;
  /** Tells the address of the file that is loaded for one that is named. */
  readonly fileOf: (url: string) => string;
  /** The URLs of further modules that the program loads. */
  readonly also: readonly string[];
}

/**
 * Loads a program.
 *
 * @param entry The URL of a file that can be read.
 * @param options What loading needs.
 */
export async function loadProgram(
  entry: string,
  options: LoadOptions,
): Promise<LoadedProgram> {
  const loader = new Loader(options);
  await loader.load(entry);
  return loader;
}

/** A file to load, and who names it. */
interface Wanted {
  readonly url: string;
  readonly type?: string | undefined;
  /** The phrase that names it: `train.ts:3: ./x.ts`. */
  readonly by: string;
}

class Loader implements LoadedProgram {
  readonly #options: LoadOptions;
  readonly files = new Map<string, LoadedFile>();
  readonly packages = new Map<string, Set<string>>();
  readonly #missing = new Set<string>();
  #entry = "";
  readonly #loaded = new Set<string>();
  /** Whether each file that was seen is data. */
  readonly #seen = new Map<string, boolean>();

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  get missing(): string[] {
    return [...this.#missing];
  }

  async load(entry: string): Promise<void> {
    this.#entry = entry;
    const path = pathFrom(this.#options.root, entry);
    let level: Wanted[] = [{ url: entry, by: path }];
    this.#seen.set(entry, formOf(entry) === "data");
    for (const one of this.#alsoLoaded()) {
      this.#loaded.add(one.url);
      if (this.#isNew(one)) level.push(one);
    }
    if (formOf(entry) === "data") {
      this.#missing.add(`${path}: what it uses is not recorded`);
    }
    while (level.length > 0) {
      const next: Wanted[] = [];
      for (const one of level) next.push(...await this.#file(one));
      level = next.filter((one) => this.#isNew(one));
    }
  }

  *#alsoLoaded(): Iterable<Wanted> {
    for (const address of this.#options.also) {
      if (address.startsWith("file:")) {
        const url = this.#options.fileOf(withoutQuery(address));
        yield { url, by: pathFrom(this.#options.root, url) };
      } else {
        this.#missing.add(
          `${shortText(address)} is not a file, so it is not followed`,
        );
      }
    }
  }

  /** Whether a file was not seen yet. One that is data and a module is loaded as a module. */
  #isNew({ url, type, by }: Wanted): boolean {
    const isData = formOf(url, type) === "data";
    const known = this.#seen.get(url);
    if (known === isData) return false;
    if (known !== undefined) {
      this.#missing.add(`${by} is used as a module and as data`);
    }
    this.#seen.set(url, isData && known === undefined);
    return known !== false;
  }

  /** Loads one file, and lists those that it names. */
  async #file({ url, type, by }: Wanted): Promise<Wanted[]> {
    const file = this.#options.sources.read(url);
    if ("reason" in file) {
      this.#missing.add(`${by} ${file.reason}`);
      return [];
    }
    const path = pathFrom(this.#options.root, url);
    const form = formOf(url, type);
    const facts = form === "data" ? undefined : await this.#facts(file, form);
    if (facts !== undefined && "failure" in facts) {
      this.#missing.add(`${path} ${facts.failure}; it is compared as a whole`);
    }
    const module = facts !== undefined && "links" in facts ? facts : undefined;
    const targets = new Map<string, Resolved>();
    this.files.set(url, {
      url,
      path,
      file,
      facts: module,
      isData: form === "data",
      isEntry: url === this.#entry,
      isLoaded: this.#loaded.has(url),
      targets,
    });
    for (const { line, what } of module?.unknown ?? []) {
      this.#missing.add(`${path}:${line}: ${what}`);
    }
    const wanted: Wanted[] = [];
    for (const link of module?.links ?? []) {
      const target = await this.#follow(link, url);
      if (target === undefined) {
        this.#missing.add(
          `${path}:${link.line}: ${link.specifier} is not the name of a module`,
        );
        continue;
      }
      targets.set(link.specifier, target);
      wanted.push(...this.#note(link, target, path));
    }
    return wanted;
  }

  async #facts(file: SourceFile, form: Form): Promise<FileFacts> {
    const failure = unparsable(file);
    if (failure !== undefined) return { failure };
    const key = `${FACTS_VERSION}:${form}:${file.sha256}`;
    const known = readCached(this.#options.cache?.get(key));
    if (known !== undefined) return known;
    // Only a file that is new needs the parser.
    const { readFacts } = await import("./_read_facts.ts");
    const facts = JSON.stringify(await readFacts(file.text ?? "", form));
    this.#options.cache?.set(key, facts);
    return JSON.parse(facts);
  }

  /** What a name stands for; `undefined` if it is no address. */
  async #follow(link: Link, from: string): Promise<Resolved | undefined> {
    try {
      return await this.#resolve(link, from);
    } catch (error) {
      // `new URL` of a malformed address.
      if (!(error instanceof TypeError)) throw error;
      return undefined;
    }
  }

  async #resolve(link: Link, from: string): Promise<Resolved> {
    const { project, root, sources, fileOf } = this.#options;
    let { specifier } = link;
    if (link.kind === "worker" && /^[\w-]+\.[cm]?[jt]sx?$/.test(specifier)) {
      specifier = `./${specifier}`;
    }
    const target = await project.resolve(specifier, from);
    if (target.kind !== "file") return target;
    const given = existingFile(withoutQuery(target.url), sources);
    // A program that reads a file names the link.
    const isRead = link.kind === "url" && formOf(given, link.type) === "data";
    const url = isRead ? given : fileOf(given);
    const own = ownPackage(url);
    if (own !== undefined && ownPackage(from) === undefined) return own;
    if (link.kind !== "worker" || sources.has(url)) return { ...target, url };
    // Node takes a path of a worker from the working folder.
    const other = new URL(specifier, root).href;
    return { ...target, url: sources.has(other) ? fileOf(other) : url };
  }

  /** Notes a package or what cannot be followed, and lists the file. */
  #note(link: Link, target: Resolved, path: string): Wanted[] {
    const by = `${path}:${link.line}: ${link.specifier}`;
    switch (target.kind) {
      case "file":
        // A URL beside a module may be that of a file that the program writes.
        return link.kind === "url" && !this.#options.sources.has(target.url)
          ? []
          : [{ url: target.url, type: link.type, by }];
      case "package": {
        const { name, version, unknown } = target;
        if (unknown === undefined) {
          const known = this.packages.get(name) ?? new Set();
          this.packages.set(name, known.add(version));
        } else {
          this.#missing.add(`the version of ${name} is not known: ${unknown}`);
        }
        return [];
      }
      case "remote":
        if (/^https?:/.test(target.url)) {
          this.#missing.add(`${by} is a remote module, which is not followed`);
        }
        return [];
      default:
        return [];
    }
  }
}

function unparsable({ text, size }: SourceFile): string | undefined {
  if (size > MOST_SOURCE_BYTES) {
    const megabytes = (size / 1024 / 1024).toFixed(1);
    return `has ${megabytes} MB, which is too large to be parsed`;
  }
  return text === undefined ? "is not UTF-8" : undefined;
}

/** Facts that were stored; a cache that holds something else is ignored. */
function readCached(text: string | undefined): FileFacts | undefined {
  if (text === undefined) return undefined;
  try {
    const facts: unknown = JSON.parse(text);
    const isFacts = typeof facts === "object" && facts !== null &&
      ("links" in facts || "failure" in facts);
    return isFacts ? facts as FileFacts : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
