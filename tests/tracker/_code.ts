/** Code records as a scope would give them, for the tests. */
import {
  type BlindSpot,
  type CodeDependency,
  type CodeRecord,
  type DeepRecord,
  RUN_SOURCE,
  type RunSource,
  SQLLogger,
} from "../../tracker/mod.ts";
import { configIn } from "./_helpers.ts";

/** `utils.ts#scale=h1`, or `data.json=h1 json`: id, hash and kind of a dependency. */
export function dependency(text: string): CodeDependency {
  const [, id, hash, kind = "function"] = /^(.*)=(\S*)(?: (\S+))?$/.exec(text)!;
  return {
    id: id!,
    kind: kind as CodeDependency["kind"],
    hash: hash!,
    ...(kind !== "package" && { source: `source of ${hash}` }),
  };
}

/** What a test says of the code of a run; the rest is as usual. */
export interface CodeOptions {
  readonly hash?: string;
  readonly own?: string;
  readonly deep?: string;
  readonly graph?: string;
  /** As {@linkcode dependency} reads them. */
  readonly uses?: Readonly<Record<string, string>>;
  readonly dependencies?: readonly string[];
  readonly packages?: Readonly<Record<string, string>>;
  readonly modules?: Readonly<Record<string, string>>;
  readonly blindSpots?: readonly BlindSpot[];
}

/** The record of one trace. */
export function code(traceId: string, options: CodeOptions = {}): CodeRecord {
  const hash = options.hash ?? "c1";
  const uses = options.uses;
  const deep: DeepRecord = {
    hash: options.deep ?? "d1",
    graph: options.graph ?? "g1",
    ...(options.own !== undefined && { own: options.own }),
    dependencies: (options.dependencies ?? []).map(dependency),
    packages: options.packages ?? {},
    globals: ["Math"],
    blindSpots: options.blindSpots ?? [],
    modules: options.modules ?? {},
  };
  return {
    traceId,
    hash,
    source: `source of ${hash}`,
    ...(uses && {
      uses,
      usesSources: Object.fromEntries(
        Object.entries(uses).map(([name, one]) => [name, `source of ${one}`]),
      ),
    }),
    deep,
  };
}

/** A run source that knows these records. */
export function sourceOf(records: readonly CodeRecord[]): RunSource {
  return {
    name: "config",
    history: () => ({}),
    codeRecords: () => Promise.resolve(records),
    onCode: () => () => {},
    onOutput: () => () => {},
  };
}

/** Writes a run with these records, and gives its id. */
export async function runWith(
  folder: string,
  records: readonly CodeRecord[],
  resume?: { run: number; step: number },
): Promise<number> {
  const config = { ...configIn(folder), [RUN_SOURCE]: sourceOf(records) };
  const logger = new SQLLogger(config, { onError: "throw" });
  const id = await logger.run(resume && { resume });
  await logger.finish();
  return id;
}
