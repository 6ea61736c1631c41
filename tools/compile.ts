/**
 * Compiles `ato` into one file that runs on a bare machine: `deno task compile` writes `dist/ato`.
 *
 * Uses `deno compile`. If its base binary cannot be downloaded, the command line becomes a single
 * executable application of Node, made from the Node binary that npm has.
 *
 * @module
 */
import { nodeBinary } from "./node_runtime.ts";
import { runCommand } from "./process.ts";
import {
  announce,
  chooseRegistry,
  configFlags,
  type RegistryChoice,
  ROOT,
} from "./registry.ts";

/** The Node line that the binary is made from. */
const NODE_LINE = "24";
// Where Node looks for the program; from its documentation of single executable applications.
const RESOURCE = "NODE_SEA_BLOB";
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** The program that is compiled. */
const ENTRY = `${ROOT}tools/binary_entry.ts`;

/** How the binary was made. */
export interface Compiled {
  /** The path of the binary. */
  readonly path: string;
  /** The runtime that it is made from. */
  readonly base: "deno" | "node";
}

/**
 * Compiles the command line.
 *
 * @param chosen The config in use.
 * @param out The path of the binary.
 * @returns how it was made.
 * @throws {Error} If both ways fail.
 */
export async function compile(
  chosen: RegistryChoice,
  out: string,
): Promise<Compiled> {
  await Deno.mkdir(out.slice(0, out.lastIndexOf("/")), { recursive: true });
  const { code, output } = await runCommand(
    Deno.execPath(),
    ["compile", ...configFlags(chosen), "-A", "--output", out, ENTRY],
    { quiet: true },
  );
  if (code === 0) return { path: out, base: "deno" };
  const reason =
    output.split("\n").find((line) => /error/i.test(line))?.trim() ?? output;
  console.error(
    `ato: deno compile is not available (${reason}); making it from Node ${NODE_LINE}`,
  );
  await compileWithNode(chosen, out);
  return { path: out, base: "node" };
}

async function compileWithNode(
  chosen: RegistryChoice,
  out: string,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ato-compile-" });
  try {
    await bundle(chosen, folder);
    const node = await nodeBinary(NODE_LINE);
    await Deno.writeTextFile(
      `${folder}/sea.json`,
      JSON.stringify({
        main: `${folder}/ato.cjs`,
        output: `${folder}/ato.blob`,
        disableExperimentalSEAWarning: true,
      }),
    );
    await must(node, ["--experimental-sea-config", `${folder}/sea.json`]);
    await Deno.copyFile(node, out);
    await Deno.chmod(out, 0o755);
    const inject = [
      out,
      RESOURCE,
      `${folder}/ato.blob`,
      "--sentinel-fuse",
      FUSE,
    ];
    await must(Deno.execPath(), [
      "run",
      "--no-config",
      "--no-lock",
      "-q",
      "-A",
      "npm:postject@1.0.0-alpha.6",
      ...inject,
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Bundles the command line into one CommonJS file: single executables do not support modules. */
async function bundle(chosen: RegistryChoice, folder: string): Promise<void> {
  const flags = ["--format", "cjs", "--output", `${folder}/ato.cjs`];
  await must(Deno.execPath(), [
    "bundle",
    "-q",
    "--config",
    chosen.config,
    ...flags,
    ENTRY,
  ]);
}

async function must(command: string, args: string[]): Promise<void> {
  const { code, output } = await runCommand(command, args, {
    cwd: ROOT,
    quiet: true,
  });
  if (code !== 0) {
    throw new Error(
      `Cannot compile: ${command} ${
        args.slice(0, 2).join(" ")
      } failed:\n${output}`,
    );
  }
}

if (import.meta.main) {
  const chosen = await chooseRegistry();
  announce(chosen);
  const { path, base } = await compile(
    chosen,
    Deno.args[0] ?? `${ROOT}dist/ato`,
  );
  const { size } = await Deno.stat(path);
  console.log(`${path}: ${(size / 2 ** 20).toFixed(0)} MiB, made from ${base}`);
}
