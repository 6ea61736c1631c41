/**
 * Searches over several processes or machines.
 *
 * @module
 */
export * from "./backend.ts";
export * from "./distributed_hyper_band.ts";
export * from "./in_process_backend.ts";
