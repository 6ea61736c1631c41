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
  const script = form === "ts" || form === "cts" ? blankTypes(text) : text;
  const isJsx = form === "tsx" || form === "jsx";
  if (script !== undefined && !isJsx) {
    for (const sourceType of sourceTypes(form)) {
      const program = tryParse(script, sourceType);
      if (program !== undefined) return program;
    }
  }
  return await parseOther(text, form);
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
