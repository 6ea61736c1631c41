/**
 * Takes runs from an MLflow server.
 *
 * @module
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isRecord } from "../../internal/objects.ts";
import { visible } from "../../internal/visible_text.ts";
import {
  addRunInputs,
  type ForeignPoint,
  type ForeignRun,
  importRuns,
  SQLFinder,
} from "../../tracker/mod.ts";
import { BackOff } from "../../internal/back_off.ts";
import { TargetError, UnreachableError } from "../targets/errors.ts";
import { type Login, readAddress } from "./_address.ts";
import type { Answer } from "./_answer.ts";
import { MlflowApi } from "./_api.ts";
import { takeFiles, type TakenFile } from "./_download.ts";
import { history } from "./_points.ts";
import { common, knownNames, UUID_TAG } from "./values.ts";

/** Options for {@linkcode importMlflowServer}. */
export interface MlflowImportOptions extends Login {
  /** The path of the file that gets the runs. */
  readonly dbPath: string;
  /** The folder that gets their files, in a folder for each run; none are taken without it. */
  readonly artifacts?: string;
  /** Only this experiment. @default {all} */
  readonly experiment?: string;
  /** Also runs that the server lists as running; they are interrupted here. @default {false} */
  readonly running?: boolean;
  /** Milliseconds for a request. @default {30000} */
  readonly timeout?: number;
  /** How often a server that does not answer is asked. @default {6} */
  readonly tries?: number;
  /** Milliseconds before the second try. @default {500} */
  readonly pause?: number;
  /** Ends the work; the runs that were taken until then stay. */
  readonly signal?: AbortSignal;
  /** Receives what is worth knowing, one line each. */
  readonly onNotice?: (line: string) => void;
}

/** What {@linkcode importMlflowServer} did. */
export interface MlflowImport {
  /** The ids of the runs that were added. */
  readonly added: readonly number[];
  /** The number of runs that the file had already. */
  readonly same: number;
  /** The number of runs that are still running there. */
  readonly running: number;
}

/** The most points of a run; they are in memory until all are there. */
const MOST_POINTS = 20_000_000;

/**
 * Takes the runs of an MLflow server: parameters, metrics with their history, tags, datasets and files. Each run is
 * added when all of it is there. A run that ato sent there is the run that it was.
 *
 * @param address The server.
 * @param options The file, and what is taken.
 * @returns what was added.
 * @throws {UnreachableError} If the server does not answer.
 * @throws {TargetError} If it answers what cannot be used, or refuses the login.
 */
export async function importMlflowServer(
  address: string,
  options: MlflowImportOptions,
): Promise<MlflowImport> {
  const { timeout = 30_000, signal } = options;
  const api = new MlflowApi(readAddress(address, options), {
    timeout,
    ...(signal !== undefined && { signal }),
  });
  return await new Import(api, options).run();
}

class Import {
  readonly #api: MlflowApi;
  readonly #options: MlflowImportOptions;
  readonly #notice: (line: string) => void;
  readonly #added: number[] = [];
  #same = 0;
  #running = 0;

  constructor(api: MlflowApi, options: MlflowImportOptions) {
    this.#api = api;
    this.#options = options;
    this.#notice = options.onNotice ??
      ((line) => console.error(`ato: ${line}`));
  }

