import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Run } from "../../tracker/mod.ts";
import { leavesOf } from "../../internal/leaves.ts";
import { makeFolder } from "../output/output_folder.ts";
import type { OutputOptions } from "../output/output_file.ts";
import type { Chosen } from "./choose.ts";
import { leafText } from "../../internal/json_text.ts";
import { writeDatasets } from "./mlflow_datasets.ts";
import { refuseForeignRun } from "./mlflow_ours.ts";
import {
  describingTags,
  LONGEST_VALUE,
  RUN_TAG,
  statusOf,
  timeOf,
} from "../../sync/mlflow/fields.ts";
import { safeNames } from "../../internal/safe_name.ts";
import { writeLines, writeText } from "./sink.ts";

/**
 * Writes runs in MLflow's file layout: a folder for each project, and in it a folder for each run with
 * parameters, metrics and tags as files. Inputs are datasets. Artifacts are listed in a tag, not copied. A name that
 * cannot be the name of a file is replaced; the tag `ato.names` has the original.
 *
 * @param chosen The runs.
 * @param folder The `mlruns` folder; created if it is missing. Runs in it are overwritten.
 * @param options What may be overwritten.
 * @returns the folders of the runs.
 * @throws {UsageError} If the folder of a run was written by MLflow itself.
 */
export async function writeMlflow(
  chosen: readonly Chosen[],
  folder: string,
  options: OutputOptions,
): Promise<string[]> {
  const places = chosen.map(({ run, project, inputs }) => {
    const [experiment, id] = [experimentId(project), runId(run)];
    const path = join(folder, experiment, id);
    return { run, experiment, id, path, inputs };
  });
  for (const { path } of places) refuseForeignRun(path, options);
  const began = new Map<string, number>();
  for (const { run, project } of chosen) {
    if (!began.has(project)) began.set(project, timeOf(run.startTime) ?? 0);
  }
  makeFolder(folder);
  for (const [project, created] of began) {
    await writeExperiment(project, { folder, created, output: options });
  }
  for (const place of places) {
    await writeRun(place.run, { ...place, output: options });
  }
  return places.map(({ path }) => path);
}

/** A project always gets the same experiment id: 18 digits, as MLflow's own. */
function experimentId(project: string): string {
  const hash = createHash("sha256").update(project).digest();
  return String(
    100_000_000_000_000_000n +
      hash.readBigUInt64BE(0) % 800_000_000_000_000_000n,
  );
}

/** The identity in a file can be any text, so it is checked before a folder gets its name. */
function runId(run: Run): string {
  const id = (run.uuid ?? "").replaceAll("-", "").toLowerCase();
  return /^[0-9a-f]{32}$/.test(id)
    ? id
    : createHash("sha256").update(`run ${run.id} ${id}`).digest("hex")
      .slice(0, 32);
}

/** JSON is YAML if the characters that YAML forbids are escaped. */
function meta(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values).map(([key, value]) => {
    const text = JSON.stringify(
      typeof value === "string" ? value.toWellFormed() : value ?? null,
    ).replace(
      /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return `${key}: ${text}\n`;
  }).join("");
}

async function writeExperiment(
  project: string,
  options: { folder: string; created: number; output: OutputOptions },
): Promise<void> {
  const { folder, created, output } = options;
  const id = experimentId(project);
  const path = join(folder, id);
  makeFolder(path, folder);
  const file = join(path, "meta.yaml");
  // An existing file belongs to the same project: the id is derived from its name.
  if (existsSync(file) && readFileSync(file, "utf8").includes(id)) return;
  await writeText(
    file,
    output,
    meta({
      artifact_location: pathToFileURL(resolve(path)).href,
      creation_time: created,
      experiment_id: id,
      last_update_time: created,
      lifecycle_stage: "active",
      name: project === "" ? "(no name)" : project,
    }),
  );
}

/** Where the files of a run are written. */
interface Place {
  readonly path: string;
  readonly experiment: string;
  readonly id: string;
  readonly inputs: Chosen["inputs"];
  readonly output: OutputOptions;
}

async function writeRun(run: Run, place: Place): Promise<void> {
  const { path, id } = place;
  // The folder is ours, or `--force` was given: its files can be replaced.
  const output = { ...place.output, force: true };
  makeRunFolder(path);
  const name = run.name ?? `run ${run.id}`;
  await writeText(
    join(path, "meta.yaml"),
    output,
    runMeta(run, { ...place, name }),
  );
  const names = {
    params: await writeParams(run, join(path, "params"), output),
    metrics: await writeMetrics(run, join(path, "metrics"), output),
    tags: await writeParts(
      run.tags.map((tag) => [tag, "true"]),
      join(path, "tags"),
      output,
    ),
  };
  await writeDatasets(await place.inputs(), { path, id, output, meta });
  const ours = tags(run, { id, name, names });
  for (const [key, text] of ours) {
    await writeText(join(path, "tags", key), output, text);
  }
}

