/**
 * Hubs: where the runs of a team meet.
 *
 * @module
 */
export type { Sent } from "./_counting_store.ts";
export type { SearchesTaken } from "./_pull_searches.ts";
export type { SearchesSent } from "./_push_searches.ts";
export type { TakeOptions, TakeProgress, TakeResult } from "./_pull.ts";
export type { HubSendOptions, HubSendResult, SendProgress } from "./_push.ts";
export { HubError, type HubProblem, shownUrl } from "./errors.ts";
export {
  gcHub,
  type GcOptions,
  type GcResult,
  type HubStatus,
  hubStatus,
  initHub,
} from "./gc.ts";
export { type PullOptions, type PullResult, pullRuns } from "./pull.ts";
export { type PushOptions, type PushResult, pushRuns } from "./push.ts";
