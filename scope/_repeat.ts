import { isPlainObject } from "../internal/objects.ts";
import { configAccess } from "../internal/config_access.ts";
import { decodeJson } from "../internal/json.ts";
import { repeatOrder } from "../internal/repeat_order.ts";
import { isSame } from "../internal/config_data.ts";

/** The config of the run that is repeated. */
export interface Recorded {
  /** The setter to show in the history. */
  readonly by: string;
  /** The whole config. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Returns the config that `ato repeat` passes to a scope.
 *
 * @param scope The name of the scope.
 * @returns the config; `undefined` if this process does not repeat a run, or a run of another scope.
 */
export function recordedConfig(scope: string): Recorded | undefined {
  const order = repeatOrder();
  if (order?.config === undefined) return undefined;
  if (order.scope !== undefined && order.scope !== scope) return undefined;
  const config = decodeJson(order.config, order.types ?? []);
  return { by: order.by, config: config as Recorded["config"] };
}

/**
 * Makes a config equal to a recorded one. Only what differs is written, so that the history still
 * shows what else set the keys.
 *
 * @param config The config.
 * @param recorded The recorded config.
 */
export function restoreConfig(
  config: object,
  recorded: Readonly<Record<string, unknown>>,
): void {
  const now = configAccess(config)!.data;
  const target = config as Record<string, unknown>;
  for (const key of Object.keys(now)) {
    if (!Object.hasOwn(recorded, key)) delete target[key];
  }
  for (const [key, value] of Object.entries(recorded)) {
    // A value that JSON cannot hold, such as a function, was not recorded.
    if (value === undefined && Object.hasOwn(now, key)) continue;
    const held = now[key];
    const isMapping = Object.hasOwn(now, key) &&
      configAccess(held) !== undefined && isPlainObject(value);
    if (isMapping) restoreConfig(held as object, value);
    else if (!Object.hasOwn(now, key) || !isSame(held, value)) {
      target[key] = value;
    }
  }
}
