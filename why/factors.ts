/** The factors of a run: config values, code and environment. */
import type { Run } from "../tracker/mod.ts";
import { brief } from "../internal/text.ts";
import { rawValueText } from "../internal/value_text.ts";
import { assignment } from "./assignment.ts";
import { configLeaves } from "./config_differences.ts";

/** Something in which runs may differ. */
export interface Factor {
  /** Its name, e.g. `config lr`, `code trainStep`, `environment runtime`. */
  readonly name: string;
  /** What it is. */
  readonly kind: "config" | "code" | "environment";
  /** Its value as a text that can be compared and shown. */
  readonly value: string;
  /** The command-line word that sets a config value, if there is one. */
  readonly word?: string;
}

/**
 * Lists the factors of a run.
 *
 * @param run The run.
 * @returns the factors by name.
 */
export function factorsOf(run: Run): Map<string, Factor> {
  const factors = new Map<string, Factor>();
  const add = (
    kind: Factor["kind"],
    name: string,
    value: string | undefined,
    word?: string,
  ) => {
    if (value === undefined) return;
    const full = `${kind} ${name}`;
    factors.set(full, { name: full, kind, value, ...(word && { word }) });
  };
  for (const [path, value] of configLeaves(run.config)) {
    add("config", path, rawValueText(value), assignment(path, value));
  }
  for (const { type, traceId, hash, deep } of run.fingerprints) {
    if (type === "static") {
      add("code", traceId, brief(deep?.hash ?? hash, 8));
    }
  }
  const { runtime, os, lockFile } = run.environment;
  add(
    "environment",
    "runtime",
    runtime && `${runtime.name} ${runtime.version ?? ""}`,
  );
  add("environment", "machine", os && `${os.platform} ${os.arch}`);
  add("environment", "lock file", lockFile?.sha256.slice(0, 8));
  return factors;
}

/** Returns the names of the factors in which two runs differ. */
export function differingFactors(
  a: ReadonlyMap<string, Factor>,
  b: ReadonlyMap<string, Factor>,
): string[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => a.get(name)?.value !== b.get(name)?.value);
}
