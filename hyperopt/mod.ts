/**
 * Hyperparameter search over the configs of a scope: search spaces, samplers, schedulers, studies and the
 * workers that run them, and {@linkcode HyperBand}.
 *
 * @module
 */
export { UserError } from "../internal/errors.ts";
export type { Action } from "./_drive.ts";
export type {
  HeldLock,
  JournalEntry,
  LeasedJob,
  QueuedJob,
  ReadOptions,
  SearchBackend,
  SearchJournal,
  WaitOptions,
} from "./distributed/backend.ts";
export { DistributedHyperBand } from "./distributed/distributed_hyper_band.ts";
export type { DistributedHyperBandOptions } from "./distributed/distributed_hyper_band.ts";
export { InProcessBackend } from "./distributed/in_process_backend.ts";
export type { InProcessBackendOptions } from "./distributed/in_process_backend.ts";
export { SearchFailedError, SearchUsageError } from "./errors.ts";
export type { FailedTrial } from "./errors.ts";
export { prepareDistributions } from "./grid_space.ts";
export type { DistributionConfig, Loosened } from "./grid_space.ts";
export { HyperBand } from "./hyper_band.ts";
export type { HyperBandOptions } from "./hyper_band.ts";
export type { HyperBandResult, LoggedConfig } from "./hyper_band_result.ts";
export { HyperOpt } from "./hyper_opt.ts";
export type {
  HyperOptOptions,
  Launcher,
  RunTrial,
  Search,
  SearchableScope,
  SearchMethod,
  SearchTracker,
  TrialConfig,
  TrialKeys,
} from "./hyper_opt.ts";
export { hypervolume } from "./objectives/hypervolume.ts";
export { OptunaStudyError } from "./optuna/errors.ts";
export { readOptunaStudy } from "./optuna/read_optuna_study.ts";
export type {
  OptunaStudy,
  OptunaTrial,
  ReadOptunaOptions,
} from "./optuna/read_optuna_study.ts";
export { writeOptunaStudy } from "./optuna/write_optuna_study.ts";
export type {
  OptunaExport,
  OptunaExportResult,
  OptunaState,
} from "./optuna/write_optuna_study.ts";
export { Progress } from "./progress.ts";
export type { ProgressOptions, ProgressStream } from "./progress.ts";
export { createRandom } from "./random.ts";
export type { Random } from "./random.ts";
export { autoSampler } from "./samplers/auto.ts";
export type { AutoSampler, AutoSamplerOptions } from "./samplers/auto.ts";
export { parameterImportance } from "./importance/parameter_importance.ts";
export type {
  Importance,
  ImportanceFacts,
  ImportanceOptions,
  ImportanceTrial,
  LeftOutTrials,
  PairShare,
  ParameterShare,
  VarianceShare,
} from "./importance/parameter_importance.ts";
export { bohbSampler } from "./samplers/bohb.ts";
export type { BohbOptions } from "./samplers/bohb.ts";
export { cmaEsSampler } from "./samplers/cma_es.ts";
export type { CmaEsOptions } from "./samplers/cma_es.ts";
export { gaussianProcessSampler } from "./samplers/gaussian_process.ts";
export type { GaussianProcessOptions } from "./samplers/gaussian_process.ts";
export { gridSampler } from "./samplers/grid.ts";
export { motpeSampler } from "./samplers/motpe.ts";
export type { MotpeOptions } from "./samplers/motpe.ts";
export { nsga2Sampler } from "./samplers/nsga2.ts";
export type { Nsga2Options } from "./samplers/nsga2.ts";
export { randomSampler } from "./samplers/random.ts";
export type { Observation, Sampler } from "./samplers/sampler.ts";
export { sobolSampler } from "./samplers/sobol.ts";
export type { SobolOptions } from "./samplers/sobol.ts";
export { tpeSampler } from "./samplers/tpe.ts";
export type { TpeOptions } from "./samplers/tpe.ts";
export { asha } from "./schedulers/asha.ts";
export type { AshaOptions } from "./schedulers/asha.ts";
export { ashaStopping } from "./schedulers/asha_stopping.ts";
export type { AshaStoppingOptions } from "./schedulers/asha_stopping.ts";
export { fullFidelity } from "./schedulers/full_fidelity.ts";
export type { FullFidelityOptions } from "./schedulers/full_fidelity.ts";
export { hyperband } from "./schedulers/hyperband.ts";
export type { HyperbandSchedulerOptions } from "./schedulers/hyperband.ts";
export { medianStopping } from "./schedulers/median_stopping.ts";
export type { MedianStoppingOptions } from "./schedulers/median_stopping.ts";
export type {
  Decision,
  JobDecision,
  NextOptions,
  PlannedRung,
  SchedulePlan,
  Scheduler,
} from "./schedulers/scheduler.ts";
export { successiveHalving } from "./schedulers/successive_halving.ts";
export type { SuccessiveHalvingOptions } from "./schedulers/successive_halving.ts";
export { Conditional, conditional } from "./spaces/conditional.ts";
export type { Branches } from "./spaces/conditional.ts";
export type {
  ConfigOf,
  GroupConfig,
  Merged,
  Nested,
  PythonValueOf,
  Simplify,
} from "./spaces/config_of.ts";
export { defineSpace } from "./spaces/define_space.ts";
export type { SpaceInput } from "./spaces/define_space.ts";
export { SpaceError } from "./spaces/errors.ts";
export {
  category,
  float,
  int,
  ordinal,
  Parameter,
} from "./spaces/parameter.ts";
export type { Definition, NumberOptions } from "./spaces/parameter.ts";
export type { Dimension, Point, Space } from "./spaces/space.ts";
export type { PythonParameter, SpaceNode, SpaceSpec } from "./spaces/spec.ts";
export type { Answer, AskOptions } from "./study/answer.ts";
export {
  StudyCopyError,
  StudyJournalError,
  StudyOwnedError,
  StudySettingError,
  StudyTrialError,
} from "./study/errors.ts";
export type { StudyHolder } from "./study/errors.ts";
export type {
  AbsentEvent,
  DroppedEvent,
  EndedEvent,
  EnqueuedEvent,
  ExtendedEvent,
  FailedEvent,
  LinkedEvent,
  OfAttempt,
  OpenedEvent,
  PlainEvent,
  ReleasedEvent,
  ReportedEvent,
  ReusedEvent,
  SessionStart,
  SettledEvent,
  StartedEvent,
  StoredConfig,
  StoredError,
  StudyEvent,
  Timed,
  WarmedEvent,
} from "./study/events.ts";
export { observationsFromRuns } from "./study/from_runs.ts";
export type { FromRunsOptions } from "./study/from_runs.ts";
export type {
  Checkpoint,
  Job,
  Outcome,
  Receipt,
  Verdict,
} from "./study/job.ts";
export type { Journal, StudyOwner } from "./study/journal.ts";
export { memoryJournal } from "./study/memory_journal.ts";
export type { MemoryJournalOptions } from "./study/memory_journal.ts";
export {
  type RankedTrial,
  type RankOptions,
  rankTrials,
} from "./study/rank_trials.ts";
export type { Constraint, StudyBudget, StudyOptions } from "./study/options.ts";
export { listStudies, readStudy } from "./study/read_study.ts";
export type {
  ProgressStep,
  RungView,
  StudySettings,
  StudyView,
} from "./study/study_view.ts";
export { simulate, virtualClock } from "./study/simulate.ts";
export type { SimulationOptions, VirtualClock } from "./study/simulate.ts";
export { sqliteJournal } from "./study/sqlite_journal.ts";
export type { SqliteJournalOptions } from "./study/sqlite_journal.ts";
export { runSharedStudy } from "./shared/run_shared_study.ts";
export type {
  RunSharedStudyOptions,
  SharedStudySettings,
} from "./shared/run_shared_study.ts";
export {
  controlSharedStudy,
  SharedStudyReader,
} from "./shared/shared_status.ts";
export type {
  HalvingResult,
  RefusedResult,
  SharedJobs,
  SharedMember,
  SharedStudyStatus,
} from "./shared/shared_status.ts";
export { planWorkers } from "./shared/plan_workers.ts";
export type { WorkersPlan } from "./shared/plan_workers.ts";
export { simulateSharedStudy } from "./shared/simulate_shared_study.ts";
export type {
  EngineCosts,
  SharedSimulation,
  SharedSimulationOptions,
} from "./shared/simulate_shared_study.ts";
export { connectSearch, registerEngine } from "./shared/connect_search.ts";
export type {
  ConnectSearchOptions,
  EngineConnector,
} from "./shared/connect_search.ts";
export { openStudy } from "./study/study.ts";
export type { Study, WarmObservation } from "./study/study.ts";
export type {
  BestTrial,
  RungResult,
  TrialStatus,
  TrialTimes,
  TrialView,
} from "./study/trial_view.ts";
export type { Trial } from "./trial.ts";
export { trialLogger } from "./trial_logger.ts";
export { wordsOf } from "./words_of.ts";
export type {
  ObjectiveResult,
  StudyObjective,
  TrialContext,
} from "./workers/objective.ts";
export { runStudy } from "./workers/run_study.ts";
export type { JobEnd, RunStudyOptions } from "./workers/run_study.ts";
export { WorkerDiedError, WorkerStartError } from "./workers/worker.ts";
export type {
  ADict,
  ADictConstructor,
  ADictFile,
  ADictMethods,
  ComposeOptions,
  DumpOptions,
  LooseConfig,
  LooseValue,
  UpdateOptions,
} from "../adict/mod.ts";
export type {
  Connection,
  ConnectOptions,
  Driver,
  ExperimentConfig,
  FinishOptions,
  MetricPointInput,
  OpenOptions,
  Row,
  RunOptions,
  SQLLogger,
  SQLLoggerOptions,
  SqlValue,
  Statement,
  TrackerConfig,
  UntypedConfig,
} from "../tracker/mod.ts";
