/**
 * Configs built from named views, the command line and lazy views, that can always say who set what.
 *
 * @module
 */
export * from "./command_line.ts";
export * from "./errors.ts";
export * from "./format_value.ts";
export * from "./path.ts";
