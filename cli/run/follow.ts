/** Runs a program to its end, and logs what it prints. */
import process from "node:process";
import { hideInText, secretsIn } from "../../internal/hidden_secrets.ts";
import { visible } from "../../internal/visible_text.ts";
import type { Invocation } from "../command.ts";
import { type Ended, runChild } from "./child.ts";
import { childTerminal } from "./child_terminal.ts";
import type { LaunchedRun } from "./launch_run.ts";
import type { LineReader } from "./metrics/metric_log.ts";
import { type Passer, passOn } from "./pass_on.ts";
import { programOutput } from "./program_output.ts";

/** What following a program takes. */
export interface Follow {
  /** The run, and how the program is started. */
  readonly launched: LaunchedRun;
  /** How `ato run` was called. */
  readonly invocation: Invocation;
  /** Makes what reads the metrics, if the user gave patterns. */
  readonly makeReader: (() => LineReader) | undefined;
}

/** Runs the program and logs the metrics that it prints; the run ends with the program in any case. */
export async function follow(
  command: readonly string[],
  { launched, invocation: { json, terminal }, makeReader }: Follow,
): Promise<{ readonly ended: Ended; readonly summary: string }> {
  const { logger, launch, source, collector, announced } = launched;
  const say = (text: string) => terminal.warn(`ato: ${visible(text)}`);
  terminal.outliveReader();
  const streams = passStreams(json, say);
  const { isGiven: inTerminal, reason } = json
    ? { isGiven: false, reason: undefined }
    : childTerminal();
  if (reason !== undefined) say(`the program gets no terminal: ${reason}`);
  const output = programOutput({
    logger,
    warn: say,
    makeReader,
    inTerminal,
    secrets: secretsIn(command),
  });
  try {
    const ended = await runChild(launch.command, {
      env: {
        // Python buffers what it prints to a pipe; metrics must arrive while it runs.
        PYTHONUNBUFFERED: process.env.PYTHONUNBUFFERED ?? "1",
        ...launch.env,
      },
      onStart: (pid) => {
        collector.start(pid, { isBelow: inTerminal });
        source.start();
      },
      inTerminal,
      onOutput: (stream, chunk) => {
        output.write(stream, chunk);
        return streams[stream].write(chunk);
      },
      onLeftBehind: () =>
        say(
          "the program has ended, but a process that it started still holds its output; " +
            "press Ctrl-C to stop waiting",
        ),
    });
    const summary = output.end();
    if (announced().length > 0) source.leave();
    await logger.finish(statusOf(command, ended, output.tail));
    return { ended, summary };
  } catch (error) {
    await logger.finish({ error });
    throw error;
  } finally {
    streams.stdout.stop();
    streams.stderr.stop();
  }
}

/** Makes what passes the output of the program on; with `--json`, stdout is for the answer alone. */
function passStreams(
  json: boolean,
  say: (text: string) => void,
): Readonly<Record<"stdout" | "stderr", Passer>> {
  const lost = (error: Error) =>
    say(
      `the output cannot be written (${error.message}); the program continues`,
    );
  return {
    stdout: passOn(json ? process.stderr : process.stdout, lost),
    // If stderr itself fails, there is no place to say so.
    stderr: passOn(process.stderr, () => {}),
  };
}

function statusOf(
  command: readonly string[],
  { code, interrupted, signal }: Ended,
  tail: readonly string[],
): { status?: "interrupted"; error?: Error } {
  if (interrupted) return { status: "interrupted" };
  if (code === 0) return {};
  const [program = ""] = command;
  const secrets = secretsIn(command);
  const how = signal === undefined ? `exit code ${code}` : `signal ${signal}`;
  const error = new Error(`${program} ended with ${how}`);
  error.name = "ExitError";
  // The reason is in what the program printed, not in a stack of ours.
  error.stack = tail.length > 0
    ? hideInText(tail.join("\n"), secrets)
    : `ExitError: ${error.message}`;
  return { error };
}
