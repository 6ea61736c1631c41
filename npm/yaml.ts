/**
 * Stand-in for `@std/yaml` over `js-yaml` 4: YAML 1.2 with timestamps, merges and binary.
 *
 * @module
 */
import { yaml, type YamlException } from "./_js_yaml.ts";
import { SCHEMA } from "./_yaml_schema.ts";

/** A YAML text that breaks the grammar; the message ends in `at line L, column C`. */
export class YamlSyntaxError extends SyntaxError {
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;

  /** Makes the error as `@std/yaml` words it. */
  constructor(message: string, position: { line: number; column: number }) {
    super(`${message} at line ${position.line}, column ${position.column}`);
    this.name = "YamlSyntaxError";
    this.line = position.line;
    this.column = position.column;
  }
}

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /** Later duplicates of a key win instead of being an error. @default false */
  allowDuplicateKeys?: boolean;
}

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
 * Reads one YAML document.
 *
 * @param content The text.
 * @param options Whether duplicate keys are allowed.
 * @returns its data; `null` for an empty text.
 * @throws {YamlSyntaxError} if the text breaks the grammar or has several documents.
 */
export function parse(content: string, options: ParseOptions = {}): unknown {
  const first = firstDocumentEnd();
  try {
    const json = options.allowDuplicateKeys ?? false;
    const { listener } = first;
    return yaml.load(content, { json, schema: SCHEMA, listener }) ?? null;
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    throw translate(error, content.replace(/^\uFEFF/, ""), first.offset());
  }
}

/** Notes where the first document ends. */
function firstDocumentEnd() {
  let depth = 0;
  let end: number | undefined;
  return {
    listener(event: "open" | "close", { position }: { position: number }) {
      depth += event === "open" ? 1 : -1;
      if (depth === 0) end ??= position;
    },
    offset: () => end ?? 0,
  };
}

function translate(
  { mark, reason }: YamlException,
  text: string,
  firstEnd: number,
): YamlSyntaxError {
  if (mark !== undefined) {
    const position = { line: mark.line + 1, column: mark.column + 1 };
    return new YamlSyntaxError(reason, position);
  }
  // Several documents: js-yaml gives no position for it.
  const gap = text.slice(firstEnd)
    .match(/^(?:\s|#.*)*(?:\.\.\.(?:\s|#.*)*)?/)?.[0] ?? "";
  const lines = text.slice(0, firstEnd + gap.length).split(/\r\n?|\n/);
  return new YamlSyntaxError(reason, {
    line: lines.length,
    column: lines[lines.length - 1]!.length + 1,
  });
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
  const { useAnchors = true, ...rest } = options;
  try {
    return yaml.dump(data, { ...rest, schema: SCHEMA, noRefs: !useAnchors });
  } catch (error) {
    if (error instanceof yaml.YAMLException) {
      throw new TypeError(`Cannot stringify: ${error.reason}`, {
        cause: error,
      });
    }
    throw error;
  }
}
