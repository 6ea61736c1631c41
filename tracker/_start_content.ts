/** Finds out the content of inputs in the background. */
import type { InputContent, SeenRead } from "../internal/run_inputs.ts";

/** What finds it out, once it is loaded. */
let loaded: Promise<typeof import("../inputs/mod.ts")> | undefined;

/**
 * Starts to find out what an input is now.
 *
 * @returns its content; the promise is never rejected.
 */
export async function startContent(read: SeenRead): Promise<InputContent> {
  try {
    const { contentOf } = await (loaded ??= import("../inputs/mod.ts"));
    return await contentOf(read);
  } catch (error) {
    const { code } = error as { code?: unknown };
    return { problem: `could not be hashed (${String(code ?? error)})` };
  }
}
