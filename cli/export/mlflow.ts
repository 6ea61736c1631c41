import { mkdirSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Run } from "../../tracker/mod.ts";
import type { Chosen } from "./choose.ts";
import { leafText } from "../json_text.ts";
import { flatten } from "./flatten.ts";
import { safeNames } from "./safe_name.ts";
import { writeLines } from "./sink.ts";

/** The longest value of a parameter that MLflow takes. */
const LONGEST = 6000;

/** How MLflow numbers what became of a run. */
const STATUS: Readonly<Record<string, number>> = {
  running: 1,
  completed: 3,
  failed: 4,
  crashed: 4,
  interrupted: 5,
};

/**
 * Writes runs in MLflow's file layout: a folder for each project, in it one for each run, with
 * parameters, metrics and tags as files. Artifacts are named by a tag, not copied.
 *
 * @param chosen The runs.
 * @param folder The `mlruns` folder; made if it is not there. Runs that it has are written anew.
 * @returns the folders of the runs.
 */
export async function writeMlflow(
  chosen: readonly Chosen[],
  folder: string,
): Promise<string[]> {
  const folders: string[] = [];
  const began = new Map<string, number>();
  for (const { run, project } of chosen) {
    if (!began.has(project)) began.set(project, timeOf(run.startTime) ?? 0);
  }
  for (const [project, created] of began) {
    writeExperiment(project, { folder, created });
  }
  for (const { run, project } of chosen) {
    const experiment = experimentId(project);
    const id = runId(run);
    const path = join(folder, experiment, id);
    await writeRun(run, { path, experiment, id });
    folders.push(path);
  }
  return folders;
}

/** The same project is the same experiment each time; MLflow's own are numbers of 18 digits too. */
function experimentId(project: string): string {
  const hash = createHash("sha256").update(project).digest();
  return String(
    100_000_000_000_000_000n +
      hash.readBigUInt64BE(0) % 800_000_000_000_000_000n,
  );
}

function runId(run: Run): string {
  return (run.uuid ??
    createHash("sha256").update(`run ${run.id}`).digest("hex"))
    .replaceAll("-", "").slice(0, 32);
}

function timeOf(time: Date | undefined): number | undefined {
  return time?.getTime();
}

/** Every JSON text is a YAML one. */
function meta(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values).map(([key, value]) =>
    `${key}: ${JSON.stringify(value ?? null)}\n`
  ).join("");
}

function writeExperiment(
  project: string,
  options: { folder: string; created: number },
): void {
  const { folder, created } = options;
  const id = experimentId(project);
  const path = join(folder, id);
  mkdirSync(path, { recursive: true });
  writeFileSync(
    join(path, "meta.yaml"),
    meta({
      artifact_location: pathToFileURL(resolve(path)).href,
      creation_time: created,
      experiment_id: id,
      last_update_time: created,
      lifecycle_stage: "active",
      name: project,
    }),
  );
}

async function writeRun(
  run: Run,
  options: { path: string; experiment: string; id: string },
): Promise<void> {
  const { path, experiment, id } = options;
  for (const part of ["artifacts", "metrics", "params", "tags"]) {
    mkdirSync(join(path, part), { recursive: true });
  }
  const name = run.name ?? `run ${run.id}`;
  writeFileSync(
    join(path, "meta.yaml"),
    meta({
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
      status: STATUS[run.status] ?? 3,
      tags: [],
      user_id: "",
    }),
  );
  writeParts(join(path, "params"), params(run));
  writeParts(join(path, "tags"), tags(run, name));
  const nameOf = safeNames({ slashes: true });
  for (const key of await run.metrics.keys()) {
    await writeMetric(run, { key, file: join(path, "metrics", nameOf(key)) });
  }
}

function params(run: Run): Map<string, string> {
  return new Map(
    [...flatten(run.config)].map((
      [path, value],
    ) => [path, leafText(value).slice(0, LONGEST)]),
  );
}

function tags(run: Run, name: string): Map<string, string> {
  return new Map([
    ["mlflow.runName", name],
    ...(run.notes ? [["mlflow.note.content", run.notes] as const] : []),
    ...(run.seed ? [["ato.seed", run.seed] as const] : []),
    ...(run.artifacts.length > 0
      ? [["ato.artifacts", JSON.stringify(run.artifacts)] as const]
      : []),
    ...run.tags.map((tag) => [tag, "true"] as const),
  ]);
}

function writeParts(folder: string, parts: ReadonlyMap<string, string>): void {
  const nameOf = safeNames({ slashes: true });
  for (const [key, text] of parts) {
    const file = join(folder, nameOf(key));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** A line for each point: milliseconds since 1970, value, step. */
async function writeMetric(
  run: Run,
  options: { key: string; file: string },
): Promise<void> {
  const { key, file } = options;
  mkdirSync(dirname(file), { recursive: true });
  await writeLines(file, async (write) => {
    for await (const points of run.metrics.pages(key)) {
      for (const { step, value, time } of points) {
        write(`${time.getTime()} ${pythonNumber(value)} ${step}`);
      }
    }
  });
}

function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0.0" : String(value);
}