  async run(): Promise<MlflowImport> {
    const experiments = await this.#again(() => this.#experiments());
    for (const [id, name] of experiments) {
      for (const runId of await this.#again(() => this.#runIds(id))) {
        await this.#again(() => this.#take(runId, name));
      }
    }
    return { added: this.#added, same: this.#same, running: this.#running };
  }

  async #experiments(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const pages = this.#api.pages((token) =>
      this.#api.find("experiments/search", {
        max_results: 1000,
        view_type: "ACTIVE_ONLY",
        ...(token !== "" && { page_token: token }),
      })
    );
    for await (const page of pages) {
      for (const one of page.list("experiments")) {
        found.set(one.id("experiment_id"), one.text("name"));
      }
    }
    const { experiment } = this.#options;
    if (experiment === undefined) return found;
    const wanted = [...found].filter(([, name]) => name === experiment);
    if (wanted.length > 0) return new Map(wanted);
    throw new TargetError(
      `Cannot find the experiment ${
        visible(experiment)
      } at ${this.#api.address}`,
    );
  }

  /** The ids of the runs of an experiment, oldest first. */
  async #runIds(experiment: string): Promise<string[]> {
    const ids: string[] = [];
    const pages = this.#api.pages((token) =>
      this.#api.find("runs/search", {
        experiment_ids: [experiment],
        run_view_type: "ACTIVE_ONLY",
        max_results: 500,
        order_by: ["attributes.start_time ASC"],
        ...(token !== "" && { page_token: token }),
      })
    );
    for await (const page of pages) {
      ids.push(...page.list("runs").map((run) => run.at("info").id("run_id")));
    }
    return ids;
  }

  async #take(runId: string, project: string): Promise<void> {
    const answer = await this.#api.get("runs/get", { run_id: runId });
    const remote = answer.at("run");
    const run = readRun(remote, { runId, project });
    const { dbPath } = this.#options;
    if (await has(dbPath, run.uuid)) {
      this.#same++;
      return;
    }
    const isRunning = remote.at("info").text("status") === "RUNNING";
    if (isRunning && this.#options.running !== true) {
      this.#running++;
      return;
    }
    const points = await this.#points(runId, run);
    const files = await this.#files(runId, run.uuid);
    const { added } = await importRuns(dbPath, [{
      ...run,
      artifacts: files.map((file) => ({ ...file, ...typeOf(file, run) })),
      metrics: () => points,
    }]);
    const inputs = readInputs(remote);
    if (added.length > 0 && inputs.length > 0) {
      const missing = ["MLflow records only the datasets that were logged"];
      await addRunInputs(dbPath, run.uuid, {
        factors: inputs,
        coverage: { level: "partial", missing },
        texts: new Map(),
      });
    }
    this.#added.push(...added);
  }

  async #points(
    runId: string,
    run: RemoteRun,
  ): Promise<[string, ForeignPoint[]][]> {
    const all: [string, ForeignPoint[]][] = [];
    let count = 0;
    for (const name of run.metricNames) {
      const points: ForeignPoint[] = [];
      for await (const point of history(this.#api, runId, name)) {
        if (++count > MOST_POINTS) {
          throw new TargetError(
            `Cannot take run ${runId} from ${this.#api.address}: it has more than ${MOST_POINTS} points`,
          );
        }
        if (!isSuperseded(point, run.resumed)) points.push(whole(point));
      }
      points.sort((a, b) => a.time - b.time || a.step - b.step);
      all.push([run.names.metrics.get(name) ?? name, points]);
    }
    return all;
  }

  async #files(runId: string, uuid: string): Promise<TakenFile[]> {
    const { artifacts } = this.#options;
    if (artifacts === undefined) return [];
    return await takeFiles(this.#api, runId, {
      folder: join(artifacts, uuid),
      notice: (line) => this.#notice(`run ${runId}: ${line}`),
    });
  }

  /** Does work again while the server does not answer. */
  async #again<T>(work: () => Promise<T>): Promise<T> {
    const { tries = 6, pause = 500, signal } = this.#options;
    const backOff = new BackOff(pause, 60_000);
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        const wait = backOff.next(error.wait);
        if (backOff.failures >= tries) throw error;
        this.#notice(
          `${error.message}; next try in ${
            Math.max(1, Math.round(wait / 1000))
          } s`,
        );
        await delay(wait, undefined, {
          ...(signal !== undefined && { signal }),
        });
      }
    }
  }
}

async function has(dbPath: string, uuid: string): Promise<boolean> {
  const finder = new SQLFinder(dbPath);
  try {
    return await finder.findRun(uuid) !== undefined;
  } finally {
    await finder.close();
  }
}

interface Resumed {
  readonly fromStep: number;
  readonly time: number;
}

type RemoteRun = Omit<ForeignRun, "artifacts" | "metrics"> & {
  readonly metricNames: readonly string[];
  readonly names: ReturnType<typeof knownNames>;
  readonly resumed: readonly Resumed[];
  readonly tagsThere: ReadonlyMap<string, string>;
};

