import { addressBeside, importLate } from "../internal/import_late.ts";
import { ReaderLoadError } from "../readers/errors.ts";

/** The readers that are not part of a program until it uses them, and what is needed of each. */
interface Readers {
  readonly openmmlab: Pick<
    typeof import("../readers/openmmlab/read.ts"),
    "readMmConfig"
  >;
  readonly hydra: Pick<
    typeof import("../readers/hydra/compose.ts"),
    "composeHydra"
  >;
}

/** The name of a reader; `@ato/ato/<name>` is its export. */
export type ReaderName = keyof Readers;

const MODULES: Readonly<Record<ReaderName, string>> = {
  openmmlab: "../readers/openmmlab/read",
  hydra: "../readers/hydra/compose",
};

const provided: { -readonly [N in ReaderName]?: Readers[N] } = {};

/**
 * Makes a reader known that the program has imported by itself, so that nothing is loaded late. Bundles
 * need it: they hold no files to load.
 *
 * @param name The reader.
 * @param reader What it offers.
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
 * @param file What is to be read with it, for the error; whoever calls may have got none.
 * @returns the reader.
 * @throws {ReaderLoadError} if it can be loaded from nowhere.
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
