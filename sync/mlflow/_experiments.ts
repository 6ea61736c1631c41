/** Finds and makes the experiment of a project. */
import { createHash } from "node:crypto";
import { TargetError } from "../targets/errors.ts";
import type { TargetMemory } from "../targets/target.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Answer } from "./_answer.ts";
import { type MlflowApi, MlflowError } from "./_api.ts";

/** The tag of an experiment that says of which project it is, whatever its name becomes. */
const PROJECT_TAG = "ato.project_sha256";
/** The most characters of an experiment's name. */
const LONGEST = 500;

/** An experiment. */
export interface Experiment {
  readonly id: string;
  readonly created: number;
  /** Whether runs of its project cannot be in another experiment. */
  readonly isSure: boolean;
}

/** The experiments of projects. */
export class Experiments {
  readonly #api: MlflowApi;
  readonly #memory: TargetMemory;
  readonly #found = new Map<string, Experiment>();

  constructor(api: MlflowApi, memory: TargetMemory) {
    this.#api = api;
    this.#memory = memory;
  }

  /**
   * Finds the experiment of a project, or makes it: the one that is remembered, then the one with the project's
   * tag, then the one with its name.
   *
   * @throws {TargetError} If someone deleted it.
   */
  async of(project: string): Promise<Experiment> {
    const known = this.#found.get(project) ?? await this.#remembered(project) ??
      await this.#tagged(project) ?? await this.#named(project) ??
      await this.#make(project);
    this.#found.set(project, known);
    this.#memory.set(nameIn(project), {
      id: known.id,
      created: known.created,
    });
    return known;
  }

  /** Lists the ids of all experiments. */
  async all(): Promise<string[]> {
    const ids: string[] = [];
    const pages = this.#api.pages((token) =>
      this.#api.find("experiments/search", {
        max_results: 1000,
        view_type: "ALL",
        ...(token !== "" && { page_token: token }),
      })
    );
    for await (const page of pages) {
      ids.push(
        ...page.list("experiments").map((one) => one.id("experiment_id")),
      );
    }
    return ids;
  }

  async #remembered(project: string): Promise<Experiment | undefined> {
    const stored = this.#memory.get(nameIn(project)) as
      | { id?: unknown; created?: unknown }
      | undefined;
    if (typeof stored?.id !== "string") return undefined;
    const found = await this.#get(stored.id);
    if (found !== undefined && found.created === stored.created) {
      return { ...found, isSure: true };
    }
    // The server has lost it: it is another server, or a new one. What was sent there is gone, too.
    this.#memory.set(nameIn(project), undefined);
    this.#memory.forget((sent) =>
      (sent as { experimentId?: unknown } | undefined)?.experimentId ===
        stored.id
    );
    return undefined;
  }

  async #get(
    id: string,
  ): Promise<{ id: string; created: number } | undefined> {
    try {
      const answer = await this.#api.get("experiments/get", {
        experiment_id: id,
      });
      return active(answer.at("experiment"), this.#api.address);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #tagged(project: string): Promise<Experiment | undefined> {
    const answer = await this.#api.find("experiments/search", {
      max_results: 2,
      view_type: "ACTIVE_ONLY",
      filter: `tags.\`${PROJECT_TAG}\` = '${digestOf(project)}'`,
    });
    const [first] = answer.list("experiments");
    return first && { ...active(first, this.#api.address), isSure: true };
  }

  async #named(project: string): Promise<Experiment | undefined> {
    try {
      const answer = await this.#api.get("experiments/get-by-name", {
        experiment_name: nameOf(project),
      });
      const found = active(answer.at("experiment"), this.#api.address);
      return { ...found, isSure: false };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #make(project: string): Promise<Experiment> {
    try {
      const answer = await this.#api.post("experiments/create", {
        name: nameOf(project),
        tags: [{ key: PROJECT_TAG, value: digestOf(project) }],
      });
      const found = await this.#get(answer.id("experiment_id"));
      if (found !== undefined) return { ...found, isSure: false };
    } catch (error) {
      // Another process made it meanwhile.
      const isThere = error instanceof MlflowError &&
        error.code === "RESOURCE_ALREADY_EXISTS";
      const found = isThere ? await this.#named(project) : undefined;
      if (found === undefined) throw error;
      return found;
    }
    throw new TargetError(
      `Cannot send to ${this.#api.address}: the experiment that it made is not there`,
    );
  }
}

/** Whether the server says that something is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof MlflowError &&
    error.code === "RESOURCE_DOES_NOT_EXIST";
}

function active(
  answer: Answer,
  address: string,
): { id: string; created: number } {
  if (answer.text("lifecycle_stage") === "deleted") {
    throw new TargetError(
      `Cannot send to the experiment ${
        visible(answer.text("name"))
      } at ${address}: someone deleted it there; restore it there (mlflow experiments restore)`,
    );
  }
  return {
    id: answer.id("experiment_id"),
    created: answer.integer("creation_time"),
  };
}

function digestOf(project: string): string {
  return createHash("sha256").update(project).digest("hex");
}

function nameIn(project: string): string {
  return `experiment:${project}`;
}

/** The name of an experiment: any text up to a length. */
function nameOf(project: string): string {
  const name = project.trim() === "" ? "(no name)" : project.toWellFormed();
  return [...name].length <= LONGEST
    ? name
    : `${[...name].slice(0, 480).join("")}_${digestOf(project).slice(0, 16)}`;
}
