import { ADict, type HydraOptions } from "@ato/ato/adict";
import { writeAll } from "./_openmmlab_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** Files below a folder, by name without `.yaml`. */
export type Configs = Readonly<Record<string, string>>;

/** Writes configs below a folder. */
export function writeConfigs(folder: string, configs: Configs): void {
  writeAll(
    folder,
    Object.fromEntries(
      Object.entries(configs).map((
        [name, text],
      ) => [/\.\w+$/.test(name) ? name : `${name}.yaml`, text]),
    ),
  );
}

/** Composes configs and gives what `use` makes of the result. */
export async function composed<T>(
  configs: Configs,
  options: Omit<HydraOptions, "configDir">,
  use: (config: ADict, folder: string) => T,
): Promise<T> {
  let result: T | undefined;
  await withTempFolder(async (folder) => {
    writeConfigs(folder, configs);
    const config = await ADict.fromHydra({ configDir: folder, ...options });
    result = use(config as ADict, folder);
  });
  return result as T;
}

/** The data of composed configs. */
export function compose(
  configs: Configs,
  overrides: readonly string[] = [],
  options: Omit<HydraOptions, "configDir" | "overrides"> = {},
): Promise<unknown> {
  return composed(
    configs,
    { overrides, ...options },
    (config) => config.toObject(),
  );
}

/** Configs that have most of what there is. */
export const TREE: Configs = {
  config: `defaults:
  - db: mysql
  - optional extra: none_such
  - server@backup: apache
  - server: apache
  - _self_
  - override db/engine: innodb
lr: 0.1
name: run
deep: { a: { b: 1 }, list: [1, 2] }
empty: null
must: ???
`,
  "db/mysql":
    "defaults: [{ engine: myisam }, _self_]\ndriver: mysql\nport: 3306\n",
  "db/postgres": "driver: postgres\nuser: ${name}\n",
  "db/engine/myisam": "kind: myisam\n",
  "db/engine/innodb": "kind: innodb\n",
  "server/apache": "host: localhost\nport: 80\n",
  "server/nginx": "host: localhost\nport: 8080\n",
  "flat/one": "# @package _global_\nlr: 1\nmore: one\n",
  "flat/moved": "# @package some.where\nx: 1\n",
};