function readRun(
  run: Answer,
  { runId, project }: { readonly runId: string; readonly project: string },
): RemoteRun {
  const info = run.at("info");
  const data = run.maybe("data");
  const pairs = (part: string): [string, string][] =>
    data?.list(part).map((one) => [one.text("key"), one.text("value")]) ?? [];
  const tags = new Map(pairs("tags"));
  const names = joinedNames(tags);
  if (names !== undefined) tags.set("ato.names", names);
  const uuid = tags.get(UUID_TAG);
  const name = info.text("run_name");
  const fields = common({
    id: runId,
    project: project === "" ? "mlflow" : project,
    name: name === "" ? undefined : name,
    status: info.text("status"),
    startTime: info.integer("start_time"),
    endTime: info.integer("end_time"),
    params: pairs("params"),
    tags,
  });
  return {
    ...fields,
    ...(uuid !== undefined &&
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) && { uuid }),
    metricNames: data?.list("metrics").map((one) => one.text("key")) ?? [],
    names: knownNames(tags.get("ato.names")),
    resumed: readResumed(tags.get("ato.resumed")),
    tagsThere: tags,
  };
}

/** `ato.names`, `ato.names.2` and so on are parts of one mapping. */
function joinedNames(tags: ReadonlyMap<string, string>): string | undefined {
  const joined: Record<string, Record<string, unknown>> = {};
  for (const [key, text] of tags) {
    if (!/^ato\.names(\.\d+)?$/.test(key)) continue;
    const part = readJson(text);
    if (!isRecord(part)) continue;
    for (const [kind, names] of Object.entries(part)) {
      if (!isRecord(names)) continue;
      joined[kind] = Object.assign(joined[kind] ?? Object.create(null), names);
    }
  }
  return Object.keys(joined).length === 0 ? undefined : JSON.stringify(joined);
}

function readResumed(text: string | undefined): Resumed[] {
  const said = readJson(text);
  if (!Array.isArray(said)) return [];
  return said.filter((one): one is Resumed =>
    isRecord(one) && typeof one["fromStep"] === "number" &&
    typeof one["time"] === "number"
  );
}

/** Anyone can write these tags: what is no JSON says nothing. */
function readJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A point that a later attempt of the run replaced. */
function isSuperseded(
  { step, time }: { readonly step: number; readonly time: number },
  resumed: readonly Resumed[],
): boolean {
  return resumed.some((one) => step > one.fromStep && time < one.time);
}

/** Databases store an infinity as the greatest number. */
function whole(
  { step, time, value }: ForeignPoint,
): ForeignPoint {
  return {
    step,
    time,
    value: Math.abs(value) === Number.MAX_VALUE ? value * Infinity : value,
  };
}

function typeOf(
  { name }: TakenFile,
  { tagsThere }: RemoteRun,
): { type?: string } {
  for (const [key, text] of tagsThere) {
    if (!/^ato\.artifacts(\.\d+)?$/.test(key)) continue;
    const list = readJson(text);
    const found = Array.isArray(list)
      ? list.find((one) => isRecord(one) && one["name"] === name)
      : undefined;
    if (typeof found?.type === "string") return { type: found.type };
  }
  return {};
}

/** The datasets as inputs: with their SHA-256 if ato sent them, otherwise with what MLflow calls their digest. */
function readInputs(run: Answer): [id: string, value: string][] {
  const inputs = new Map<string, string>();
  for (const one of run.maybe("inputs")?.list("dataset_inputs") ?? []) {
    const dataset = one.at("dataset");
    const profile = readJson(dataset.text("profile"));
    const { sha256, num_bytes: bytes } = isRecord(profile) ? profile : {};
    const isHash = typeof sha256 === "string" &&
      /^[0-9a-f]{64}$/.test(sha256) &&
      Number.isSafeInteger(bytes) && !("num_files" in (profile as object));
    inputs.set(
      `input:${dataset.text("name")}`,
      isHash ? `sha256:${sha256},${bytes}` : `etag:${dataset.text("digest")}`,
    );
  }
  return [...inputs].sort();
}
