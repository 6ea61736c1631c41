/** Makes project folders from the templates, copies and edits them. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Edit, ProjectName } from "./types.ts";

/** The absolute path of the repository, with a slash at the end. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

const TEMPLATES = join(ROOT, "bench/why/projects");

/**
 * Packs Ato as npm gets it, once for all projects.
 *
 * @param folder The folder of the suite.
 * @returns the `node_modules` that has it.
 */
export function packAto(folder: string): string {
  const config = join(ROOT, "deno.npm.json");
  const args = ["run", "-A", "--config", config, join(ROOT, "tools/pack.ts")];
  const tarball = join(folder, "ato.tgz");
  run(Deno.execPath(), [...args, tarball]);
  const modules = join(folder, "shared/node_modules");
  mkdirSync(join(modules, "@ato/ato"), { recursive: true });
  const target = join(modules, "@ato/ato");
  run("tar", ["xzf", tarball, "-C", target, "--strip-components=1"]);
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name.startsWith(".")) continue;
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  return modules;
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot run ${command}: ${stderr}`);
}

/**
 * Writes a project from its template.
 *
 * @param name The project.
 * @param folder The new folder.
 * @param modules The `node_modules` with Ato; none for projects in other languages.
 */
export function makeProject(
  name: ProjectName,
  folder: string,
  modules?: string,
): void {
  copyTemplate(join(TEMPLATES, name), folder);
  const home = join(folder, "home");
  if (existsSync(home)) {
    cpSync(home, homeOf(folder), { recursive: true });
    rmSync(home, { recursive: true });
  }
  if (modules === undefined) return;
  mkdirSync(join(folder, "node_modules/@ato"), { recursive: true });
  symlinkSync(
    join(modules, "@ato/ato"),
    join(folder, "node_modules/@ato/ato"),
  );
  linkWorkspaces(folder);
}

/** The home folder of the one who runs a project, beside the project. */
export function homeOf(folder: string): string {
  return join(dirname(folder), "home");
}

/** Links the members of an npm workspace, as `npm install` does; Deno finds its own. */
function linkWorkspaces(folder: string): void {
  const packages = join(folder, "packages");
  for (const name of existsSync(packages) ? readdirSync(packages) : []) {
    const manifest = join(packages, name, "package.json");
    if (!existsSync(manifest)) continue;
    const link = JSON.parse(readFileSync(manifest, "utf8")).name as string;
    const path = join(folder, "node_modules", link);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join("../../packages", name), path);
  }
}

/**
 * Files end with `.txt`, so that no tool takes them for the repository's own; `.link` holds the target of a link;
 * `vendor` is `node_modules`.
 */
function copyTemplate(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [source, target] = [
      join(from, name),
      join(to, name === "vendor" ? "node_modules" : name),
    ];
    if (statSync(source).isDirectory()) copyTemplate(source, target);
    else if (name.endsWith(".link")) {
      symlinkSync(
        readFileSync(source, "utf8").trim(),
        target.slice(0, -".link".length),
      );
    } else cpSync(source, target.replace(/\.txt$/, ""));
  }
}

/** Copies a project with its database and its home folder; links stay links. */
export function copyProject(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  const how = {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
  };
  cpSync(from, to, how);
  if (existsSync(homeOf(from))) cpSync(homeOf(from), homeOf(to), how);
}

/** Applies edits; an edit that does not fit the file is a fault of the suite. */
export function applyEdits(folder: string, edits: readonly Edit[]): void {
  for (const edit of edits) applyEdit(join(folder, edit.file), edit, folder);
}

function applyEdit(path: string, edit: Edit, folder: string): void {
  if ("renameTo" in edit) {
    mkdirSync(dirname(join(folder, edit.renameTo)), { recursive: true });
    return renameSync(path, join(folder, edit.renameTo));
  }
  if ("isRemoved" in edit) return rmSync(path, { force: true });
  if ("linkTo" in edit) {
    rmSync(path, { force: true });
    return symlinkSync(edit.linkTo, path);
  }
  if ("content" in edit) {
    mkdirSync(dirname(path), { recursive: true });
    return writeFileSync(path, edit.content);
  }
  const text = readFileSync(path, "utf8");
  if ("append" in edit) return writeFileSync(path, text + edit.append);
  if (text.split(edit.from).length !== 2) {
    throw new Error(
      `Cannot edit ${edit.file}: ${
        JSON.stringify(edit.from)
      } is not in it once`,
    );
  }
  writeFileSync(path, text.replace(edit.from, () => edit.to));
}
