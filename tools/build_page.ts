/**
 * Bundles the dashboard's page into one module of text: `deno task page`. The module is checked in, so that users have
 * no build step and every form of the package can load it. A test builds it again and compares.
 *
 * @module
 */
import { ROOT } from "./registry.ts";

const PAGE = `${ROOT}dashboard/page/`;

/** The module that is written. */
export const ASSETS_PATH: string = `${ROOT}dashboard/assets.ts`;

interface Asset {
  readonly type: string;
  readonly text: string;
}

/** Builds the files of the page, by the path at which they are served. */
async function assets(): Promise<Record<string, Asset>> {
  const text = (name: string) => Deno.readTextFile(`${PAGE}${name}`);
  return {
    "/": { type: "text/html; charset=utf-8", text: await text("index.html") },
    "/app.css": {
      type: "text/css; charset=utf-8",
      text: await bundle("style.css"),
    },
    "/app.js": {
      type: "text/javascript; charset=utf-8",
      text: await bundle("main.tsx"),
    },
    "/icon.svg": { type: "image/svg+xml", text: await text("icon.svg") },
  };
}

async function bundle(entry: string): Promise<string> {
  // Loaded late: without its binary, only this fails.
  const { build, stop } = await import("esbuild");
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [`${PAGE}${entry}`],
    bundle: true,
    write: false,
    minify: true,
    charset: "utf8",
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "silent",
    // Options of the compiler in a config of the machine must not change the result.
    tsconfigRaw: {},
  });
  await stop();
  return outputFiles[0]?.text ?? "";
}

/** Returns the text of `dashboard/assets.ts`. */
export async function embeddedPage(): Promise<string> {
  const entries = Object.entries(await assets()).map(([path, { type, text }]) =>
    `  ${JSON.stringify(path)}: {\n    type: ${JSON.stringify(type)},\n` +
    `    text: ${JSON.stringify(text)},\n  },\n`
  );
  return `/** The files of the page, by path; written by \`deno task page\` from \`dashboard/page/\`. */\n` +
    `// deno-fmt-ignore-file\n` +
    `export const ASSETS: Readonly<\n  Record<string, { readonly type: string; readonly text: string }>\n> = {\n${
      entries.join("")
    }};\n`;
}

if (import.meta.main) {
  await Deno.writeTextFile(ASSETS_PATH, await embeddedPage());
  console.log("dashboard/assets.ts is written");
}
