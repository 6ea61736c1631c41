import { UserError } from "../../internal/errors.ts";
import { shortText } from "../../internal/key_path.ts";

/**
 * A Hydra config that cannot be composed: a file or an option that is not there, a defaults list that is
 * wrong, or values that do not go together.
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
  /** The config that it is about, as a defaults list names it: `model/resnet`. */
  readonly config: string;

  /**
   * Makes the error for a config.
   *
   * @param config The config.
   * @param reason What is wrong and how to mend it, without a final period.
   * @param options The cause.
   */
  constructor(config: string, reason: string, options?: ErrorOptions) {
    super(`Cannot compose "${config}": ${reason}`, options);
    this.name = "HydraError";
    this.config = config;
  }
}

/**
 * An override that breaks the grammar, or sets what cannot be set.
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
  /** The override, as it was given. */
  readonly override: string;

  /**
   * Makes the error for an override.
   *
   * @param override The override.
   * @param reason What is wrong and how to mend it, without a final period.
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
 * Something of Hydra that is not read, such as a search path that is no folder.
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

/** A mistake found where it is not at hand what it belongs to: that is said further out. */
export class HydraFault extends Error {}
