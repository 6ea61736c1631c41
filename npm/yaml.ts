/**
 * Stand-in for `@std/yaml` over `js-yaml`: what writes YAML.
 *
 * @module
 */
import { dump, YAMLException } from "js-yaml";

/** Options of {@linkcode stringify}. */
export interface StringifyOptions {
  /** Spaces a level. @default 2 */
  indent?: number;
  /** Leave out what YAML has no type for, instead of throwing. @default false */
  skipInvalid?: boolean;
  /** Sort the keys. @default false */
  sortKeys?: boolean | ((a: string, b: string) => number);
  /** Fold lines longer than this; -1 folds none. @default 80 */
  lineWidth?: number;
  /** Write a repeated object once and refer to it. @default true */
  useAnchors?: boolean;
}

/**
 * Writes data as one YAML document.
 *
 * @param data Plain data.
 * @param options Layout.
 * @returns the text, with a line break at its end.
 * @throws {TypeError} for what YAML has no type for, unless `skipInvalid` is set.
 */
export function stringify(
  data: unknown,
  options: StringifyOptions = {},
): string {
  const { useAnchors = true, indent = 2, ...rest } = options;
  try {
    return dump(data, {
      ...rest,
      indent,
      // A mapping in a list begins beside its dash only where it lines up.
      seqInlineFirst: indent === 2,
      noRefs: !useAnchors,
    });
  } catch (error) {
    if (error instanceof YAMLException) {
      throw new TypeError(`Cannot stringify: ${error.reason}`, {
        cause: error,
      });
    }
    throw error;
  }
}
