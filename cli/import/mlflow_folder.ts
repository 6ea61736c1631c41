import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadYaml } from "../../readers/mod.ts";
import type { ForeignPoint, ForeignRun } from "../../tracker/mod.ts";
import { UsageError } from "../command.ts";
import { visible } from "../../internal/visible_text.ts";
import { common, knownNames, pythonNumber } from "../../sync/mlflow/values.ts";

/**
 * Reads the runs of an `mlruns` folder. Runs in MLflow's trash are left out.
 *
 * @param folder The folder, or its parent.
 * @returns the runs; their metrics are read on demand.
 * @throws {UsageError} If it has no experiments.
 */
export async function readMlflowFolder(folder: string): Promise<ForeignRun[]> {
  const { parseYaml } = await loadYaml();
  return readRuns(folder, parseYaml);
}

/** Reads YAML: the text and the file that it is from. */
type ParseYaml = (text: string, file: string) => unknown;

function readRuns(folder: string, parseYaml: ParseYaml): ForeignRun[] {
  const inner = join(folder, "mlruns");
  const root = existsSync(inner) ? inner : folder;
  const experiments = foldersWithMeta(root, parseYaml);
  if (experiments.length === 0) {
    throw new UsageError(
      `Cannot import ${
        visible(folder)
      }: it has no experiment of MLflow; name the mlruns folder`,
    );
  }
  return experiments.flatMap((path) => {
    const project = String(readMeta(path, parseYaml)["name"] ?? "mlflow");
    return foldersWithMeta(path, parseYaml).map((run) =>
      readRun(run, project, readMeta(run, parseYaml))
    );
  });
}

type Meta = Readonly<Record<string, unknown>>;

function foldersWithMeta(path: string, parseYaml: ParseYaml): string[] {
  return readdirSync(path).filter((name) => !name.startsWith(".")).sort()
    .map((name) => join(path, name))
    .filter((folder) =>
      existsSync(join(folder, "meta.yaml")) &&
      (readMeta(folder, parseYaml)["lifecycle_stage"] ?? "active") === "active"
    );
}

function readMeta(folder: string, parseYaml: ParseYaml): Meta {
  const file = join(folder, "meta.yaml");
  const meta = parseYaml(readFileSync(file, "utf8"), file);
  return typeof meta === "object" && meta !== null ? meta as Meta : {};
}

function readRun(path: string, project: string, meta: Meta): ForeignRun {
  const text = (value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;
  const tags = readParts(join(path, "tags"));
  const names = knownNames(new Map(tags).get("ato.names"));
  return {
    ...common({
      id: String(meta["run_id"] ?? meta["run_uuid"] ?? resolve(path)),
      project,
      name: text(meta["run_name"]),
      status: meta["status"],
      startTime: Number(meta["start_time"]),
      endTime: meta["end_time"],
      params: readParts(join(path, "params")),
      tags,
    }),
    artifacts: files(join(path, "artifacts")).map((name) => {
      const file = resolve(path, "artifacts", name);
      return { path: file, size: statSync(file).size };
    }),
    *metrics() {
      for (const key of files(join(path, "metrics"))) {
        const file = join(path, "metrics", key);
        yield [names.metrics.get(key) ?? key, points(file)] as const;
      }
    },
  };
}

/** Lists the files in a folder and its subfolders, as paths with slashes. */
function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return [entry.name];
    if (!entry.isDirectory()) return [];
    const inner = files(join(folder, entry.name));
    return inner.map((name) => `${entry.name}/${name}`);
  }).sort();
}

function readParts(folder: string): [string, string][] {
  return files(folder).map((name) => [
    name,
    readFileSync(join(folder, name), "utf8"),
  ]);
}

/** Reads the points, one per line: milliseconds since 1970, value, step; very old files have no step. */
function* points(file: string): Iterable<ForeignPoint> {
  const lines = readFileSync(file, "utf8").split("\n");
  for (const [n, line] of lines.entries()) {
    const [time, value, step] = line.trim().split(/\s+/);
    if (value === undefined) continue;
    const point = {
      step: Number(step ?? 0),
      value: pythonNumber(value),
      time: Number(time),
    };
    const wrong = !Number.isSafeInteger(point.step) ||
      !Number.isSafeInteger(point.time) ||
      (Number.isNaN(point.value) && !/nan/i.test(value));
    if (wrong) {
      throw new UsageError(
        `Cannot import ${visible(file)}:${
          n + 1
        }: this is not a point of a metric; correct or remove the line`,
      );
    }
    yield point;
  }
}
