/** Which files git ignores: their content is not meant for others. */
import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import process from "node:process";
import { attempt } from "../internal/attempt.ts";
import { isGranted } from "../internal/runtime.ts";

/** What git says of a file: `unknown` if it is in a repository and git cannot be asked. */
export type Ignored = "tracked" | "ignored" | "outside" | "unknown";

/** The most repositories that git is asked in. */
const MOST = 16;
const TIMEOUT = 10_000;

/**
 * Asks git which files it ignores, once for each repository.
 *
 * @param paths Absolute paths.
 * @returns what it says, by path.
 */
export async function askGit(
  paths: readonly string[],
): Promise<ReadonlyMap<string, Ignored>> {
  const result = new Map<string, Ignored>();
  const inside = new Map<string, Map<string, string>>();
  const finder = new RepositoryFinder();
  for (const path of paths) {
    const place = finder.placeOf(path);
    if (typeof place === "string") result.set(path, place);
    else {
      let files = inside.get(place.root);
      if (files === undefined) inside.set(place.root, files = new Map());
      files.set(path, place.way);
    }
  }
  let asked = 0;
  for (const [root, files] of inside) {
    const ignored = asked++ < MOST
      ? await ignoredIn(root, [...files.values()])
      : undefined;
    for (const [path, way] of files) {
      const is = ignored?.has(way) ? "ignored" : "tracked";
      result.set(path, ignored === undefined ? "unknown" : is);
    }
  }
  return result;
}

/** The root of files that are in no repository. */
const OUTSIDE = "outside";

/** Finds repositories; each folder is looked at once. */
class RepositoryFinder {
  readonly #roots = new Map<string, string | undefined>();
  readonly #real = new Map<string, string>();

  /** Finds the repository of a file. Git does not follow links, so the folder of the file is resolved. */
  placeOf(
    path: string,
  ): { readonly root: string; readonly way: string } | "outside" | "unknown" {
    const above = dirname(path);
    const folder = above.isWellFormed() ? this.#realOf(above) : undefined;
    const root = folder === undefined ? undefined : this.#rootOf(folder);
    if (folder === undefined || root === undefined) return "unknown";
    if (root === OUTSIDE) return OUTSIDE;
    // Git is asked in UTF-8.
    if (!path.isWellFormed()) return "unknown";
    const way = relative(root, join(folder, basename(path)));
    return { root, way: way.split(sep).join("/") };
  }

  /** A folder that is gone has no links any more. */
  #realOf(folder: string): string | undefined {
    if (!isGranted({ name: "read", path: folder })) return undefined;
    let real = this.#real.get(folder);
    if (real === undefined) {
      real = attempt(() => realpathSync(folder)) ?? folder;
      this.#real.set(folder, real);
    }
    return real;
  }

  #rootOf(folder: string): string | undefined {
    if (this.#roots.has(folder)) return this.#roots.get(folder);
    const root = this.#findRoot(folder);
    this.#roots.set(folder, root);
    return root;
  }

  /** A folder above that cannot be looked at may be a repository. */
  #findRoot(folder: string): string | undefined {
    const path = join(folder, ".git");
    const isRoot = attempt(() => existsSync(path), { name: "read", path });
    if (isRoot !== false) return isRoot ? folder : undefined;
    const above = dirname(folder);
    return above === folder ? OUTSIDE : this.#rootOf(above);
  }
}

/** Returns the ignored ones among paths; `undefined` if git cannot be asked. */
function ignoredIn(
  root: string,
  ways: readonly string[],
): Promise<ReadonlySet<string> | undefined> {
  const mayAsk = isGranted({ name: "run", command: "git" }) &&
    isGranted({ name: "env" });
  if (!mayAsk) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    try {
      const child = execFile(
        "git",
        ["check-ignore", "--stdin", "-z"],
        {
          cwd: root,
          env: plainEnvironment(),
          timeout: TIMEOUT,
          maxBuffer: 1 << 28,
          encoding: "utf8",
        },
        (error, stdout) => {
          // 1: none is ignored.
          const isAnswer = error === null || error.code === 1;
          resolve(isAnswer ? new Set(String(stdout).split("\0")) : undefined);
        },
      );
      child.on("error", () => resolve(undefined));
      child.stdin?.on("error", () => resolve(undefined));
      child.stdin?.end(ways.map((way) => `${way}\0`).join(""));
    } catch {
      // There is no git, or no more process can be started.
      resolve(undefined);
    }
  });
}

/** A hook of git sets variables that make git look at another repository. */
function plainEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")),
  );
}
