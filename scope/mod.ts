/**
 * Configs built from named views, the command line and lazy views. A scope can always say who set
 * what.
 *
 * @module
 */
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
export type { AnyFunction, CodeUses } from "../fingerprint/mod.ts";
export type { HistoryEntry, Origin } from "../internal/run_source.ts";
export type { Argv } from "./argv.ts";
export {
  type AssignmentWord,
  type CommandLineWord,
  type KeyPath,
  parseCommandLine,
  type ViewWord,
} from "./command_line.ts";
export {
  CommandLineError,
  type CommandLinePlace,
  ScopeUsageError,
  UnknownKeyError,
  UnknownViewError,
  ViewChainError,
} from "./errors.ts";
export type {
  FlagParser,
  NodeParsed,
  ParsedFlags,
  StdParsed,
  UseOptions,
} from "./external_parser.ts";
export {
  type InputOptions,
  MissingInputError,
} from "../internal/given_inputs.ts";
export { formatValue } from "../internal/format_value.ts";
export { type AnyScope, type MultiConfig, MultiScope } from "./multi_scope.ts";
export { quote } from "../internal/quote.ts";
export {
  type InputPath,
  type MainFunction,
  type Pause,
  Scope,
  type ScopeOptions,
} from "./scope.ts";
export type {
  RuntimeTraceOptions,
  RuntimeTracer,
  TraceableFunction,
  TraceOptions,
  Tracer,
} from "./trace.ts";
export type {
  PartialConfig,
  ViewFunction,
  ViewOptions,
  ViewRegistrar,
} from "./view.ts";
