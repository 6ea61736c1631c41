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

/** Reads what {@linkcode signatureOf} wrote. */
export function dimensionsOf(signature: string): Dimension[] {
  const end = signature.lastIndexOf("]");
  const dimensions = readSignature(signature, end) as Omit<
    Dimension,
    "grid"
  >[];
  return dimensions.map((dimension) => ({ ...dimension, grid: [] }));
}

/** The types follow the text, if there are any. */
function readSignature(signature: string, end: number): unknown {
  try {
    return JSON.parse(signature.slice(0, end + 1));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The text of JSON has no line break, and a space outside of strings only before the types.
    for (
      let at = signature.lastIndexOf("] [");
      at > 0;
      at = signature.lastIndexOf("] [", at - 1)
    ) {
      try {
        const text = signature.slice(0, at + 1);
        return decodeJson(text, JSON.parse(signature.slice(at + 2)));
      } catch (inner) {
        if (!(inner instanceof SyntaxError)) throw inner;
      }
    }
    throw error;
  }
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
