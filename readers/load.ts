/**
 * What the readers load when it is first needed, so that importing this room loads no parser and does not
 * touch files.
 *
 * @module
 */
import { addressBeside, importLate } from "../internal/import_late.ts";
import { ReaderLoadError } from "./errors.ts";

/** The readers that are not part of a program until it uses them, and what is needed of each. */
interface Readers {
  readonly openmmlab: Pick<
    typeof import("./openmmlab/read.ts"),
    "readMmConfig"
  >;
  readonly hydra: Pick<typeof import("./hydra/compose.ts"), "composeHydra">;
}

/** The name of a reader; `@ato/ato/<name>` is its export. */
export type ReaderName = keyof Readers;

const MODULES: Readonly<Record<ReaderName, string>> = {
  openmmlab: "./openmmlab/read",
  hydra: "./hydra/compose",
};

const provided: { -readonly [N in ReaderName]?: Readers[N] } = {};

/**
 * Registers a reader that the program imports itself, so that nothing is loaded late. Bundles need this:
 * they contain no files to load.
 *
 * @param name The reader.
 * @param reader Its functions.
 */
export function provideReader<N extends ReaderName>(
  name: N,
  reader: Readers[N],
): void {
  provided[name] = reader;
}

/**
 * Loads a reader.
 *
 * @param name The reader.
 * @param file The file to be read, for the error; the caller may have been given none.
 * @returns the reader.
 * @throws {ReaderLoadError} If it cannot be loaded.
 */
export async function loadReader<N extends ReaderName>(
  name: N,
  file: string | URL | undefined,
): Promise<Readers[N]> {
  const known = provided[name];
  if (known !== undefined) return known;
  try {
    const address = addressBeside(MODULES[name], import.meta.url);
    return await importLate(address) as Readers[N];
  } catch (error) {
    throw new ReaderLoadError(name, String(file), error);
  }
}

/**
 * Loads the functions that read and write config files.
 *
 * @returns the module; each format's parser is loaded when its first file is read.
 */
export function loadFiles(): Promise<typeof import("./files.ts")> {
  return import("./files.ts");
}

/**
 * Loads the YAML reader.
 *
 * @returns the module.
 */
export function loadYaml(): Promise<typeof import("./yaml/yaml.ts")> {
  return import("./yaml/yaml.ts");
}
