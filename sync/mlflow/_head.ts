/** What a run is, without its points: parameters and tags, under names that MLflow takes. */
import { formatPath } from "../../internal/key_path.ts";
import { leavesOf } from "../../internal/leaves.ts";
import { hideInData } from "../../internal/hidden_secrets.ts";
import { leafText } from "../../internal/json_text.ts";
import { setOwn } from "../../internal/objects.ts";
import type { LocalRun } from "../targets/target.ts";
import type { UploadedArtifact } from "./_artifacts.ts";
import { LONGEST_VALUE } from "./fields.ts";
import { mlflowName, tagName } from "./_names.ts";
import { UUID_TAG } from "./values.ts";

/** The most characters of a tag that every server takes. */
const LONGEST_TAG = 5000;

/** Parameters and tags of a run. */
export interface Head {
  readonly params: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  /** The names of the tags that the user set. */
  readonly own: readonly string[];
  /** What was changed so that MLflow takes it; one line each. */
  readonly notices: readonly string[];
}

/**
 * Describes a run.
 *
 * @param local The run.
 * @param metrics The names of its metrics.
 * @param artifacts Its artifacts, with their names on the server.
 * @returns its parameters and tags.
 */
export function headOf(
  local: LocalRun,
  metrics: readonly string[],
  artifacts: readonly UploadedArtifact[],
): Head {
  const { run } = local;
  const notices: string[] = [];
  const params = new Map<string, string>();
  const renamed: Renamed = { params: {}, metrics: {}, tags: {} };
  for (const [keys, value] of leavesOf(hideInData(run.config))) {
    const path = formatPath(keys);
    const name = mlflowName(path);
    // Import reads a name as a path if nothing else is said.
    if (JSON.stringify(name.split(".")) !== JSON.stringify(keys)) {
      setOwn(renamed.params, name, keys);
    }
    const text = leafText(value).toWellFormed();
    if (text.length > LONGEST_VALUE) {
      notices.push(
        `the value of ${path} has ${text.length} characters, of which MLflow gets ${LONGEST_VALUE}`,
      );
    }
    params.set(name, text.slice(0, LONGEST_VALUE).toWellFormed());
  }
  for (const metric of metrics) {
    const name = mlflowName(metric);
    if (name !== metric) setOwn(renamed.metrics, name, metric);
  }
  const tags = new Map<string, string>();
  for (const tag of run.tags) {
    const name = tagName(tag);
    if (name !== tag) setOwn(renamed.tags, name, tag);
    tags.set(name, "true");
  }
  const own = [...tags.keys()];
  for (const [name, text] of ownTags(local, artifacts)) tags.set(name, text);
  for (const [name, text] of namesTags(renamed)) tags.set(name, text);
  for (const [name, text] of tags) {
    if (text.length <= LONGEST_TAG) continue;
    notices.push(
      `${
        name === "mlflow.note.content" ? "the note" : `the tag ${name}`
      } has ${text.length} characters, of which MLflow gets ${LONGEST_TAG}`,
    );
    tags.set(name, text.slice(0, LONGEST_TAG).toWellFormed());
  }
  const count = Object.values(renamed).flatMap((names) =>
    Object.entries(names).filter(([name, text]) =>
      name !== (Array.isArray(text) ? formatPath(text) : text)
    )
  );
  if (count.length > 0) {
    notices.push(
      `MLflow does not take the names of ${count.length} of its parameters, metrics and tags (first: ${
        firstOf(count[0]![1])
      }); each has another name there, and the tag ato.names has the original`,
    );
  }
  return { params, tags, own, notices };
}

interface Renamed {
  readonly params: Record<string, readonly string[]>;
  readonly metrics: Record<string, string>;
  readonly tags: Record<string, string>;
}

function firstOf(text: unknown): string {
  return (Array.isArray(text) ? formatPath(text) : String(text)).slice(0, 80);
}

/** The tags that ato sets itself. */
function* ownTags(
  { run, uuid }: LocalRun,
  artifacts: readonly UploadedArtifact[],
): Generator<[string, string]> {
  yield [UUID_TAG, uuid];
  if (run.notes) yield ["mlflow.note.content", run.notes.toWellFormed()];
  if (run.seed !== undefined) yield ["ato.seed", run.seed.toWellFormed()];
  yield ["ato.status", run.status.toWellFormed()];
  if (run.structuralHash !== undefined) {
    yield ["ato.structural_hash", run.structuralHash];
  }
  const { git } = run.environment;
  if (git?.commit) yield ["mlflow.source.git.commit", String(git.commit)];
  if (run.error !== undefined) {
    yield [
      "ato.error",
      `${run.error.name}: ${run.error.message}`.slice(0, 1000).toWellFormed(),
    ];
  }
  for (const { traceId, type, hash, deep } of run.fingerprints) {
    const kind = type === "static" ? "code" : "values";
    yield [mlflowName(`ato.${kind}.${traceId}`), hash];
    if (deep?.hash) yield [mlflowName(`ato.deep.${traceId}`), deep.hash];
  }
  const resumed = run.attempts.filter(({ fromStep }) => fromStep !== undefined)
    .map(({ attempt, fromStep, startTime }) => ({
      attempt,
      fromStep,
      time: startTime?.getTime(),
    }));
  if (resumed.length > 0) yield ["ato.resumed", JSON.stringify(resumed)];
  yield* listTags(
    "ato.artifacts",
    artifacts.map((one) => JSON.stringify(one)),
    ["[", "]"],
  );
}

function* namesTags(renamed: Renamed): Generator<[string, string]> {
  const parts = Object.entries(renamed).flatMap(([part, names]) =>
    Object.entries(names).map(([name, text]) => ({ part, name, text }))
  );
  // One entry a piece, merged by the reader: `ato.names`, `ato.names.2` and so on are JSON by themselves.
  const pieces: Renamed[] = [];
  let size = Infinity;
  for (const { part, name, text } of parts) {
    const more = JSON.stringify([name, text]).length + 2;
    if (size + more > LONGEST_TAG - 100) {
      pieces.push({ params: {}, metrics: {}, tags: {} });
      size = 0;
    }
    size += more;
    setOwn(
      pieces.at(-1)![part as keyof Renamed] as Record<string, unknown>,
      name,
      text,
    );
  }
  for (const [i, piece] of pieces.entries()) {
    const text = JSON.stringify(piece);
    // An original that is longer than a tag cannot be kept.
    if (text.length <= LONGEST_TAG) yield [numbered("ato.names", i), text];
  }
}

/** Writes a list as tags that are not too long. */
function* listTags(
  name: string,
  items: readonly string[],
  [open, close]: readonly [string, string],
): Generator<[string, string]> {
  const pieces: string[][] = [];
  let size = Infinity;
  for (const item of items) {
    if (size + item.length + 2 > LONGEST_TAG) {
      pieces.push([]);
      size = 2;
    }
    pieces.at(-1)!.push(item);
    size += item.length + 1;
  }
  for (const [i, piece] of pieces.entries()) {
    yield [numbered(name, i), `${open}${piece.join(",")}${close}`];
  }
}

function numbered(name: string, i: number): string {
  return i === 0 ? name : `${name}.${i + 1}`;
}
