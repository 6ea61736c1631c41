/** From the text of a module to its syntax tree, in which lines are those of the file. Loads the parser. */
import { type ESTree, parse } from "meriyah";
import { blankTypes } from "../deep/_read_source.ts";
import type { Form } from "./_facts.ts";

/**
 * Parses a module.
 *
 * @param text Its text, without a byte order mark.
 * @param form How it is written.
 * @returns the syntax tree, without types.
 * @throws {SyntaxError} If it does not parse.
 */
export async function parseProgram(
  text: string,
  form: Form,
): Promise<ESTree.Program> {
  const script = form === "ts" || form === "cts" ? withoutTypes(text) : text;
  const isJsx = form === "tsx" || form === "jsx";
  if (script !== undefined && !isJsx) {
    for (const sourceType of sourceTypes(form)) {
      const program = tryParse(script, sourceType);
      if (program !== undefined) return program;
    }
  }
  return await parseOther(text, form);
}

/** The deepest nesting that is given to the runtime. */
const DEEPEST = 1000;
/** The longest code without a delimiter that is given to the runtime: such code can nest without brackets. */
const LONGEST = 20_000;

/** Replaces types; `undefined` if the runtime cannot. Deno aborts on code that is nested beyond its stack. */
function withoutTypes(text: string): string | undefined {
  return isNested(text) ? undefined : blankTypes(text);
}

/** Whether code may be nested deeply. Brackets in strings count too: the other parser is only slower. */
function isNested(text: string): boolean {
  let depth = 0;
  let last = 0;
  for (const { 0: mark, index } of text.matchAll(/[()[\]{};,]/g)) {
    if (index - last > LONGEST) return true;
    last = index;
    if ("([{".includes(mark)) depth++;
    else if (")]}".includes(mark)) depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) return true;
  }
  return text.length - last > LONGEST;
}

/**
 * Parses a module whose syntax is not known to the fast parser.
 *
 * @param text Its text.
 * @param form How it is written.
 * @throws {SyntaxError} If it does not parse.
 */
export async function parseOther(
  text: string,
  form: Form,
): Promise<ESTree.Program> {
  const { parseTypeScript } = await import("./_typescript.ts");
  return parseTypeScript(text, form);
}

function sourceTypes(form: Form): readonly ("module" | "commonjs")[] {
  if (form === "cjs" || form === "cts") return ["commonjs"];
  return form === "js" ? ["module", "commonjs"] : ["module"];
}

function tryParse(
  text: string,
  sourceType: "module" | "commonjs",
): ESTree.Program | undefined {
  try {
    return parse(text, {
      sourceType,
      next: true,
      webcompat: sourceType === "commonjs",
      validateRegex: false,
      loc: true,
    });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
