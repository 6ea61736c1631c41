import { runInThisContext } from "node:vm";

// deno-lint-ignore ban-types
type AnyFunction = Function;

/** Evaluates expressions, as strict module code, to functions whose text nobody has reformatted. */
export async function functionsFrom(
  expressions: readonly string[],
): Promise<AnyFunction[]> {
  const code = `export default [\n${expressions.join("\n,")}\n];`;
  const module = await import(
    `data:text/javascript,${encodeURIComponent(code)}`
  );
  return module.default;
}

/** Evaluates an expression, as sloppy script code, to a function. */
export function sloppyFunction(expression: string): AnyFunction {
  return runInThisContext(`(${expression})`);
}
