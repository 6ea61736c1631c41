/** What finds out and records inputs: it is loaded when the first input is named, because most programs name none. */
import { messageOf } from "./errors.ts";
import { addressBeside, importLate, isLoadable } from "./import_late.ts";
import type {
  InputContent,
  RunInputs,
  SeenInputs,
  SeenRead,
} from "./run_inputs.ts";

/** What is loaded late. */
export interface LateInputs {
  /** Finds out what a file, a folder or an address is now. */
  contentOf(read: SeenRead): Promise<InputContent>;
  /** Makes the inputs of a run from what was seen of its reads. */
  recordInputs(seen: SeenInputs): Promise<RunInputs>;
}

let known: LateInputs | Promise<LateInputs> | undefined;

/** Registers what records inputs, so that nothing is loaded late. */
export function provideInputs(inputs: LateInputs): void {
  known = inputs;
}

/**
 * Returns what records inputs, and loads it if nothing has.
 *
 * @throws {Error} If it cannot be loaded.
 */
export async function lateInputs(): Promise<LateInputs> {
  return await (known ??= load());
}

async function load(): Promise<LateInputs> {
  try {
    const address = addressBeside("../inputs/mod", import.meta.url);
    if (!await isLoadable(address)) {
      throw new Error(
        "Ato is not permitted to read its own modules; add --allow-read",
      );
    }
    return await importLate(address) as LateInputs;
  } catch (error) {
    throw new Error(
      `what records inputs cannot be loaded: ${messageOf(error)}; ` +
        'add it to the program with: import "@ato/ato/program"',
      { cause: error },
    );
  }
}

/**
 * Starts to find out what an input is now.
 *
 * @returns its content; the promise is never rejected.
 */
export async function startContent(read: SeenRead): Promise<InputContent> {
  try {
    const { contentOf } = await lateInputs();
    return await contentOf(read);
  } catch (error) {
    return { problem: `could not be hashed: ${messageOf(error)}` };
  }
}
