/** The description of a run when it starts. */
import { randomUUID } from "node:crypto";
import { type Encoded, encodeJson } from "../internal/json.ts";
import { RUN_SOURCE, type RunSource } from "../internal/run_source.ts";
import { pathInProject, wordInProject } from "../internal/mirror_place.ts";
import { plainConfig, structuralHash } from "./_logger_support.ts";
import type { LoggerSettings } from "./_logger_settings.ts";
import { identifyProcess } from "../internal/process_identity.ts";
import type { NewRun } from "./_run_store.ts";
import type { TrackerConfig } from "./db_path.ts";
import type { Driver } from "./driver.ts";
import { withoutSecrets } from "./_hide_secrets.ts";
import { startFactors } from "./_describe_factors.ts";
import type { FactorRecord } from "./_factor_record.ts";
import { askGpu } from "./_gpu.ts";
import { captureEnvironment, type RunEnvironment } from "./environment.ts";
import type { RunOptions } from "./logger_options.ts";
import { sealOf } from "./seal.ts";

/** Returns the scope that a config belongs to, if it belongs to one. */
export function sourceOf(config: TrackerConfig): RunSource | undefined {
  const source = (config as Record<symbol, unknown>)[RUN_SOURCE];
  return source as RunSource | undefined;
}

/** A run that is about to start. */
export interface DescribedRun {
  readonly run: NewRun;
  /** Factors of its environment that are not known yet. */
  readonly late?: Promise<FactorRecord>;
}

/** Describes a run that is about to start. */
export async function describeRun(
  settings: LoggerSettings,
  driver: Driver,
  options: RunOptions,
): Promise<DescribedRun> {
  const { config, project, now } = settings;
  // The answer comes while git is asked.
  void askGpu();
  const source = sourceOf(config);
  const plain = plainConfig(config) as Readonly<Record<string, unknown>>;
  const encoded = encodeJson(plain);
  const captured = await captureEnvironment();
  const history = source?.history();
  const shown = withoutSecrets(plain, history ?? {}, captured);
  const provenance = history && shown.history;
  const environment = describeEnvironment(shown, driver, source);
  const seed = options.seed === undefined ? null : String(options.seed);
  const { factors, late } = await startFactors({
    config: encoded,
    seed,
    history,
    environment,
    words: source?.words?.() ?? captured.argv?.slice(2),
    snapshot: settings.snapshot,
    isLauncher: source?.isLauncher === true,
    unsettled: source?.unsettled,
  });
  const run: NewRun = {
    uuid: randomUUID(),
    project,
    config: shown.config.text,
    configTypes: shown.config.types.length === 0
      ? null
      : JSON.stringify(shown.config.types),
    structuralHash: await structuralHash(config),
    tags: JSON.stringify(options.tags ?? []),
    name: options.name ?? null,
    notes: options.notes ?? null,
    parentId: null,
    seed,
    startedAt: Math.trunc(now()),
    provenance: provenance === undefined ? null : encodeJson(provenance).text,
    environment: JSON.stringify(environment),
    process: identifyProcess(),
    factors,
  };
  return { run, ...(late !== undefined && { late }) };
}

function describeEnvironment(
  { config, environment }: {
    readonly config: Encoded;
    readonly environment: RunEnvironment;
  },
  driver: Driver,
  source: RunSource | undefined,
): RunEnvironment {
  const captured = inProject(environment);
  const { cwd, command = captured.argv } = captured;
  const seal = cwd === undefined || command === undefined
    ? undefined
    : sealOf({ command, cwd, config });
  return {
    ...captured,
    ...(seal !== undefined && { seal }),
    ...(source && { scope: source.name }),
    sqlite: { driver: driver.name, version: driver.sqliteVersion },
  };
}

/** In a mirror, the project's own paths are recorded, so that the run can be repeated when the mirror is gone. */
function inProject(captured: RunEnvironment): RunEnvironment {
  const { cwd, script, argv, command } = captured;
  return {
    ...captured,
    ...(cwd !== undefined && { cwd: pathInProject(cwd) }),
    ...(script !== undefined && { script: wordInProject(script) }),
    ...(argv !== undefined && { argv: argv.map(wordInProject) }),
    ...(command !== undefined && { command: command.map(wordInProject) }),
  };
}
