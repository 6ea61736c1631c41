/**
 * Configs built from named views, the command line and lazy views, that can always say who set what.
 *
 * @module
 */
export * from "./argv.ts";
export * from "./command_line.ts";
export * from "./errors.ts";
export * from "./format_value.ts";
export * from "./quote.ts";
export * from "./scope.ts";
export * from "./trace.ts";
export * from "./view.ts";
export type {
  FlagParser,
  NodeParsed,
  ParsedFlags,
  StdParsed,
  UseOptions,
} from "./external_parser.ts";
export * from "./multi_scope.ts";
export type { CodeUses } from "../fingerprint/code.ts";
export type { AnyFunction } from "../fingerprint/function_text.ts";
export type { HistoryEntry, Origin } from "../internal/run_source.ts";
export type {
  ADict,
  ADictConstructor,
  ADictMethods,
  ComposeOptions,
  DumpOptions,
  LooseConfig,
  LooseValue,
  UpdateOptions,
} from "../adict/mod.ts";
