/** The config of a run as its program resolved it, which is known only after the start. */
import { configFactors } from "./_config_factors.ts";
import { sourceOf } from "./_describe_run.ts";
import type { FactorRecord } from "./_factor_record.ts";
import { writeFactors } from "./_factor_store.ts";
import { plainConfig } from "./_logger_support.ts";
import type { LoggerSettings } from "./_logger_settings.ts";
import { FACTOR_RECORD } from "./_run_shapes.ts";
import type { NewRun, Registered } from "./_run_store.ts";
import { either, listOf, objectOf, type Shape, TEXT } from "./_shapes.ts";
import type { Connection } from "./driver.ts";
import type { RunEnvironment } from "./environment.ts";
import { hideConfig } from "./_hide_secrets.ts";
import { sealOf } from "./seal.ts";
import { secretsInData } from "../internal/hidden_secrets.ts";
import { decodeJson, encodeJson } from "../internal/json.ts";
import { isRecord } from "../internal/objects.ts";
import type { LateRecord } from "../internal/run_inputs.ts";
import { hashStructure, structureOf } from "../internal/structure.ts";

/** What a late record says of a config. */
export type LateConfig = Pick<LateRecord, "config" | "seed" | "unsettled">;

/** A config that replaces the one that was recorded; as JSON it is a line of a spill file. */
export interface ConfigRecord {
  readonly config: string;
  readonly configTypes: string | null;
  readonly structuralHash: string | null;
  readonly provenance: string | null;
  readonly seed: string | null;
  /** The environment of the attempt; its seal covers the config. */
  readonly environment: string;
  /** The configs that the attempt has recorded until now, as JSON; a line of an earlier version has none. */
  readonly earlier?: readonly string[];
  /** The factors of the dimension `config`. */
  readonly factors: FactorRecord;
}

/**
 * Makes the record of a config that became known late.
 *
 * @param settings The settings of the logger.
 * @param run The run as it was recorded.
 * @param late What became known: a config, a seed.
 */
export async function lateConfig(
  settings: LoggerSettings,
  run: NewRun,
  late: LateConfig,
): Promise<ConfigRecord> {
  const source = sourceOf(settings.config);
  const plain = configOf(settings, late);
  const encoded = encodeJson(plain);
  const history = source?.history();
  const shown = hideConfig(plain, history ?? {}, [
    ...secretsInData(plainConfig(settings.config)),
    ...secretsInData(plain),
  ]);
  const environment = JSON.parse(run.environment) as RunEnvironment;
  const { argv, cwd, command = argv } = environment;
  const seal = cwd === undefined || command === undefined
    ? undefined
    : sealOf({ command, cwd, config: shown.config });
  const seed = run.seed ?? late.seed ?? null;
  return {
    config: shown.config.text,
    configTypes: shown.config.types.length === 0
      ? null
      : JSON.stringify(shown.config.types),
    structuralHash: await hashStructure(structureOf(plain)),
    provenance: history === undefined ? null : encodeJson(shown.history).text,
    seed,
    environment: JSON.stringify({
      ...environment,
      ...(seal !== undefined && { seal }),
    }),
    factors: configFactors({
      config: decodeJson(encoded.text, encoded.types) as Record<
        string,
        unknown
      >,
      seed,
      words: source?.words?.() ?? argv?.slice(2),
      history,
      missing: late.unsettled ??
        (source?.unsettled === undefined ? [] : [source.unsettled]),
    }),
  };
}

/** Where the run is stored is not what its program resolves. */
function configOf(
  settings: LoggerSettings,
  { config }: LateConfig,
): Record<string, unknown> {
  const recorded = plainConfig(settings.config) as Record<string, unknown>;
  if (config === undefined) return recorded;
  const { experiment } = recorded;
  return experiment === undefined ? { ...config } : { experiment, ...config };
}

const NULL: Shape = (value, at) =>
  value === null ? undefined : `${at} is not null`;
const TEXT_OR_NULL: Shape = either(TEXT, NULL);

/** A line of a spill file. */
const LINE: Shape = objectOf({
  config: TEXT,
  environment: TEXT,
  factors: FACTOR_RECORD,
}, {
  earlier: listOf(TEXT),
  configTypes: TEXT_OR_NULL,
  structuralHash: TEXT_OR_NULL,
  provenance: TEXT_OR_NULL,
  seed: TEXT_OR_NULL,
});

/** Reads a record from a line of a spill file; `undefined` if the line is not one. */
export function configOfLine(line: unknown): ConfigRecord | undefined {
  return isRecord(line) && LINE(line, "config") === undefined
    ? line as unknown as ConfigRecord
    : undefined;
}

/**
 * Writes a config instead of the one that was recorded. An attempt that resumes a run leaves the run's config as it
 * is, as its start does, unless that is one that it recorded itself: then the attempt before it ended before it knew
 * more. The caller has begun a transaction.
 */
export function writeConfig(
  connection: Connection,
  of: Registered,
  record: ConfigRecord,
): void {
  const { runId, attempt } = of;
  if (attempt === 1 || isOwn(connection, runId, record)) {
    const { config, structuralHash, seed, configTypes = null } = record;
    connection.prepare(
      "UPDATE experiments SET config = ?, structural_hash = ?, seed = ? WHERE id = ?",
    ).run(config, structuralHash ?? null, seed ?? null, runId);
    connection.prepare(
      "UPDATE run_details SET config_types = ?, provenance = ? WHERE run_id = ?",
    ).run(configTypes, record.provenance ?? null, runId);
  }
  // Of a run with another config, the seal of the attempt says nothing, as it should.
  connection.prepare(
    "UPDATE attempts SET environment = ? WHERE run_id = ? AND attempt = ?",
  ).run(record.environment, runId, attempt);
  writeFactors(connection, of, [record.factors]);
}

/** Whether a run has a config that the attempt itself has recorded. */
function isOwn(
  connection: Connection,
  runId: number,
  { earlier = [] }: ConfigRecord,
): boolean {
  const row = connection.prepare("SELECT config FROM experiments WHERE id = ?")
    .get(runId);
  return earlier.some((config) => config === row?.["config"]);
}

const RECORDED =
  `SELECT e.config, e.structural_hash AS structuralHash, e.seed, d.config_types AS configTypes,
     d.provenance, a.environment FROM experiments e
   LEFT JOIN run_details d ON d.run_id = e.id
   LEFT JOIN attempts a ON a.run_id = e.id AND a.attempt = ? WHERE e.id = ?`;

/** Reads the config of a run as a line of a spill file, with its factors. */
export function recordedConfig(
  connection: Connection,
  { runId, attempt }: Registered,
  factors: FactorRecord,
): ConfigRecord | undefined {
  const row = connection.prepare(RECORDED).get(attempt, runId);
  return configOfLine({ ...row, factors });
}
