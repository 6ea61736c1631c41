/** Which file imports which, read from the sources by the text of their imports. */
import { readdirSync, readFileSync } from "node:fs";

/** The root of the repository. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** An import of one file by another; paths are relative to the root. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

// `from "./x.ts"` and `import("./x.ts")`, but not in a comment: examples import, too.
const RELATIVE =
  /^(?!\s*(?:\*|\/\/)).*?(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/gm;
// The same without imports of types: the modules that a program runs.
const RUN = [
  /^(?:import|export)(?!\s+type\b)(?:[^;"']*?\bfrom)?\s*"(\.[^"]+)"/gm,
  /(?<!typeof )\bimport\(\s*"(\.[^"]+)"/g,
];

/**
 * Lists the imports of a room's files.
 *
 * @param room The name of the folder.
 * @param options `types`: list imports of types, too; `true` by default.
 * @returns the imports of files of this repository.
 */
export function importsOf(
  room: string,
  { types = true }: { types?: boolean } = {},
): Import[] {
  return readdirSync(new URL(`${room}/`, ROOT), { recursive: true })
    .map(String).filter((path) => /\.tsx?$/.test(path))
    .flatMap((path) => {
      const from = `${room}/${path.replaceAll("\\", "/")}`;
      const text = readFileSync(new URL(from, ROOT), "utf8");
      return (types ? [RELATIVE] : RUN)
        .flatMap((pattern) => [...text.matchAll(pattern)])
        .map(([, name]) => new URL(name!, new URL(from, ROOT)).href)
        .map((url) => ({ from, to: url.slice(ROOT.href.length) }));
    });
}

/**
 * Finds the circles of files: the groups in which each file leads to each other (Tarjan's algorithm).
 *
 * @param imports All imports.
 * @returns the sorted files of each circle; empty if there is none.
 */
export function circlesOf(imports: readonly Import[]): string[][] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const [index, low] = [new Map<string, number>(), new Map<string, number>()];
  const [stack, circles]: [string[], string[][]] = [[], []];
  const visit = (file: string) => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const { to } of next.get(file) ?? []) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) {
        low.set(file, Math.min(low.get(file)!, low.get(to)!));
      }
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file)).sort();
    if (group.length > 1) circles.push(group);
  };
  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return circles.sort();
}
