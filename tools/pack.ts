/**
 * Packs the library for npm. `deno task pack` writes `dist/ato-<version>.tgz`.
 *
 * `deno pack` compiles the sources, in which the names of the import map are written out so that the
 * tarball needs npm alone. It cannot declare a program, so its tarball is unpacked, completed with the
 * launcher of `ato`, and packed again by `npm pack`.
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

/** The folders and files of the library. The stand-ins in `npm/` are part of the package for npm. */
const SHIPPED = [
  "adict",
  "cli",
  "dashboard",
  "fingerprint",
  "hyperopt",
  "inputs",
  "npm",
  "internal",
  "observe",
  "plot",
  "readers",
  "why",
  "scope",
  "sync",
  "tracker",
] as const;
/** What a folder of the library has for its own building only: the page is shipped as it was bundled. */
const LEFT_OUT = ["dashboard/page"];
const SHIPPED_FILES = ["cli.ts", "mod.ts", "LICENSE", "README.md"] as const;
/** The packages that only searches on an engine and hubs in Postgres or a bucket need; a program that uses one installs them. */
const OPTIONAL_PEERS = [
  "@nats-io/transport-node",
  "aws4fetch",
  "bullmq",
  "ioredis",
  "pg",
] as const;
/** The program that `npx ato` starts. */
const LAUNCHER = "npm/ato.mjs";

async function* modulesBelow(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(ROOT + folder)) {
    const path = `${folder}/${entry.name}`;
    if (LEFT_OUT.includes(path)) continue;
    if (entry.isDirectory) yield* modulesBelow(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/** Copies the sources, ready for `deno pack`. */
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

/** Adds the launcher to what `deno pack` made, and what its `package.json` cannot say. */
async function complete(folder: string, config: Config): Promise<void> {
  await Deno.copyFile(ROOT + LAUNCHER, `${folder}/${LAUNCHER}`);
  await Deno.chmod(`${folder}/${LAUNCHER}`, 0o755);
  const path = `${folder}/package.json`;
  const made: Record<string, unknown> = JSON.parse(
    await Deno.readTextFile(path),
  );
  const whole = {
    ...made,
    description: "Why did this run give a different result?",
    ...repository(),
    bin: { ato: LAUNCHER },
    engines: { node: ">=22.13" },
    peerDependencies: Object.fromEntries(
      OPTIONAL_PEERS.map((name) => [name, versionOf(config, name)]),
    ),
    peerDependenciesMeta: Object.fromEntries(
      OPTIONAL_PEERS.map((name) => [name, { optional: true }]),
    ),
  };
  await Deno.writeTextFile(path, JSON.stringify(whole, null, 2));
}

/** The versions of a package that the import map allows. */
function versionOf({ imports }: Config, name: string): string {
  return imports[name]!.replace(`npm:${name}@`, "");
}

/** The repository, which npm's provenance compares with the workflow that publishes. */
function repository(): { repository?: { type: string; url: string } } {
  const name = Deno.env.get("GITHUB_REPOSITORY");
  const server = Deno.env.get("GITHUB_SERVER_URL");
  if (!name || !server) return {};
  return { repository: { type: "git", url: `git+${server}/${name}.git` } };
}

/**
 * Packs the library.
 *
 * @param tarball The path to write. @default `dist/ato-<version>.tgz`
 * @returns the path of the tarball.
 * @throws {Error} If a step fails; the message has what it printed.
 */
export async function pack(tarball?: string): Promise<string> {
  const config: Config = JSON.parse(
    await Deno.readTextFile(`${ROOT}deno.npm.json`),
  );
  const folder = await Deno.makeTempDir({ prefix: "ato-pack-" });
  try {
    const [sources, made] = [`${folder}/sources`, `${folder}/made.tgz`];
    await Deno.mkdir(sources);
    await stage(sources, config);
    await Deno.writeTextFile(`${sources}/deno.json`, stagedConfig(config));
    const flags = ["--allow-dirty", "--no-source-maps", "--output", made];
    await must(Deno.execPath(), ["pack", ...flags], sources);
    await must("tar", ["-xzf", made, "-C", folder], folder);
    await complete(`${folder}/package`, config);
    await must("npm", ["pack", "--ignore-scripts", "./package"], folder);
    const named = `${config.name.slice(1).replace("/", "-")}-${config.version}`;
    const path = tarball ?? `${ROOT}dist/ato-${config.version}.tgz`;
    if (tarball === undefined) {
      await Deno.mkdir(`${ROOT}dist`, { recursive: true });
    }
    await Deno.copyFile(`${folder}/${named}.tgz`, path);
    return path;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a step of the packing. */
async function must(
  command: string,
  args: string[],
  cwd: string,
): Promise<void> {
  const { code, output } = await runCommand(command, args, {
    cwd,
    quiet: true,
  });
  if (code !== 0) {
    throw new Error(`Cannot pack: ${command} ${args[0]} failed:\n${output}`);
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

if (import.meta.main) console.log(await pack(Deno.args[0]));
