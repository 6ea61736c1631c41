/**
 * Sends runs to an MLflow server.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { TargetError } from "../targets/errors.ts";
import type {
  LocalRun,
  RunMemory,
  SendContext,
  SendResult,
  SyncTarget,
  TargetMemory,
} from "../targets/target.ts";
import { type Login, readAddress, type Server } from "./_address.ts";
import type { Answer } from "./_answer.ts";
import { MlflowApi } from "./_api.ts";
import { nameArtifacts, sendArtifacts } from "./_artifacts.ts";
import { Experiments, isMissing } from "./_experiments.ts";
import { findOrMake } from "./_find_run.ts";
import { type Head, headOf } from "./_head.ts";
import {
  batchesOf,
  type Cursors,
  type Known,
  readKnown,
  seriesKey,
} from "./_points.ts";
import { datasetOf, type MlflowDataset } from "./datasets.ts";
import { statusOf, timeOf } from "./fields.ts";
import { mlflowName } from "./_names.ts";

/** Options for {@linkcode mlflowTarget}. */
export interface MlflowTargetOptions extends Login {
  /** Milliseconds for a request. @default {30000} */
  readonly timeout?: number;
}

/** What is remembered of a run. */
export interface MlflowSent {
  /** The id of the run there. */
  readonly runId: string;
  /** The id of its experiment. */
  readonly experimentId: string;
  /** The digest of what was sent without points. */
  readonly head?: string;
  /** The digest of status, name and end. */
  readonly state?: string;
  /** The names of the user's tags there. */
  readonly tags?: readonly string[];
  /** How far each series was sent. */
  readonly cursors: Cursors;
  /** The metrics of a batch that was sent, if it is not known whether it arrived. */
  readonly open?: readonly string[];
  /** The digest of the inputs. */
  readonly inputs?: string;
  /** The digests of the files, by their name there. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/** The most parameters, and the most tags, of a request. */
const AT_ONCE = 100;

/**
 * Makes a target that sends runs to an MLflow server through its REST API. A run is found there by its tag
 * `ato.run_uuid`, so it is there once, whoever sends it.
 *
 * @param address `http://…` or `https://…`, also with `mlflow+` before it, and with a login in it.
 * @param options The login if the address has none, and how long a request may take.
 * @returns the target.
 * @throws {TargetError} If the address is none.
 *
 * @example
 * ```ts
 * import { mlflowTarget } from "@ato/ato/sync";
 * import { assertEquals } from "@std/assert";
 *
 * // The login is used, and is no part of what is shown.
 * const target = mlflowTarget("mlflow+http://me:secret@127.0.0.1:5000/");
 * assertEquals(target.address, "http://127.0.0.1:5000");
 * ```
 */
export function mlflowTarget(
  address: string,
  options: MlflowTargetOptions = {},
): SyncTarget {
  return new MlflowTarget(readAddress(address, options), options);
}

class MlflowTarget implements SyncTarget<MlflowSent> {
  readonly kind = "mlflow";
  readonly address: string;
  readonly #server: Server;
  readonly #timeout: number;
  #memory: TargetMemory | undefined;
  /** The runs of which it is known that they are there and not deleted. */
  readonly #there = new Set<string>();

  constructor(server: Server, options: MlflowTargetOptions) {
    this.#server = server;
    this.#timeout = options.timeout ?? 30_000;
    this.address = server.address;
  }

  async begin(memory: TargetMemory, signal: AbortSignal): Promise<void> {
    this.#memory = memory;
    const api = this.#api(signal);
    (await api.find("experiments/search", { max_results: 1 }))
      .list("experiments");
  }

  async unsent(
    { run }: LocalRun,
    sent: MlflowSent | undefined,
  ): Promise<number> {
    const series = await run.metrics.series();
    return series.reduce(
      (sum, { metric, attempt, next }) =>
        sum + next - (sent?.cursors[seriesKey(metric, attempt)]?.[0] ?? 0),
      0,
    );
  }

