/**
 * Observers of programs: what they load into a process to see what it reads.
 *
 * @module
 */
export type { Observation } from "../internal/observation.ts";
export { type Launch, pythonLaunch } from "./python/launch.ts";
