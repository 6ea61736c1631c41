/**
 * Writes the observers, which are files of their own languages, into modules that every form of the package can
 * load: `deno task embed`. A test compares them.
 *
 * @module
 */
import { ROOT } from "./registry.ts";

/** The folders below `observe/` with a folder `assets`. */
export const OBSERVERS: readonly string[] = ["python", "javascript"];

/** The name of a part: its number and its purpose. */
const PART = /^\d\d_\w+(\.\w+)$/;

/** The first line of a part, for the linter, which sees it alone. */
const PART_HEADER = /^\/\/ deno-lint-ignore-file .*\n\n/;

/**
 * Returns the files of an observer by name, with their text. The parts in a folder, `observer/NN_purpose.cjs`, are one
 * file, `observer.cjs`: they share one scope, in the order of their names.
 *
 * @param folder The folder `assets` of the observer, without a slash at its end.
 */
export function assetsIn(folder: string): Record<string, string> {
  const assets: Record<string, string> = {};
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile) assets[entry.name] = Deno.readTextFileSync(path);
    else Object.assign(assets, joinedParts(path, entry.name));
  }
  return assets;
}

/** Returns the file that the parts in a folder are; none if there are no parts. */
function joinedParts(folder: string, name: string): Record<string, string> {
  const parts = [...Deno.readDirSync(folder)].map((entry) => entry.name)
    .filter((part) => PART.test(part)).sort();
  const [, ending] = PART.exec(parts[0] ?? "") ?? [];
  if (ending === undefined) return {};
  const texts = parts.map((part) =>
    Deno.readTextFileSync(`${folder}/${part}`).replace(PART_HEADER, "")
  );
  return { [`${name}${ending}`]: texts.join("\n") };
}

/**
 * Returns the module with the text of an observer's files.
 *
 * @param name The folder below `observe/`.
 */
export function embedded(name: string): string {
  const assets = assetsIn(`${ROOT}observe/${name}/assets`);
  const entries = Object.keys(assets).sort().map((file) =>
    `  ${JSON.stringify(file)}: ${JSON.stringify(assets[file])},\n`
  );
  return `/** The files of \`assets/\`; written by \`deno task embed\`. */\n` +
    `// deno-fmt-ignore-file\n` +
    `export const ASSETS: Readonly<Record<string, string>> = {\n${
      entries.join("")
    }};\n`;
}

if (import.meta.main) {
  for (const name of OBSERVERS) {
    Deno.writeTextFileSync(`${ROOT}observe/${name}/assets.ts`, embedded(name));
  }
}
