/** The file that a dashboard shows. */
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Run } from "../../tracker/mod.ts";
import { SQLFinder } from "../../tracker/mod.ts";
import { AnswerError, MissingError } from "./reply.ts";
import { RunTable } from "./run_table.ts";

/** The most projects whose tables are kept. */
const MOST_TABLES = 8;

/** The most warnings that pages show. */
const MOST_WARNINGS = 100;

/** Reads the file, and keeps the tables of runs that pages ask for again and again. */
export class Source {
  /** The name of the file, without its folder. */
  readonly name: string;
  /** Its path. */
  readonly path: string;
  readonly #onWarning: (message: string) => void;
  readonly #tables = new Map<string, RunTable>();
  readonly #warnings = new Set<string>();
  #finder: SQLFinder;
  #identity: string | undefined;
  #wasThere = false;
  /** The first version of the newest table. */
  #start = 0;

  /** Makes it; the file is opened when it is first read. */
  constructor(path: string, onWarning: (message: string) => void) {
    this.name = basename(path);
    this.path = path;
    this.#onWarning = (line) => {
      if (this.#warnings.size < MOST_WARNINGS) this.#warnings.add(line);
      onWarning(line);
    };
    this.#finder = this.#open();
  }

  /** What was left out because the file is damaged, one sentence each. */
  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** Identifies the file that was opened last; another file at the same path has another text. */
  get identity(): string {
    return this.#identity ?? "";
  }

  /**
   * Opens the file, again if another one has taken its place.
   *
   * @throws {AnswerError} If there is none.
   */
  async finder(): Promise<SQLFinder> {
    const identity = identityOf(this.path);
    if (identity !== this.#identity) {
      this.#identity = identity;
      this.#tables.clear();
      this.#warnings.clear();
      const before = this.#finder;
      // At once: other requests come while the one before is closed.
      this.#finder = this.#open();
      await before.close();
    }
    // A file that is not there must not look like one without runs.
    if (identity === MISSING) throw this.#gone();
    this.#wasThere = true;
    return this.#finder;
  }

  #gone(): AnswerError {
    const mend = this.#wasThere
      ? "the file has been moved or deleted; put it back"
      : "there is no such file; put it there";
    return new AnswerError(
      "gone",
      `Cannot read ${
        visible(resolve(this.path))
      }: ${mend}, or start a run that writes it`,
    );
  }

  /** Describes the content of the file: the text differs when the file has changed. */
  async state(): Promise<string> {
    try {
      const finder = await this.finder();
      return `${this.#identity} ${await finder.dataVersion()}`;
    } catch (error) {
      // The pages ask again, and show the sentence.
      return messageOf(error);
    }
  }

  /**
   * Finds a run.
   *
   * @throws {MissingError} If there is none.
   */
  async run(id: number): Promise<Run> {
    const run = await (await this.finder()).findRun(id);
    if (run !== undefined) return run;
    throw new MissingError(
      `Cannot find run ${id}: ${visible(this.name)} has no such run`,
    );
  }

  /**
   * Checks the name of a project, and returns it.
   *
   * @throws {MissingError} If there is no such project.
   */
  async projectNamed(project: string): Promise<string> {
    const finder = await this.finder();
    if (await finder.findProject(project) !== undefined) return project;
    throw new MissingError(
      `Cannot find project ${visible(project)}: ${
        visible(this.name)
      } has no such project`,
    );
  }

  /**
   * Returns the table of a project's runs, as they are now.
   *
   * @throws {MissingError} If there is no such project.
   */
  async table(project: string): Promise<RunTable> {
    const finder = await this.finder();
    const known = this.#tables.get(project);
    if (known === undefined) await this.projectNamed(project);
    const table = known ??
      new RunTable(finder, {
        project,
        onWarning: this.#onWarning,
        start: this.#nextStart(),
      });
    // The project that was asked for last is the last to go.
    this.#tables.delete(project);
    this.#tables.set(project, table);
    const [oldest] = this.#tables.keys();
    if (this.#tables.size > MOST_TABLES && oldest !== undefined) {
      this.#tables.delete(oldest);
    }
    await table.refresh();
    return table;
  }

  /** By the clock: an open page can have rows of a table that this process never had. */
  #nextStart(): number {
    return this.#start = Math.max(this.#start + 1_000, Date.now() * 1_000);
  }

  #open(): SQLFinder {
    return new SQLFinder(this.path, { onWarning: this.#onWarning });
  }

  /** Closes the file. */
  async close(): Promise<void> {
    this.#tables.clear();
    await this.#finder.close();
  }
}

/** The identity of no file. */
const MISSING = "missing";

function identityOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? MISSING : `${found.dev}:${found.ino}`;
}
