/**
 * Schedulers: which trial runs how far.
 *
 * @module
 */
export * from "./hyperband.ts";
export * from "./scheduler.ts";
export * from "./successive_halving.ts";
