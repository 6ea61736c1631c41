import { decodeJson, encodeJson } from "../../internal/json.ts";
import { configJson } from "./_values.ts";
import type { RecordedInput, Run } from "../../tracker/mod.ts";

/** The most inputs that are listed. */
const MOST_INPUTS = 1000;

/** What W&B has no place for, as the config key `ato` has it. */
export interface About {
  readonly format: "ato-run";
  readonly version: 1;
  readonly [key: string]: unknown;
}

/** An artifact whose file goes along with the run. */
export interface WandbArtifact {
  /** The path that the run recorded. */
  readonly path: string;
  /** Its path in the folder `files`. */
  readonly file: string;
}

/**
 * Collects what W&B has no place for: the identity, the status, the seed, fingerprints, inputs by their hashes,
 * artifacts, and what was renamed.
 *
 * @param run The run.
 * @param more The name of its project, its inputs, the columns of its metrics, and the files that go along.
 */
export function aboutRun(
  run: Run,
  more: {
    readonly project: string;
    readonly inputs: readonly RecordedInput[];
    readonly renamed: Readonly<Record<string, string>>;
    readonly files: readonly WandbArtifact[];
    readonly runtime: string | undefined;
    /** Whether keys of the config have other names at W&B. */
    readonly hasOtherKeys: boolean;
  },
): About {
  const { project, inputs, renamed, runtime } = more;
  const files = new Map(more.files.map(({ path, file }) => [path, file]));
  const { types, text } = encodeJson(run.config);
  const isPlain = types.length === 0 && !more.hasOtherKeys &&
    isSame(text, run.config);
  return {
    format: "ato-run",
    version: 1,
    uuid: run.uuid ?? null,
    project,
    status: run.status,
    ...(run.seed !== undefined && { seed: run.seed }),
    ...(run.error !== undefined && {
      error: { name: run.error.name, message: run.error.message },
    }),
    ...(run.tags.length > 0 && { tags: run.tags }),
    // W&B has a place for the version of Python alone.
    ...(runtime !== undefined && { runtime }),
    ...(run.structuralHash !== undefined && { structure: run.structuralHash }),
    ...(Object.keys(renamed).length > 0 && { metrics: renamed }),
    ...(!isPlain && { config: text, configTypes: types }),
    ...(run.artifacts.length > 0 && {
      artifacts: run.artifacts.map((
        { path, type, size, sha256, metadata },
      ) => ({
        path,
        ...{ type, size, sha256, metadata },
        ...(files.has(path) && { file: files.get(path) }),
      })),
    }),
    ...(run.fingerprints.length > 0 && {
      fingerprints: run.fingerprints.map(({ traceId, type, hash, calls }) => ({
        ...{ traceId, type, hash, calls },
      })),
    }),
    ...(inputs.length > 0 && {
      inputs: inputs.slice(0, MOST_INPUTS).map(inputOf),
      inputCount: inputs.length,
    }),
  };
}

/** The value of a variable stays at home, also as an HMAC. */
function inputOf({ name, kind, bytes, sha256 }: RecordedInput): object {
  return { name, kind, bytes, sha256 };
}

/** Whether the config is read back as it was from what W&B gets. */
function isSame(text: string, config: unknown): boolean {
  const back = encodeJson(decodeJson(configJson(config)));
  return back.types.length === 0 && back.text === text;
}
