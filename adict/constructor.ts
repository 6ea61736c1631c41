import type { ADict } from "./adict.ts";
import type { ComposeOptions } from "./compose.ts";
import type { ADictMethods } from "./methods.ts";
import type { HydraOptions, MmConfigOptions } from "../readers/mod.ts";
import type { LooseConfig } from "../internal/loose_config.ts";

/** The content of a file: one config, or a list of configs for `ADictFile<MyConfig[]>`. */
export type ADictFile<T extends object> = T extends readonly (infer Item)[]
  ? Item extends object ? ADict<Item>[] : never
  : ADict<T>;

/** The constructor of {@linkcode ADict}, and its static methods. */
export interface ADictConstructor {
  /**
   * Makes a config from plain data, which is copied.
   *
   * @param init An object, a `Map` or another config.
   * @returns the config, typed as its data.
   * @throws {TypeError} If the data has no keys.
   * @throws {NestingError} If the data contains itself, or nests more than 500 levels deep.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = new ADict({ lr: 0.1, model: { depth: 50 } });
   * assertEquals(config.model.depth, 50);
   * ```
   */
  new <T extends object = LooseConfig>(init?: T): ADict<T>;

  /** The methods of all configs; `config instanceof ADict` uses it. */
  readonly prototype: ADictMethods;

  /**
   * Makes a config that creates missing mappings when they are written:
   * `config.model.backbone.layers = [64]` creates the mappings on the way. Reading a missing key creates
   * nothing, but returns an object: use `has`, or `get` with a fallback.
   *
   * @param init The initial data.
   * @returns the config.
   * @throws {TypeError} If the data has no keys.
   * @throws {NestingError} If the data contains itself, or nests more than 500 levels deep.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   *
   * const config = ADict.auto();
   * config.model.backbone.layers = [64];
   * assertEquals(config.toObject(), { model: { backbone: { layers: [64] } } });
   * ```
   */
  auto<T extends object = LooseConfig>(init?: T): ADict<T>;

  /**
   * Reads a config file.
   *
   * @param path A `.json`, `.jsonl`, `.yaml`, `.yml`, `.toml` or `.xyz` file.
   * @returns the config. A file with a list of mappings is returned as an array of configs; state it in
   * the type: `ADict.fromFile<MyConfig[]>("runs.jsonl")`.
   * @throws {ConfigSyntaxError} If its text breaks the rules of its format, with line and column.
   * @throws {ConfigFileError} If the file cannot be read, or its format is unknown.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   * import { mkdtemp, rm, writeFile } from "node:fs/promises";
   * import { tmpdir } from "node:os";
   *
   * const folder = await mkdtemp(`${tmpdir()}/ato-`);
   * await writeFile(`${folder}/config.yaml`, "lr: 0.1\nmodel: { depth: 50 }\n");
   * const config = await ADict.fromFile<{ lr: number }>(`${folder}/config.yaml`);
   * assertEquals(config.lr, 0.1);
   *
   * await writeFile(`${folder}/runs.jsonl`, '{"lr": 0.1}\n{"lr": 0.2}\n');
   * const runs = await ADict.fromFile<{ lr: number }[]>(`${folder}/runs.jsonl`);
   * assertEquals(runs.map((run) => run.lr), [0.1, 0.2]);
   * await rm(folder, { recursive: true });
   * ```
   */
  fromFile<T extends object = LooseConfig>(
    path: string | URL,
  ): Promise<ADictFile<T>>;