  async send(
    local: LocalRun,
    memory: RunMemory<MlflowSent>,
    context: SendContext,
  ): Promise<SendResult> {
    if (!/^[0-9a-f-]{36}$/.test(local.uuid)) {
      throw new TargetError(
        `Cannot send run ${local.run.id}: its identity is no UUID`,
      );
    }
    const api = this.#api(context.signal);
    const sending = new Sending(local, memory, { api, context });
    const experiments = new Experiments(api, this.#memory!);
    try {
      return await sending.run(experiments, this.#there);
    } catch (error) {
      // Whatever was refused, it is looked up again before the next attempt.
      this.#there.delete(local.uuid);
      throw error;
    }
  }

  async takeBack(sent: MlflowSent, signal: AbortSignal): Promise<void> {
    try {
      await this.#api(signal).post("runs/delete", { run_id: sent.runId });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  #api(signal: AbortSignal): MlflowApi {
    return new MlflowApi(this.#server, { timeout: this.#timeout, signal });
  }
}

/** One run that is being sent. */
class Sending {
  readonly #local: LocalRun;
  readonly #memory: RunMemory<MlflowSent>;
  readonly #api: MlflowApi;
  readonly #context: SendContext;
  #sent!: MlflowSent;
  /** The run as the server has it; read when it is needed. */
  #remote: Answer | undefined;
  #changed = false;

  constructor(
    local: LocalRun,
    memory: RunMemory<MlflowSent>,
    { api, context }: { api: MlflowApi; context: SendContext },
  ) {
    this.#local = local;
    this.#memory = memory;
    this.#api = api;
    this.#context = context;
  }

  async run(
    experiments: Experiments,
    there: Set<string>,
  ): Promise<SendResult> {
    const known = await this.#locate(experiments, there);
    const { uuid } = this.#local;
    if (known === undefined) {
      return {
        changed: false,
        left:
          `someone deleted it at ${this.#api.address} (run ${this.#sent.runId}); restore it there to send more`,
      };
    }
    there.add(uuid);
    const { metrics } = this.#local.run;
    const artifacts = nameArtifacts(this.#local);
    const head = headOf(this.#local, await metrics.names(), artifacts);
    await this.#sendHead(head);
    await this.#sendPoints(known);
    await this.#sendInputs();
    if (artifacts.length > 0) {
      const uri = await this.#artifactUri(artifacts);
      await sendArtifacts(this.#local, {
        artifacts,
        uri,
        sent: this.#sent.artifacts,
        api: this.#api,
        context: this.#context,
        onSent: (name, sha256) => {
          const sent = { ...this.#sent.artifacts, [name]: sha256 };
          this.#save({ artifacts: sent });
        },
      });
    }
    await this.#sendState();
    return { changed: this.#changed };
  }

  /** Finds the run; returns the points that it may have, or `undefined` if it was deleted there. */
  async #locate(
    experiments: Experiments,
    there: ReadonlySet<string>,
  ): Promise<Known | undefined> {
    const sent = this.#memory.sent;
    if (sent !== undefined && there.has(this.#local.uuid)) {
      this.#sent = sent;
      return await this.#known(sent.open ?? []);
    }
    // This also forgets what was sent to an experiment that the server lost.
    if (sent !== undefined) await experiments.of(this.#local.project);
    const still = this.#memory.sent;
    if (still !== undefined) {
      this.#sent = still;
      try {
        await this.#read();
        return this.#isDeleted()
          ? undefined
          : await this.#known(still.open ?? []);
      } catch (error) {
        if (!isMissing(error)) throw error;
        // It is gone for good, e.g. by `mlflow gc`: it is sent as a new one.
      }
    }
    const place = await findOrMake(this.#local, {
      api: this.#api,
      experiments,
    });
    this.#sent = {
      runId: place.runId,
      experimentId: place.experimentId,
      cursors: {},
      artifacts: {},
    };
    this.#changed = place.isNew;
    if (place.isNew) {
      this.#save({});
      return new Map();
    }
    await this.#read();
    if (this.#isDeleted()) return undefined;
    const has = new Set(
      this.#remote!.at("run").maybe("data")?.list("metrics").map((one) =>
        one.text("key")
      ),
    );
    const names = await this.#local.run.metrics.names();
    return await this.#known(names.filter((name) => has.has(mlflowName(name))));
  }

  async #known(metrics: Iterable<string>): Promise<Known> {
    return await readKnown(this.#api, this.#sent.runId, metrics);
  }

  async #read(): Promise<Answer> {
    this.#remote = await this.#api.get("runs/get", {
      run_id: this.#sent.runId,
    });
    return this.#remote;
  }

  #isDeleted(): boolean {
    return this.#remote!.at("run").at("info").text("lifecycle_stage") ===
      "deleted";
  }

  #save(more: Partial<MlflowSent>): void {
    this.#sent = { ...this.#sent, ...more };
    this.#memory.save(this.#sent);
  }

  async #sendHead(head: Head): Promise<void> {
    const digest = digestOf([[...head.params], [...head.tags]]);
    if (digest === this.#sent.head) return;
    const data = (this.#remote ?? await this.#read()).at("run").maybe("data");
    const has = (part: string): Map<string, string> =>
      new Map(
        data?.list(part).map((
          one,
        ) => [one.text("key"), one.text("value")] as const),
      );
    const params = this.#newParams(head.params, has("params"));
    const there = has("tags");
    const tags = [...head.tags].filter(([key, value]) =>
      there.get(key) !== value
    );
    for (let i = 0; i < Math.max(params.length, tags.length); i += AT_ONCE) {
      await this.#log({
        params: params.slice(i, i + AT_ONCE).map(toPair),
        tags: tags.slice(i, i + AT_ONCE).map(toPair),
      });
    }
    for (const key of this.#sent.tags ?? []) {
      if (!head.tags.has(key) && there.has(key)) await this.#removeTag(key);
    }
    for (const line of head.notices) this.#context.notice(line);
    this.#save({ head: digest, tags: head.own });
  }

