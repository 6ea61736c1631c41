import { UserError } from "../../internal/errors.ts";
import { shortText } from "../../internal/key_path.ts";
import type { Origin } from "../../internal/origin.ts";

/**
 * A Hydra config that cannot be composed: a file or an option is missing, a defaults list is wrong, or
 * values cannot be merged.
 *
 * @example
 * ```ts
 * import { ADict, HydraError } from "@ato/ato/adict";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const error = await assertRejects(
 *   () => ADict.fromHydra({ configDir: "/nowhere" }),
 *   HydraError,
 * );
 * assertEquals(error.config, "config");
 * ```
 */
export class HydraError extends UserError {
  /** The config with the error, as a defaults list names it: `model/resnet`. */
  readonly config: string;

  /**
   * Makes the error for a config.
   *
   * @param config The config.
   * @param reason The reason and how to fix it, without a final period.
   * @param options The cause.
   */
  constructor(config: string, reason: string, options?: ErrorOptions) {
    super(`Cannot compose "${config}": ${reason}`, options);
    this.name = "HydraError";
    this.config = config;
  }
}

/**
 * An override that breaks the grammar, or sets a key that cannot be set.
 *
 * @example
 * ```ts
 * import { ADict, HydraOverrideError } from "@ato/ato/adict";
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 *
 * const configDir = await mkdtemp(`${tmpdir()}/ato-`);
 * await writeFile(`${configDir}/config.yaml`, "lr: 0.1\n");
 * const error = await assertRejects(
 *   () => ADict.fromHydra({ configDir, overrides: ["lrr=0.2"] }),
 *   HydraOverrideError,
 * );
 * assertEquals(error.override, "lrr=0.2");
 * await rm(configDir, { recursive: true });
 * ```
 */
export class HydraOverrideError extends UserError {
  /** The override, as the caller wrote it. */
  readonly override: string;

  /**
   * Makes the error for an override.
   *
   * @param override The override.
   * @param reason The reason and how to fix it, without a final period.
   * @param options The cause.
   */
  constructor(override: string, reason: string, options?: ErrorOptions) {
    super(
      `Cannot apply the override "${shortText(override)}": ${reason}`,
      options,
    );
    this.name = "HydraOverrideError";
    this.override = override;
  }
}

/**
 * A feature of Hydra that is not supported, such as a search path that is not a folder.
 *
 * @example
 * ```ts
 * import { ADict, HydraUnsupportedError } from "@ato/ato/adict";
 * import { assertRejects } from "@std/assert";
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 *
 * const configDir = await mkdtemp(`${tmpdir()}/ato-`);
 * await writeFile(
 *   `${configDir}/config.yaml`,
 *   "hydra: { searchpath: [s3://some/folder] }\n",
 * );
 * await assertRejects(() => ADict.fromHydra({ configDir }), HydraUnsupportedError);
 * await rm(configDir, { recursive: true });
 * ```
 */
export class HydraUnsupportedError extends HydraError {
  /** The name of the class. */
  override name = "HydraUnsupportedError";
}

/**
 * An interpolation (`${model.lr}`) that has no value: it breaks the grammar, names a missing key, or its
 * resolver throws.
 *
 * @example
 * ```ts
 * import { ADict, InterpolationError } from "@ato/ato/adict";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const config = new ADict({ model: { lr: "${optimizer.lr}" } });
 * const error = assertThrows(() => config.resolve(), InterpolationError);
 * assertEquals(error.path, "model.lr");
 * ```
 */
export class InterpolationError extends UserError {
  /** The key path of the value with the interpolation, as `formatPath` writes it. */
  readonly path: string;
  /** The line of the file that set it, if it is known. */
  readonly origin?: Origin;

  /**
   * Makes the error for a value.
   *
   * @param path The key path of the value.
   * @param reason The reason and how to fix it, without a final period.
   * @param origin The line that set it.
   * @param options The cause.
   */
  constructor(
    path: string,
    reason: string,
    origin?: Origin,
    options?: ErrorOptions,
  ) {
    super(
      `Cannot resolve "${shortText(path)}"${placeText(origin)}: ${reason}`,
      options,
    );
    this.name = "InterpolationError";
    this.path = path;
    if (origin !== undefined) this.origin = origin;
  }
}

/** ` (file:line)`, or ` (command line: lr=0.1)`. */
export function placeText(origin: Origin | undefined): string {
  if (origin === undefined) return "";
  return origin.word === undefined
    ? ` (${origin.file}:${origin.line})`
    : ` (override ${origin.word})`;
}

/**
 * Interpolations that need the values of each other.
 *
 * @example
 * ```ts
 * import { ADict, InterpolationCycleError } from "@ato/ato/adict";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const config = new ADict({ a: "${b}", b: "${a}" });
 * const error = assertThrows(() => config.resolve(), InterpolationCycleError);
 * assertEquals(error.chain, ["a", "b", "a"]);
 * ```
 */
export class InterpolationCycleError extends InterpolationError {
  /** The key paths: each needs the next, and the last is the same as the first. */
  readonly chain: readonly string[];

  /**
   * Makes the error for a cycle.
   *
   * @param chain The key paths.
   * @param origin The line that set the first one.
   */
  constructor(chain: readonly string[], origin?: Origin) {
    super(
      chain[0] ?? "",
      `the interpolations need each other: ${chain.join(" -> ")}`,
      origin,
    );
    this.name = "InterpolationCycleError";
    this.chain = chain;
  }
}

/**
 * A mandatory value (`???`) that was not given.
 *
 * @example
 * ```ts
 * import { ADict, MandatoryValueError } from "@ato/ato/adict";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const config = new ADict({ data: { root: "???" } });
 * const error = assertThrows(() => config.resolve(), MandatoryValueError);
 * assertEquals(error.path, "data.root");
 * ```
 */
export class MandatoryValueError extends InterpolationError {
  /** The name of the class. */
  override name = "MandatoryValueError";
}

/** A syntax error in an interpolation whose key is not known yet. */
export class GrammarFault extends Error {}

/** An error whose config or override is not known yet; the caller adds it. */
export class HydraFault extends Error {}