  /**
   * Reads an OpenMMLab config, a Python file, and its bases. The file is not run: code that is more than
   * data is an error. `docs/openmmlab.md` lists what is supported.
   *
   * @param path A `.py` file; also a `.json` or `.yaml` file with `_base_`.
   * @param options The folders of the packages that bases are read from.
   * @returns the config. Tuples are arrays; the float 1.0 and the int 1 are the same number; an int
   * beyond 2^53 is a bigint. `originsOf` returns the line that set each key.
   * @throws {MmConfigError} If the file is not Python, is more than data, or is wrong.
   * @throws {MmBaseError} If a base is missing, is its own base, or sets a key of another base.
   * @throws {MmLimitError} If the file needs more work or memory than a config may use.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   * import { mkdtemp, rm, writeFile } from "node:fs/promises";
   * import { tmpdir } from "node:os";
   *
   * const folder = await mkdtemp(`${tmpdir()}/ato-`);
   * await writeFile(`${folder}/base.py`, "model = dict(type='ResNet', depth=50)\n");
   * await writeFile(
   *   `${folder}/run.py`,
   *   "_base_ = './base.py'\nmodel = dict(depth=101)\nlr = 0.1 * 2\n",
   * );
   * const config = await ADict.fromMmConfig(`${folder}/run.py`);
   * assertEquals(config.toObject(), { model: { type: "ResNet", depth: 101 }, lr: 0.2 });
   * await rm(folder, { recursive: true });
   * ```
   */
  fromMmConfig<T extends object = LooseConfig>(
    path: string | URL,
    options?: MmConfigOptions,
  ): Promise<ADict<T>>;

  /**
   * Composes a config from a folder of Hydra configs, as Hydra's own `compose()` does: the primary config
   * with its defaults list, then the overrides. Interpolations stay as they are until `resolve()`.
   * `docs/hydra.md` lists what is supported.
   *
   * @param options The folder, the name of the primary config, and the overrides.
   * @returns the config, without its `hydra` node. `originsOf` returns the line, or the override, that
   * set each key.
   * @throws {HydraError} If a config, an option or a key is missing, or a defaults list is wrong.
   * @throws {HydraOverrideError} If an override breaks the grammar, or sets a missing key.
   * @throws {ConfigSyntaxError} If a file is not YAML.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   * import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
   * import { tmpdir } from "node:os";
   *
   * const configDir = await mkdtemp(`${tmpdir()}/ato-`);
   * await mkdir(`${configDir}/model`);
   * await writeFile(`${configDir}/config.yaml`, "defaults: [{ model: small }, _self_]\nlr: 0.1\n");
   * await writeFile(`${configDir}/model/small.yaml`, "depth: 18\nlr: ${lr}\n");
   * await writeFile(`${configDir}/model/large.yaml`, "depth: 101\nlr: ${lr}\n");
   *
   * const config = await ADict.fromHydra({
   *   configDir,
   *   overrides: ["model=large", "lr=0.01", "+seed=1"],
   * });
   * assertEquals(config.resolve().toObject(), {
   *   model: { depth: 101, lr: 0.01 },
   *   lr: 0.01,
   *   seed: 1,
   * });
   * await rm(configDir, { recursive: true });
   * ```
   */
  fromHydra<T extends object = LooseConfig>(
    options: HydraOptions,
  ): Promise<ADict<T>>;

  /**
   * Composes a config from a folder: a base file, then one file for each selected option of a group,
   * then overrides.
   *
   * @param options The folder, the selected options and the overrides.
   * @returns the config.
   * @throws {ConfigFileError} If a file is missing and `onMissing` is `"error"`.
   * @throws {ConfigSyntaxError} If a file breaks the rules of its format, or contains a list.
   * @throws {MissingKeyError} If a required key is missing.
   *
   * @example
   * ```ts
   * import { ADict } from "@ato/ato/adict";
   * import { assertEquals } from "@std/assert";
   * import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
   * import { tmpdir } from "node:os";
   *
   * const root = await mkdtemp(`${tmpdir()}/ato-`);
   * await mkdir(`${root}/model`);
   * await writeFile(`${root}/config.yaml`, "lr: 0.1\n");
   * await writeFile(`${root}/model/resnet50.toml`, "[model]\ndepth = 50\n");
   *
   * const config = await ADict.composeHierarchy({
   *   root,
   *   select: { model: "resnet50" },
   *   overrides: { "model.depth": 101 },
   *   required: ["model.depth"],
   * });
   * assertEquals(config.toObject(), { lr: 0.1, model: { depth: 101 } });
   * await rm(root, { recursive: true });
   * ```
   */
  composeHierarchy<T extends object = LooseConfig>(
    options: ComposeOptions,
  ): Promise<ADict<T>>;
}
