/** The searches of the file, read while they run. */
import type { Importance, StudyView } from "../../hyperopt/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import type { SQLFinder } from "../../tracker/mod.ts";
import { MissingError } from "./reply.ts";
import type { Source } from "./source.ts";

/** A search, with configs of any shape. */
export type Study = StudyView<Record<string, unknown>>;

/** Milliseconds after which a search is read again although the file is the same: its process can die. */
const REREAD_AFTER = 5_000;

/** The most searches that are kept. */
const MOST_STUDIES = 50;

interface Kept {
  readonly state: string;
  readonly readAt: number;
  readonly study: Promise<Study>;
}

/** Reads searches, and keeps them until the file changes. */
export class Studies {
  readonly #source: Source;
  readonly #kept = new Map<string, Kept>();
  readonly #importance = new Map<string, Importance>();
  readonly #runIds = new Map<string, number>();
  #finder: SQLFinder | undefined;

  /** Makes it. */
  constructor(source: Source) {
    this.#source = source;
  }

  /** Lists the names, the newest first. */
  async names(): Promise<string[]> {
    await this.#sync();
    const { listStudies } = await import("../../hyperopt/mod.ts");
    return (await listStudies(this.#source.path)).reverse();
  }

  /**
   * Reads a search.
   *
   * @throws {MissingError} If there is no such search.
   */
  async study(id: string): Promise<Study> {
    await this.#sync();
    const state = await this.#source.state();
    const kept = this.#kept.get(id);
    if (
      kept?.state === state && performance.now() - kept.readAt < REREAD_AFTER
    ) return await kept.study;
    if (!(await this.names()).includes(id)) {
      throw new MissingError(
        `Cannot find search ${visible(id)}: ${
          visible(this.#source.name)
        } has no such search`,
      );
    }
    const { readStudy } = await import("../../hyperopt/mod.ts");
    const study = readStudy(this.#source.path, id);
    this.#kept.delete(id);
    this.#kept.set(id, { state, readAt: performance.now(), study });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_STUDIES && oldest !== undefined) {
      this.#kept.delete(oldest);
    }
    try {
      return await study;
    } catch (error) {
      this.#kept.delete(id);
      throw error;
    }
  }

  /** Computes which parameters matter for a metric; again only when there are other results. */
  async importance(study: Study, metric: string): Promise<Importance> {
    const results = study.trials.reduce(
      (sum, trial) => sum + trial.results.length,
      0,
    );
    const key = JSON.stringify([
      study.id,
      metric,
      study.trials.length,
      results,
      study.settings?.start,
    ]);
    const known = this.#importance.get(key);
    if (known !== undefined) return known;
    const { parameterImportance } = await import("../../hyperopt/mod.ts");
    const space = { dimensions: study.settings?.dimensions ?? [] };
    const found = parameterImportance(study.trials, space, { metric });
    if (this.#importance.size > MOST_STUDIES) this.#importance.clear();
    this.#importance.set(key, found);
    return found;
  }

  /** The id of a trial's run in this file; `undefined` if it is in another one, or not there yet. */
  async runId(run: number | string): Promise<number | undefined> {
    if (typeof run === "number") return run;
    const known = this.#runIds.get(run);
    if (known !== undefined) return known;
    const found = await (await this.#sync()).findRun(run);
    if (found !== undefined) this.#runIds.set(run, found.id);
    return found?.id;
  }

  /** Another file at this path has nothing of what is kept. */
  async #sync(): Promise<SQLFinder> {
    const finder = await this.#source.finder();
    if (finder !== this.#finder) {
      this.#finder = finder;
      this.#kept.clear();
      this.#importance.clear();
      this.#runIds.clear();
    }
    return finder;
  }
}
