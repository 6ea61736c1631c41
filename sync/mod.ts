/**
 * Runs that travel: to other tools and to other machines.
 *
 * @module
 */
export { wandbRunFolder, wandbRunId } from "./wandb/run_id.ts";
export {
  type WandbLog,
  type WandbLogOptions,
  writeWandbLog,
} from "./wandb/write_log.ts";
