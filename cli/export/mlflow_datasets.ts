import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { RecordedInput } from "../../tracker/mod.ts";
import { datasetOf } from "../../sync/mlflow/datasets.ts";
import { makeFolder } from "../output/output_folder.ts";
import type { OutputOptions } from "../output/output_file.ts";
import { writeText } from "./sink.ts";

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
    const described = datasetOf(input);
    if (described === undefined) continue;
    const dataset = md5(described.name + described.digest);
    const ofDataset = join(path, "..", "datasets", dataset);
    const ofInput = join(path, "inputs", md5(dataset + id));
    makeFolder(ofDataset, join(path, ".."));
    makeFolder(ofInput, path);
    await writeText(
      join(ofDataset, "meta.yaml"),
      output,
      meta({ ...described, schema: null }),
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

/** What MLflow names these folders by. */
function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
