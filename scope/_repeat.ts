import { isPlainObject } from "../internal/objects.ts";
import { configAccess } from "../internal/config_access.ts";
import { decodeJson } from "../internal/json.ts";
import { repeatOrder } from "../internal/repeat_order.ts";
import { isSame } from "../internal/config_data.ts";

/** The config that a run is repeated with. */
export interface Recorded {
  /** What to name as the one who set it. */
  readonly by: string;
  /** The whole config. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * The config that `ato repeat` wants a scope to have.
 *
 * @param scope The name of the scope.
 * @returns it, or `undefined` where this process repeats no run, or not one of this scope.
 */
export function recordedConfig(scope: string): Recorded | undefined {
  const order = repeatOrder();
  if (order?.config === undefined) return undefined;
  if (order.scope !== undefined && order.scope !== scope) return undefined;
  const config = decodeJson(order.config, order.types ?? []);
  return { by: order.by, config: config as Recorded["config"] };
}

/**
 * Makes a config equal to a recorded one; only what differs is written, so that the history tells
 * who else had a say.
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
    // What JSON cannot hold, such as a function, was never recorded.
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