  /** The parameters that are missing there. MLflow never changes a parameter. */
  #newParams(
    params: ReadonlyMap<string, string>,
    there: ReadonlyMap<string, string>,
  ): [string, string][] {
    const differing = [...params].filter(([key, value]) =>
      there.has(key) && there.get(key) !== value
    );
    if (differing.length > 0) {
      this.#context.notice(
        `${differing.length} of its parameters have other values there (first: ${
          differing[0]![0]
        }); MLflow never changes a parameter, so they stay`,
      );
    }
    return [...params].filter(([key]) => !there.has(key));
  }

  async #removeTag(key: string): Promise<void> {
    try {
      await this.#api.post("runs/delete-tag", {
        run_id: this.#sent.runId,
        key,
      });
      this.#changed = true;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async #sendPoints(known: Known): Promise<void> {
    const { run } = this.#local;
    for await (const batch of batchesOf(run, this.#sent.cursors, known)) {
      this.#context.signal.throwIfAborted();
      if (batch.metrics.length > 0) {
        // If the answer is lost, or this process is killed, the points are compared before they are sent again.
        this.#save({ open: batch.names });
        await this.#log({ metrics: batch.metrics });
      }
      const { open: _, ...sent } = this.#sent;
      this.#sent = sent;
      this.#save({ cursors: batch.cursors });
      this.#context.progress({ points: batch.metrics.length });
    }
  }

  async #log(
    parts: {
      readonly metrics?: readonly string[];
      readonly params?: readonly object[];
      readonly tags?: readonly object[];
    },
  ): Promise<void> {
    const { metrics, ...others } = parts;
    const head = JSON.stringify({ run_id: this.#sent.runId, ...others });
    await this.#api.post(
      "runs/log-batch",
      metrics === undefined
        ? head
        : `${head.slice(0, -1)},"metrics":[${metrics.join(",")}]}`,
    );
    this.#changed = true;
  }

  async #sendInputs(): Promise<void> {
    const { finder, run } = this.#local;
    const inputs = (await finder.inputsOf(run))?.inputs ?? [];
    const datasets = inputs.flatMap((input) => datasetOf(input) ?? []);
    const digest = digestOf(datasets);
    if (datasets.length === 0 || digest === this.#sent.inputs) return;
    const remote = this.#remote ?? await this.#read();
    const there = new Set(
      remote.at("run").maybe("inputs")?.list("dataset_inputs").map((one) => {
        const dataset = one.at("dataset");
        return JSON.stringify([dataset.text("name"), dataset.text("digest")]);
      }),
    );
    const missing = datasets.filter(({ name, digest }) =>
      !there.has(JSON.stringify([name, digest]))
    );
    for (let i = 0; i < missing.length; i += AT_ONCE) {
      await this.#api.post("runs/log-inputs", {
        run_id: this.#sent.runId,
        datasets: missing.slice(i, i + AT_ONCE).map(toInput),
      });
      this.#changed = true;
    }
    this.#save({ inputs: digest });
  }

  async #artifactUri(
    artifacts: readonly { name: string; sha256?: string }[],
  ): Promise<string> {
    const isSent = artifacts.every(({ name, sha256 }) =>
      this.#sent.artifacts[name] === (sha256 ?? "-")
    );
    if (isSent) return "";
    const remote = this.#remote ?? await this.#read();
    return remote.at("run").at("info").text("artifact_uri");
  }

  /** Last, so that a run that is shown as finished is there whole. */
  async #sendState(): Promise<void> {
    const { run } = this.#local;
    const end = timeOf(run.endTime);
    const state = {
      status: statusOf(run.status).word,
      run_name: (run.name ?? `run ${run.id}`).toWellFormed(),
      ...(end !== undefined && { end_time: Math.max(0, end) }),
    };
    const digest = digestOf(state);
    if (digest === this.#sent.state) return;
    if (!this.#isState(state)) {
      await this.#api.post("runs/update", {
        run_id: this.#sent.runId,
        ...state,
      });
      this.#changed = true;
    }
    this.#save({ state: digest });
  }

  /** Whether the server has this state already, as far as it was asked. */
  #isState(
    state: { status: string; run_name: string; end_time?: number },
  ): boolean {
    const info = this.#remote?.at("run").at("info");
    return info !== undefined && info.text("status") === state.status &&
      info.text("run_name") === state.run_name &&
      info.integer("end_time") === (state.end_time ?? 0);
  }
}

function toPair(
  [key, value]: readonly [string, string],
): { key: string; value: string } {
  return { key, value };
}

function toInput(dataset: MlflowDataset): object {
  return { dataset, tags: [] };
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
