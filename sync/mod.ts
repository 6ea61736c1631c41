/**
 * Runs that travel: to other tools and to other machines.
 *
 * @module
 */
export type { WandbArtifact } from "./wandb/_about.ts";
export { wandbProjectName } from "./wandb/_names.ts";
export { isWandbLog } from "./wandb/_log_reader.ts";
export { readWandbRun, type WandbRun } from "./wandb/read_run.ts";
export type { WandbItems } from "./wandb/_records.ts";
export { wandbRunFolder, wandbRunId } from "./wandb/run_id.ts";
export {
  type WandbLog,
  type WandbLogOptions,
  writeWandbLog,
} from "./wandb/write_log.ts";
