/** The package as JSR serves it: a registry on loopback that has it, and a user's project. */
import {
  cp,
  mkdir,
  readdir,
  readFile,
  symlink,
  writeFile,
} from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { assertEquals } from "@std/assert";
import { type Registry, startRegistry } from "./_registry.ts";
import { type Ended, run } from "./_run.ts";

/** Absolute path of the repository. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The folder with checkouts of what the package takes from JSR, if there is one: `std` (denoland/std),
 * `sqlite3` (denodrivers/sqlite3) and, if available, `plug` (denosaurs/plug).
 */
const SOURCES: string | undefined = process.env["ATO_JSR_SOURCES"];

/** The packages of the standard library that the five packages depend on. */
const STD = [
  "assert",
  "bytes",
  "cli",
  "collections",
  "encoding",
  "fmt",
  "fs",
  "internal",
  "path",
  "toml",
  "yaml",
];

interface Config {
  readonly version: string;
  readonly imports: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
}

async function configOf(name: string): Promise<Config> {
  return JSON.parse(await readFile(join(ROOT, name), "utf8"));
}

/** A registry with the package, and everything that is needed to use it. */
export class Jsr {
  /** The registry. */
  readonly registry: Registry;
  /** Whether the real JSR packages are served, too; otherwise the stand-ins replace them. */
  readonly hasSources: boolean = SOURCES !== undefined && SOURCES !== "";
  readonly #folder: string;

  private constructor(registry: Registry, folder: string) {
    this.registry = registry;
    this.#folder = folder;
  }

  /**
   * Starts an empty registry.
   *
   * @param folder An empty folder for caches and projects.
   */
  static async start(folder: string): Promise<Jsr> {
    await mkdir(join(folder, "bin"));
    await symlink(process.execPath, join(folder, "bin", "deno"));
    return new Jsr(await startRegistry(), folder);
  }

  /**
   * Runs Deno as one of the registry's users.
   *
   * @param cache The name of the cache, which is empty at first.
   * @param args The arguments.
   * @param options The folder, and further variables.
   */
  deno(
    cache: string,
    args: readonly string[],
    options: { cwd?: string; env?: Record<string, string | undefined> } = {},
  ): Promise<Ended> {
    const { cwd = this.#folder, env = {} } = options;
    // By another path: `node:child_process` grants all permissions to a program that is Deno itself.
    return run(join(this.#folder, "bin", "deno"), args, {
      cwd,
      env: { ...this.environment(cache), ...env },
    });
  }

  /** The variables that make a program one of the registry's users. */
  environment(cache: string): Record<string, string | undefined> {
    return {
      JSR_URL: this.registry.url,
      DENO_DIR: join(this.#folder, `cache-${cache}`),
      DENO_NO_UPDATE_CHECK: "1",
      DENO_SQLITE_PATH: undefined,
      ATO_SQLITE: undefined,
      // A proxy cannot reach this machine's loopback.
      NO_PROXY: "127.0.0.1",
      PATH: `${join(this.#folder, "bin")}:${process.env["PATH"]}`,
    };
  }

  /** Publishes the package as a release does, without checking its types, which is a check of its own. */
  publish(): Promise<Ended> {
    const config = ["--config", join(ROOT, "deno.json")];
    return this.#publish(ROOT, ["--no-check", ...config]);
  }

  #publish(cwd: string, flags: readonly string[]): Promise<Ended> {
    const args = [
      "publish",
      "--allow-dirty",
      "--no-provenance",
      "--token",
      "none",
    ];
    return this.deno("publishing", [...args, ...flags], { cwd });
  }

  /** Publishes the JSR packages that the package depends on, if their sources are available. */
  async publishSources(): Promise<void> {
    if (SOURCES === undefined || SOURCES === "") return this.#publishStandIn();
    const folders = STD.map((name) => join(SOURCES, "std", name));
    folders.push(await this.#plug(SOURCES), await this.#sqlite(SOURCES));
    for (const folder of folders) {
      const flags = ["--no-check", "--allow-slow-types"];
      const { code, err } = await this.#publish(folder, flags);
      assertEquals(code, 0, `${folder}: ${err}`);
    }
  }

  /** `deno publish` resolves the packages that are imported statically: of JSR's that is `@std/cli` alone. */
  async #publishStandIn(): Promise<void> {
    const { imports } = await configOf("deno.npm.json");
    const config = {
      name: "@std/cli",
      version: "1.0.0",
      license: "MIT",
      exports: Object.fromEntries(
        Object.entries(imports).filter(([name]) => name.startsWith("@std/cli"))
          .map(([name, to]) => [name.replace("@std/cli", "."), to]),
      ),
      imports: Object.fromEntries(
        Object.entries(imports).filter(([, to]) => to.startsWith("npm:")),
      ),
    };
    const folder = await this.folder("std-cli", {
      "deno.json": JSON.stringify(config),
    });
    await cp(join(ROOT, "npm"), join(folder, "npm"), { recursive: true });
    const flags = ["--no-check", "--allow-slow-types"];
    const { code, err } = await this.#publish(folder, flags);
    assertEquals(code, 0, err);
  }

  /** `@denosaurs/plug` downloads libraries, which the tests must not do, so a stand-in replaces it. */
  async #plug(sources: string): Promise<string> {
    const given = join(sources, "plug");
    if (existsSync(given)) return given;
    return await this.folder("plug", {
      "deno.json": JSON.stringify({
        name: "@denosaurs/plug",
        version: "1.1.0",
        license: "MIT",
        exports: "./mod.ts",
      }),
      "mod.ts": `export function dlopen(): Promise<never> {
  throw new Error("no download here");
}
`,
    });
  }

