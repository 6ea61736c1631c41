/**
 * TypeScript that is more than types, and JSX, as the syntax tree of JavaScript. Lines are those of the file.
 *
 * Loads Babel's parser, so it is itself loaded only for such files.
 */
import * as babel from "@babel/parser";
import type { ESTree } from "meriyah";
import type { Form } from "./_facts.ts";
import { eraseTypes } from "./_erase_types.ts";

/**
 * Parses a file.
 *
 * @param text Its text.
 * @param form How it is written.
 * @returns the tree, without types.
 * @throws {SyntaxError} If it does not parse.
 */
export function parseTypeScript(text: string, form: Form): ESTree.Program {
  const isTyped = form === "ts" || form === "tsx" || form === "cts";
  const { program } = babel.parse(text, {
    sourceType: form === "cjs" || form === "cts" ? "unambiguous" : "module",
    createImportExpressions: true,
    allowReturnOutsideFunction: true,
    attachComment: false,
    // What only a compiler refuses does not matter here.
    errorRecovery: true,
    plugins: [
      ["estree", { classFeatures: true }],
      "decorators-legacy",
      "decoratorAutoAccessors",
      "explicitResourceManagement",
      ...(isTyped ? ["typescript" as const] : []),
      ...(form === "ts" || form === "cts" ? [] : ["jsx" as const]),
    ],
  });
  return eraseTypes(program as unknown as ESTree.Node) as ESTree.Program;
}
