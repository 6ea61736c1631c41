/**
 * Gets a Node binary of a given version from npm: its platform packages contain the binaries, so no
 * install script runs and only a folder under `node_modules` is written.
 *
 * @module
 */
import { ROOT } from "./registry.ts";
import { runCommand } from "./process.ts";

const CACHE = `${ROOT}node_modules/.cache/ato-node`;

function platformPackage(): string {
  const os = {
    linux: "linux",
    darwin: "darwin",
    windows: "win",
  }[Deno.build.os as string];
  const arch = { x86_64: "x64", aarch64: "arm64" }[Deno.build.arch as string];
  if (os === undefined || arch === undefined) {
    throw new Error(
      `Cannot get Node: npm has no binary for ${Deno.build.os} ${Deno.build.arch}`,
    );
  }
  return `node-${os}-${arch}`;
}

/**
 * Installs a version of Node once.
 *
 * @param version A version or a range, e.g. `"22.13.0"` or `"24"`.
 * @returns the absolute path of the `node` binary.
 * @throws {Error} If npm cannot install it.
 */
export async function nodeBinary(version: string): Promise<string> {
  const folder = `${CACHE}/${version}`;
  const name = platformPackage();
  const binary = `${folder}/node_modules/${name}/bin/node` +
    (Deno.build.os === "windows" ? ".exe" : "");
  try {
    await Deno.stat(binary);
    return binary;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(folder, { recursive: true });
  const { code, output } = await runCommand(
    "npm",
    [
      "install",
      "--no-save",
      "--ignore-scripts",
      "--prefix",
      folder,
      `${name}@${version}`,
    ],
    { quiet: true },
  );
  if (code !== 0) {
    throw new Error(`Cannot install Node ${version}: npm failed:\n${output}`);
  }
  return binary;
}
