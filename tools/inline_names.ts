/**
 * Writes out the names of an import map, for package managers without import maps.
 *
 * @module
 */

// A module name in an import, an export or a literal dynamic import, with the text before it.
const MODULE_NAME =
  /((?:^|\n)\s*(?:import|export)\b[^"';]*?from\s*|(?:^|\n)\s*import\s*|\bimport\()"([^"\n]+)"/g;

/**
 * Writes out the names of the import map in a source text.
 *
 * @param text The source text of a module.
 * @param depth How many folders the module is below the root.
 * @param imports The import map's names.
 * @returns the text with relative paths and `npm:` specifiers instead of names.
 */
export function inlineNames(
  text: string,
  depth: number,
  imports: Record<string, string>,
): string {
  return text.replace(MODULE_NAME, (whole, before: string, name: string) => {
    const mapped = Object.hasOwn(imports, name) ? imports[name] : undefined;
    if (mapped === undefined) return whole;
    const written = mapped.startsWith("./")
      ? (depth === 0 ? "./" : "../".repeat(depth)) + mapped.slice(2)
      : mapped;
    return `${before}"${written}"`;
  });
}
