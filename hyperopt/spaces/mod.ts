/**
 * Search spaces: what a search may change, and between which values.
 *
 * @module
 */
export * from "./conditional.ts";
export * from "./config_of.ts";
export * from "./define_space.ts";
export * from "./errors.ts";
export * from "./parameter.ts";
export * from "./space.ts";
export * from "./spec.ts";
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
} from "../../adict/mod.ts";