  /** Its range for `@std/path` excludes the version in a checkout of the standard library. */
  async #sqlite(sources: string): Promise<string> {
    const folder = join(this.#folder, "sqlite3");
    for (const part of ["LICENSE", "deno.json", "deps.ts", "mod.ts", "src"]) {
      const from = join(sources, "sqlite3", part);
      await cp(from, join(folder, part), { recursive: true });
    }
    const deps = join(folder, "deps.ts");
    const text = await readFile(deps, "utf8");
    await writeFile(deps, text.replace("@std/path@1.0", "@std/path@^1"));
    return folder;
  }

  /**
   * Makes a folder.
   *
   * @param name Its name.
   * @param files Its files: their texts by their paths.
   * @returns its path.
   */
  async folder(
    name: string,
    files: Readonly<Record<string, string>>,
  ): Promise<string> {
    const folder = join(this.#folder, name);
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, path);
      await mkdir(join(file, ".."), { recursive: true });
      await writeFile(file, text);
    }
    return folder;
  }

  /**
   * A user's `deno.json` before `deno add`. If the JSR packages are not served, the names that the published
   * package has for them point to the stand-ins.
   */
  async projectConfig(): Promise<string> {
    if (this.hasSources) return "{}";
    const [jsr, npm] = await Promise.all(
      ["deno.json", "deno.npm.json"].map(configOf),
    );
    // Beside the repository's deno.json they would make the repository a package of the project.
    const standIns = join(this.#folder, "stand-ins");
    await cp(join(ROOT, "npm"), join(standIns, "npm"), { recursive: true });
    const used = await namesImportedIn(join(standIns, "npm"));
    const imports: Record<string, string> = {};
    for (const [name, target] of Object.entries(npm!.imports)) {
      const published = jsr!.imports[name];
      if (target.startsWith("npm:") && used.has(name)) {
        imports[name] = target;
      } else if (published?.startsWith("jsr:")) {
        imports[published] = pathToFileURL(join(standIns, target)).href;
      }
    }
    return JSON.stringify({ imports }, null, 2);
  }

  /** Stops the registry. */
  close(): Promise<void> {
    return this.registry.close();
  }
}

/** The names of packages that the modules in a folder import. */
async function namesImportedIn(folder: string): Promise<Set<string>> {
  const names = new Set<string>();
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), "utf8");
    for (const [, name] of text.matchAll(/ from "([^".][^"]*)";$/gm)) {
      names.add(name!);
    }
  }
  return names;
}

/** The package's version. */
export async function versionOf(): Promise<string> {
  return (await configOf("deno.json")).version;
}

/** The export paths of the package, as a user writes them. */
export async function exportPaths(): Promise<string[]> {
  const { exports } = await configOf("deno.json");
  return Object.keys(exports).map((path) => `@ato/ato${path.slice(1)}`);
}
