import type { ProgramModule } from "../../internal/run_factors.ts";
import type { CodeShape } from "../facts.ts";

const NOT_USED: CodeShape = { shape: "", uses: [], isNamed: true };

/**
 * Reads the shapes of the code of a program.
 *
 * @param modules Its modules.
 * @returns the shapes by the ids of their factors, those of code that nothing uses empty; `undefined` if one is not
 * known: a run of an earlier version, or a file that is compared as a whole and may use every name.
 */
export function shapesOf(
  modules: readonly ProgramModule[],
): Map<string, CodeShape> | undefined {
  const shapes = new Map<string, CodeShape>();
  for (const { path, pieces } of modules) {
    for (const { name, kind, reachable, shape, uses, isNamed } of pieces) {
      if (kind === "view" || kind === "data") continue;
      const id = `code:${path}#${name}`;
      if (!reachable) {
        shapes.set(id, NOT_USED);
        continue;
      }
      if (shape === undefined || uses === undefined) return undefined;
      // Two pieces of one name are one factor, of which neither shape says enough.
      if (shapes.has(id)) return undefined;
      shapes.set(id, { shape, uses, ...(isNamed && { isNamed }) });
    }
  }
  return shapes;
}
