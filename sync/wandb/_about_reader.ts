import { decodeJson, type TypeNote } from "../../internal/json.ts";
import { isRecord } from "../../internal/objects.ts";
import { storable } from "./_decode.ts";

/** What the config key `ato` says, as far as it has the form that Ato writes. */
export interface KnownAbout {
  readonly uuid?: string;
  readonly project?: string;
  readonly status?: string;
  readonly seed?: string;
  readonly tags?: readonly string[];
  readonly error?: { readonly name: string; readonly message: string };
  /** Metrics, by the columns that have other names. */
  readonly metrics: ReadonlyMap<string, string>;
  /** The config, if W&B cannot have it as it is. */
  readonly config?: Record<string, unknown>;
  readonly artifacts?: readonly {
    readonly path: string;
    readonly type?: string;
    readonly size?: number;
    readonly sha256?: string;
  }[];
}

/**
 * Finds what Ato wrote into a config. Anyone can write a config, so every part is checked.
 *
 * @param config The config of W&B.
 * @returns the key and what it says; `undefined` if the run is not from Ato.
 */
export function findAbout(
  config: Readonly<Record<string, unknown>>,
): { readonly key: string; readonly about: KnownAbout } | undefined {
  for (const [key, said] of Object.entries(config)) {
    if (!/^ato_*$/.test(key) || !isRecord(said)) continue;
    if (said["format"] !== "ato-run" || said["version"] !== 1) continue;
    return { key, about: readAbout(said) };
  }
  return undefined;
}

function readAbout(said: Record<string, unknown>): KnownAbout {
  const [uuid, project, status, seed] = ["uuid", "project", "status", "seed"]
    .map((key) => textOf(said[key]));
  const { tags, error, metrics, artifacts } = said;
  const config = configOf(said);
  return {
    ...(uuid !== undefined && { uuid }),
    ...(project !== undefined && { project }),
    ...(status !== undefined && { status }),
    ...(seed !== undefined && { seed }),
    ...(isTexts(tags) && {
      tags: tags.filter((tag) => tag !== "").map(storable),
    }),
    ...(isRecord(error) && typeof error["message"] === "string" && {
      error: {
        name: textOf(error["name"]) ?? "Error",
        message: storable(error["message"]),
      },
    }),
    metrics: new Map(
      Object.entries(isRecord(metrics) ? metrics : {}).filter((
        pair,
      ): pair is [string, string] => typeof pair[1] === "string")
        .map(([column, name]) => [column, storable(name)]),
    ),
    ...(config !== undefined && { config }),
    ...(Array.isArray(artifacts) && {
      artifacts: artifacts.flatMap((one) => artifactOf(one)),
    }),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== ""
    ? storable(value)
    : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) &&
    value.every((one) => typeof one === "string");
}

function configOf(
  said: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const { config, configTypes } = said;
  if (typeof config !== "string" || !Array.isArray(configTypes)) {
    return undefined;
  }
  try {
    const read = decodeJson(config, configTypes as TypeNote[]);
    return isRecord(read) ? read : undefined;
  } catch {
    // Not what Ato wrote: the config that W&B has counts.
    return undefined;
  }
}

function artifactOf(one: unknown): NonNullable<KnownAbout["artifacts"]> {
  if (!isRecord(one)) return [];
  const path = textOf(one["path"]);
  const [type, sha256, size] = [
    textOf(one["type"]),
    textOf(one["sha256"]),
    one["size"],
  ];
  if (path === undefined) return [];
  return [{
    path,
    ...(type !== undefined && { type }),
    ...(Number.isSafeInteger(size) && { size: size as number }),
    ...(sha256 !== undefined && { sha256 }),
  }];
}
