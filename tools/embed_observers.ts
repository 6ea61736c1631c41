/**
 * Writes the observers, which are files of their own languages, into modules that every form of the package can
 * load: `deno task embed`. A test compares them.
 *
 * @module
 */
import { ROOT } from "./registry.ts";

/** The folders below `observe/` with a folder `assets`. */
export const OBSERVERS: readonly string[] = ["python", "javascript"];

/**
 * Returns the module with the text of an observer's files.
 *
 * @param name The folder below `observe/`.
 */
export function embedded(name: string): string {
  const folder = `${ROOT}observe/${name}/assets`;
  const files = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
    .map((file) => file.name).sort();
  const entries = files.map((file) =>
    `  ${JSON.stringify(file)}: ${
      JSON.stringify(Deno.readTextFileSync(`${folder}/${file}`))
    },\n`
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
