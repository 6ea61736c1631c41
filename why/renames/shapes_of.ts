import type { ProgramModule } from "../../internal/run_factors.ts";
import type { CodeShape } from "../facts.ts";

/**
 * Reads the shapes of the code of a program.
 *
 * @param modules Its modules.
 * @returns the shapes by the ids of their factors; `undefined` if one is not known: a run of an earlier version, or
 * a file that is compared as a whole and may use every name.
 */
export function shapesOf(
  modules: readonly ProgramModule[],
): Map<string, CodeShape> | undefined {
  const shapes = new Map<string, CodeShape>();
  for (const { path, pieces } of modules) {
    for (const { name, kind, reachable, shape, uses, isNamed } of pieces) {
      if (!reachable || kind === "view" || kind === "data") continue;
      if (shape === undefined || uses === undefined) return undefined;
      const id = `code:${path}#${name}`;
      // Two pieces of one name are one factor, of which neither shape says enough.
      if (shapes.has(id)) return undefined;
      shapes.set(id, { shape, uses, ...(isNamed && { isNamed }) });
    }
  }
  return shapes;
}
