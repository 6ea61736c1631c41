/** The factors of the machine that a run ran on. */
import {
  coverageOf,
  type FactorEntry,
  type FactorRecord,
  factorRecord,
  nothingOf,
} from "./_factor_record.ts";
import { attempt } from "../internal/attempt.ts";
import { isDeno } from "../internal/runtime.ts";
import type { RunEnvironment } from "./environment.ts";
import type { GpuFound } from "./_gpu.ts";

/** What only this process can know; a run of an earlier version has none of it. */
export interface LocalFacts {
  readonly timezone: string | undefined;
  readonly locale: string | undefined;
  readonly gpu: GpuFound;
  /** Whether this process only starts the program: its runtime is not that of the program. */
  readonly isLauncher: boolean;
}

type Locale = Pick<LocalFacts, "timezone" | "locale">;

/** The one of the last run; asking takes as long as storing all factors of a run. */
let known: { readonly offsets: string; readonly locale: Locale } | undefined;

/** Returns the time zone and the locale of this process. */
export function captureLocale(): Locale {
  const offsets = zoneOffsets();
  if (known?.offsets !== offsets) known = { offsets, locale: askLocale() };
  return known.locale;
}

/** What changes when a program sets another time zone. */
function zoneOffsets(): string {
  return [0, 6].map((month) => new Date(2026, month, 15).getTimezoneOffset())
    .join();
}

function askLocale(): Locale {
  const options = attempt(() => new Intl.DateTimeFormat().resolvedOptions());
  return { timezone: options?.timeZone, locale: options?.locale };
}

/** Where a part of the environment comes from. */
interface Part {
  readonly name: string;
  readonly value: string | undefined;
  /** Why it is missing. */
  readonly without: string;
}

/**
 * Returns the factors of an environment.
 *
 * @param environment What the run recorded.
 * @param local What is not in it; absent for a run of an earlier version.
 */
export function environmentFactors(
  environment: RunEnvironment,
  local?: LocalFacts,
): FactorRecord {
  const parts = partsOf(environment, local);
  const known = parts.filter(({ value }) => value !== undefined);
  if (known.length === 0) {
    const reason = "the environment was not recorded";
    return factorRecord("environment", [], nothingOf(reason));
  }
  const factors = known.map(({ name, value }): FactorEntry => [
    `environment:${name}`,
    value!,
  ]);
  const missing = parts.filter(({ value }) => value === undefined)
    .map(({ name, without }) => `${name}: ${without}`);
  return factorRecord("environment", factors, coverageOf(missing));
}

const OLD = "not recorded by the version of Ato that wrote the run";

function partsOf(environment: RunEnvironment, local?: LocalFacts): Part[] {
  const { runtime, os, cpu } = environment;
  const flag = (kind: string): string =>
    local !== undefined && isDeno()
      ? `not permitted; add --allow-sys=${kind}`
      : "not available";
  const ofProgram: Part[] = [
    {
      name: "runtime",
      value: join(runtime?.name, runtime?.version),
      without: "not available",
    },
    {
      name: "engine",
      value: runtime?.v8 === undefined ? undefined : `v8 ${runtime.v8}`,
      without: "not available",
    },
  ];
  return [
    ...local?.isLauncher ? [] : ofProgram,
    // Without its release, the system is not known.
    {
      name: "os",
      value: os?.release === undefined
        ? undefined
        : join(os.platform, os.release),
      without: flag("osRelease"),
    },
    { name: "arch", value: os?.arch, without: "not available" },
    {
      name: "cpu",
      value: cpu?.model === undefined
        ? undefined
        : `${cpu.count} x ${cpu.model}`,
      without: flag("cpus"),
    },
    ...localParts(local),
  ];
}

function localParts(local: LocalFacts | undefined): Part[] {
  const { gpu } = local ?? {};
  const without = local === undefined ? OLD : "not available";
  return [
    {
      name: "gpu",
      value: gpu?.value,
      without: gpu?.missing ?? without,
    },
    { name: "timezone", value: local?.timezone, without },
    { name: "locale", value: local?.locale, without },
  ];
}

function join(
  name: string | undefined,
  version: string | undefined,
): string | undefined {
  return name === undefined || version === undefined
    ? undefined
    : `${name} ${version}`;
}
