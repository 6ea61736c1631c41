/** Configs in the form in which the journal keeps them. */
import { decodeJson, encodeJson } from "../../internal/json.ts";
import type { Dimension, Point, Space } from "../spaces/space.ts";
import type { StoredConfig } from "./events.ts";

/** Writes a space in normal form; the grid is left out, since points do not depend on it. */
export function signatureOf(space: Space<unknown>): string {
  const dimensions = space.dimensions.map(
    ({ grid: _grid, ...dimension }: Dimension) => dimension,
  );
  const { text, types } = encodeJson(dimensions);
  return types.length === 0 ? text : `${text} ${JSON.stringify(types)}`;
}

/** Tells whether JSON keeps every config of a space as it is. */
export function isPlain(space: Space<unknown>): boolean {
  return space.dimensions.every(({ choices }) => {
    const { text, types } = encodeJson(choices);
    return types.length === 0 && JSON.stringify(choices) === text;
  });
}

/** Returns the config of a point in the form in which the journal keeps it. */
export function storedConfig(
  space: Space<unknown>,
  point: Point,
  options: { readonly plain: boolean; readonly hash: string },
): StoredConfig {
  const config = space.toConfig(point);
  const { plain, hash } = options;
  return plain
    ? { config, point, hash }
    : { encoded: JSON.stringify(encodeJson(config)), point, hash };
}

/** Reads the config of an event. */
export function configOf({ config, encoded }: StoredConfig): unknown {
  if (encoded === undefined) return config;
  const { text, types } = JSON.parse(encoded);
  return decodeJson(text, types);
}
