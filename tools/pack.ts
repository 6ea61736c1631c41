/**
 * Packs the library for npm: the published sources with every name of the import map written out,
 * so that the tarball needs npm alone. `deno task pack` writes `dist/ato-<version>.tgz`.
 *
 * @module
 */
import { inlineNames } from "./inline_names.ts";
import { ROOT } from "./registry.ts";
import { runCommand } from "./process.ts";

interface Config {
  readonly name: string;
  readonly version: string;
  readonly imports: Record<string, string>;
  readonly exports: Record<string, string>;
}

/** The folders and files that make the library; on npm the stand-ins belong to it. */
const SHIPPED = [
  "adict",
  "cli",
  "fingerprint",
  "hyperopt",
  "npm",
  "runtime",
  "scope",
  "tracker",
] as const;
const SHIPPED_FILES = ["cli.ts", "mod.ts", "LICENSE", "README.md"] as const;

async function* modulesBelow(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(ROOT + folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* modulesBelow(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

async function stage(folder: string, config: Config): Promise<void> {
  for (const room of SHIPPED) {
    for await (const path of modulesBelow(room)) {
      const depth = path.split("/").length - 1;
      await Deno.mkdir(`${folder}/${path.slice(0, path.lastIndexOf("/"))}`, {
        recursive: true,
      });
      const text = await Deno.readTextFile(ROOT + path);
      await Deno.writeTextFile(
        `${folder}/${path}`,
        inlineNames(text, depth, config.imports),
      );
    }
  }
  for (const file of SHIPPED_FILES) {
    await Deno.copyFile(ROOT + file, `${folder}/${file}`);
  }
}

/**
 * Packs the library.
 *
 * @returns the path of the tarball.
 * @throws {Error} if `deno pack` fails.
 */
export async function pack(): Promise<string> {
  const config: Config = JSON.parse(
    await Deno.readTextFile(`${ROOT}deno.npm.json`),
  );
  const folder = await Deno.makeTempDir({ prefix: "ato-pack-" });
  try {
    await stage(folder, config);
    await Deno.writeTextFile(`${folder}/deno.json`, stagedConfig(config));
    await Deno.mkdir(`${ROOT}dist`, { recursive: true });
    const tarball = `${ROOT}dist/ato-${config.version}.tgz`;
    const { code, output } = await runCommand(
      Deno.execPath(),
      ["pack", "--allow-dirty", "--no-source-maps", "--output", tarball],
      { cwd: folder, quiet: true },
    );
    if (code !== 0) {
      throw new Error(`Cannot pack: deno pack failed:\n${output}`);
    }
    return tarball;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function stagedConfig(config: Config): string {
  const { imports: _, ...rest } = config as unknown as Record<string, unknown>;
  return JSON.stringify(
    { ...rest, lock: false, nodeModulesDir: "none" },
    null,
    2,
  );
}

if (import.meta.main) console.log(await pack());
