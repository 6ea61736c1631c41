/**
 * Schedulers: which trial runs how far.
 *
 * @module
 */
export { asha } from "./asha.ts";
export type { AshaOptions } from "./asha.ts";
export * from "./asha_stopping.ts";
export * from "./full_fidelity.ts";
export * from "./hyperband.ts";
export * from "./median_stopping.ts";
export * from "./scheduler.ts";
export * from "./successive_halving.ts";
