/**
 * Runs a command, shows its output as it arrives, and keeps it.
 *
 * @module
 */

/** How a command ended. */
export interface Outcome {
  /** Its exit status. */
  readonly code: number;
  /** Its output, stdout and stderr in the order of arrival. */
  readonly output: string;
}

/** Options for {@linkcode runCommand}. */
export interface RunOptions {
  /** Folder to run in. @default {the current one} */
  readonly cwd?: string;
  /** Variables added to the environment. */
  readonly env?: Record<string, string>;
  /** Keep the output without showing it. @default {false} */
  readonly quiet?: boolean;
}

/**
 * Runs a command to its end.
 *
 * @param command Path or name of the program.
 * @param args Its arguments.
 * @param options Folder, environment, quietness.
 * @returns its exit status and output.
 */
export async function runCommand(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const child = new Deno.Command(command, {
    args,
    cwd: options.cwd,
    env: options.env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const chunks: string[] = [];
  await Promise.all([
    drain(child.stdout, chunks, options.quiet ? undefined : Deno.stdout),
    drain(child.stderr, chunks, options.quiet ? undefined : Deno.stderr),
  ]);
  return { code: (await child.status).code, output: chunks.join("") };
}

async function drain(
  stream: ReadableStream<Uint8Array>,
  chunks: string[],
  show: { writeSync(data: Uint8Array): number } | undefined,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    chunks.push(decoder.decode(chunk, { stream: true }));
    for (let at = 0; show && at < chunk.length;) {
      at += show.writeSync(chunk.subarray(at));
    }
  }
}
