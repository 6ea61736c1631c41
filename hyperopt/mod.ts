/**
 * Hyperparameter search over the configs of a scope.
 *
 * @module
 */
export * from "./spaces/mod.ts";
