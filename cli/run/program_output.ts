import type { ConsoleStream, SQLLogger } from "../../tracker/mod.ts";
import { streamHider } from "./hide_in_stream.ts";
import { LineSplitter } from "./line_splitter.ts";
import {
  type LineReader,
  metricLog,
  metricSummary,
} from "./metrics/metric_log.ts";

/** The number of last lines of stderr that are kept if the program fails. */
const TAIL = 20;
/** The most characters of each line. */
const TAIL_WIDTH = 2000;

/** Records what a program prints. */
export interface ProgramOutput {
  /** Takes the next bytes of a stream. */
  write(stream: ConsoleStream, bytes: Uint8Array): void;
  /** The last lines of stderr, or of the terminal. */
  readonly tail: readonly string[];
  /** Takes the end of the output; says which metrics were read. */
  end(): string;
}

/** Options for {@linkcode programOutput}. */
export interface ProgramOutputOptions {
  /** The logger of the run. */
  readonly logger: SQLLogger;
  /** Called with a sentence about what was left out, once for each reason. */
  readonly warn: (text: string) => void;
  /** Makes what reads the metrics of a stream. @default {the grammar of `docs/printed_metrics.md`} */
  readonly makeReader: (() => LineReader) | undefined;
  /** Whether the program has a terminal, which has one stream for both. */
  readonly inTerminal: boolean;
  /** What is stored as `***`. */
  readonly secrets: readonly string[];
}

/** Makes what logs the metrics in the lines of both streams, and keeps what was printed. */
export function programOutput(
  { logger, warn, makeReader, inTerminal, secrets }: ProgramOutputOptions,
): ProgramOutput {
  const tail: string[] = [];
  const log = metricLog({ logger, warn, ...(makeReader && { makeReader }) });
  const part = (stream: ConsoleStream, isInTail: boolean): OutputPart => {
    const metrics = log.stream();
    const hider = streamHider(secrets);
    const splitter = new LineSplitter((line) => {
      if (isInTail) {
        tail.push(line.slice(0, TAIL_WIDTH));
        if (tail.length > TAIL) tail.shift();
      }
      metrics.take(line);
    });
    const keep = (bytes: Uint8Array): void => {
      if (bytes.length > 0) logger.logConsole(stream, bytes);
    };
    return {
      write(bytes) {
        splitter.write(bytes);
        keep(hider.take(bytes));
      },
      end() {
        splitter.end();
        metrics.end();
        keep(hider.end());
      },
    };
  };
  const parts = {
    stdout: part("stdout", inTerminal),
    stderr: part("stderr", true),
  };
  return {
    write: (stream, bytes) => parts[stream].write(bytes),
    tail,
    end() {
      for (const one of Object.values(parts)) one.end();
      return metricSummary(log.points);
    },
  };
}

interface OutputPart {
  write(bytes: Uint8Array): void;
  end(): void;
}