/** Creates the folder of a run, without the metrics and parameters of an earlier export. */
function makeRunFolder(path: string): void {
  makeFolder(path, join(path, "..", ".."));
  // A file of an earlier export can have the name of a folder that is needed now.
  for (const part of ["metrics", "params"]) {
    rmSync(join(path, part), { recursive: true, force: true });
  }
  for (const part of ["artifacts", "metrics", "params", "tags"]) {
    makeFolder(join(path, part), path);
  }
}

/** The text of a run's `meta.yaml`. */
function runMeta(run: Run, about: Place & { readonly name: string }): string {
  const { path, experiment, id, name } = about;
  return meta({
    artifact_uri: pathToFileURL(resolve(path, "artifacts")).href,
    end_time: timeOf(run.endTime),
    entry_point_name: "",
    experiment_id: experiment,
    lifecycle_stage: "active",
    run_id: id,
    run_name: name,
    run_uuid: id,
    source_name: "",
    source_type: 4,
    source_version: "",
    start_time: timeOf(run.startTime) ?? 0,
    status: statusOf(run.status).number,
    tags: [],
    user_id: "",
  });
}

/** The keys whose file has another name, by that name. */
type Renamed<Key> = Record<string, Key>;

async function writeParams(
  run: Run,
  folder: string,
  output: OutputOptions,
): Promise<Renamed<readonly string[]>> {
  const leaves = [...leavesOf(run.config)].map(([keys, value]) => ({
    keys,
    key: keys.join("."),
    text: leafText(value).slice(0, LONGEST_VALUE).toWellFormed(),
  })).sort((a, b) => a.key < b.key ? -1 : 1);
  const nameOf = safeNames({ slashes: true });
  const renamed: Renamed<readonly string[]> = Object.create(null);
  for (const { keys, key, text } of leaves) {
    const name = nameOf(key);
    if (JSON.stringify(name.split(".")) !== JSON.stringify(keys)) {
      renamed[name] = keys;
    }
    makeFolder(join(folder, name, ".."), folder);
    await writeText(join(folder, name), output, text);
  }
  return renamed;
}

/** Our own tags; the tags of a run cannot have their names. */
function tags(
  run: Run,
  about: { id: string; name: string; names: Record<string, object> },
): [string, string][] {
  const { id, name, names } = about;
  const renamed = Object.fromEntries(
    Object.entries(names).filter(([, of]) => Object.keys(of).length > 0),
  );
  return [
    [RUN_TAG, id],
    ["mlflow.runName", name.toWellFormed()],
    ...(Object.keys(renamed).length > 0
      ? [["ato.names", JSON.stringify(renamed)] as [string, string]]
      : []),
    ...describingTags(run),
  ];
}

async function writeParts(
  parts: readonly (readonly [string, string])[],
  folder: string,
  output: OutputOptions,
): Promise<Renamed<string>> {
  const nameOf = safeNames({ slashes: true });
  // The names of our own tags are taken.
  OWN_TAGS.forEach(nameOf);
  const renamed: Renamed<string> = Object.create(null);
  for (const [key, text] of parts.toSorted()) {
    const name = nameOf(key);
    if (name !== key) renamed[name] = key;
    makeFolder(join(folder, name, ".."), folder);
    await writeText(join(folder, name), output, text);
  }
  return renamed;
}

const OWN_TAGS = [
  RUN_TAG,
  "mlflow.runName",
  "mlflow.note.content",
  "ato.seed",
  "ato.names",
  "ato.artifacts",
] as const;

/** A line for each point: milliseconds since 1970, value, step. */
async function writeMetrics(
  run: Run,
  folder: string,
  output: OutputOptions,
): Promise<Renamed<string>> {
  const nameOf = safeNames({ slashes: true });
  const renamed: Renamed<string> = Object.create(null);
  for (const key of [...await run.metrics.names()].sort()) {
    const pages = run.metrics.pages(key)[Symbol.asyncIterator]();
    const first = await pages.next();
    // MLflow takes a metric without points for damage, and then shows no runs at all.
    if (first.done) continue;
    const name = nameOf(key);
    if (name !== key) renamed[name] = key;
    makeFolder(join(folder, name, ".."), folder);
    await writeLines(join(folder, name), output, async (write) => {
      const lines = (points: typeof first.value) => {
        for (const { step, value, time } of points) {
          write(`${timeOf(time) ?? 0} ${pythonNumber(value)} ${step}`);
        }
      };
      lines(first.value);
      for (let page = await pages.next(); !page.done;) {
        lines(page.value);
        page = await pages.next();
      }
    });
  }
  return renamed;
}

function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0.0" : String(value);
}
