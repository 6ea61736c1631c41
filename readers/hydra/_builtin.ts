/**
 * The part of Hydra's own config that user configs need in order to name its groups. Its data is not
 * composed.
 *
 * @module
 */
import type { DefaultParts } from "./_default.ts";

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  env: ["default"],
  help: ["default"],
  hydra_help: ["default"],
  hydra_logging: ["default", "disabled", "hydra_debug", "none"],
  job_logging: ["default", "disabled", "none", "stdout"],
  launcher: ["basic"],
  output: ["default"],
  sweeper: ["basic"],
};

/** Groups whose options plugins provide, without a file. */
const OPEN: ReadonlySet<string> = new Set([
  "hydra_logging",
  "job_logging",
  "launcher",
  "sweeper",
]);

/** The path of Hydra's own config. */
export const HYDRA_CONFIG = "hydra/config";

/** Its defaults list. */
export const HYDRA_DEFAULTS: readonly DefaultParts[] = [
  ...["output", "launcher", "sweeper", "help", "hydra_help", "hydra_logging"],
  "job_logging",
  "callbacks",
  "env",
].map((name): DefaultParts => ({
  kind: "group",
  name,
  value: name === "callbacks"
    ? null
    : name === "launcher" || name === "sweeper"
    ? "basic"
    : "default",
}));

/** Tells whether Hydra itself has a group. */
export function isBuiltinGroup(path: string): boolean {
  return path === "hydra" ||
    (path.startsWith("hydra/") && Object.hasOwn(OPTIONS, path.slice(6)));
}

/** The name of the empty config that replaces a primary config of `null`. */
export const NO_CONFIG = "_dummy_empty_config_";

/** Tells whether Hydra itself has a config. */
export function isBuiltinConfig(path: string): boolean {
  if (path === HYDRA_CONFIG || path === NO_CONFIG) return true;
  const [, group, option] = /^hydra\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  return group !== undefined && Object.hasOwn(OPTIONS, group) &&
    OPTIONS[group]!.includes(option!);
}

/** Tells whether a plugin of Hydra may have a config. */
export function mayBePlugin(path: string): boolean {
  const [, group] = /^hydra\/([^/]+)\/[^/]+$/.exec(path) ?? [];
  return group !== undefined && OPEN.has(group);
}
