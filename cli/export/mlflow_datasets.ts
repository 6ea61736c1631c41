import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { RecordedInput } from "../../tracker/mod.ts";
import { makeFolder } from "../output/output_folder.ts";
import type { OutputOptions } from "../output/output_file.ts";
import { writeText } from "./sink.ts";

/** The most characters of a dataset's name and of its digest in MLflow. */
const LONGEST_NAME = 500;
const LONGEST_DIGEST = 36;

/** Where datasets are written. */
interface DatasetPlace {
  /** The folder of the run. */
  readonly path: string;
  /** The id of the run. */
  readonly id: string;
  readonly output: OutputOptions;
  /** Writes a mapping as YAML. */
  readonly meta: (values: Readonly<Record<string, unknown>>) => string;
}

/**
 * Writes the inputs of a run whose content is known as MLflow's datasets: `datasets/` of the experiment, and links to
 * them in `inputs/` of the run. Variables, secrets and what was not readable are left out.
 *
 * @param inputs The inputs.
 * @param place Where they are written; the inputs of an earlier export are removed.
 */
export async function writeDatasets(
  inputs: readonly RecordedInput[],
  { path, id, output, meta }: DatasetPlace,
): Promise<void> {
  rmSync(join(path, "inputs"), { recursive: true, force: true });
  for (const input of inputs) {
    const digest = digestOf(input);
    if (digest === undefined) continue;
    const name = input.name.slice(0, LONGEST_NAME).toWellFormed();
    const dataset = md5(name + digest);
    const ofDataset = join(path, "..", "datasets", dataset);
    const ofInput = join(path, "inputs", md5(dataset + id));
    makeFolder(ofDataset, join(path, ".."));
    makeFolder(ofInput, path);
    await writeText(
      join(ofDataset, "meta.yaml"),
      output,
      meta(describe(input, { name, digest })),
    );
    await writeText(
      join(ofInput, "meta.yaml"),
      output,
      meta({
        destination_id: dataset,
        destination_type: "RUN",
        source_id: dataset,
        source_type: "DATASET",
        tags: {},
      }),
    );
  }
}

function describe(
  { name: uri, kind, bytes, sha256, count, value }: RecordedInput,
  { name, digest }: { readonly name: string; readonly digest: string },
): Record<string, unknown> {
  const isUrl = kind === "url";
  return {
    digest,
    name,
    profile: JSON.stringify({
      ...(bytes !== undefined && { num_bytes: bytes }),
      ...(count !== undefined && { num_files: count }),
      ...(sha256 !== undefined ? { sha256 } : { value }),
    }),
    schema: null,
    source: JSON.stringify(isUrl ? { url: uri } : { uri }),
    source_type: isUrl ? "http" : "local",
  };
}

/** MLflow's own are as short; the whole SHA-256 is in the profile. */
function digestOf(
  { kind, sha256, value }: RecordedInput,
): string | undefined {
  if (sha256 !== undefined) return sha256.slice(0, LONGEST_DIGEST);
  return kind === "url" ? md5(value) : undefined;
}

/** What MLflow names these folders by. */
function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
