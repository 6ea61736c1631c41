import { messageOf } from "../../../internal/errors.ts";
import type { SQLLogger } from "../../../tracker/mod.ts";
import type { PrintedMetrics } from "./printed.ts";
import { MetricReader } from "./reader.ts";

/** The most names of a run: a program that prints more does not print metrics. */
const MOST_NAMES = 10_000;

/** Reads metrics in lines. */
export interface LineReader {
  /** Takes the next line; returns the metrics that are certain by now. */
  read(line: string): readonly PrintedMetrics[];
  /** Takes the end of the output. */
  end(): readonly PrintedMetrics[];
}

/** Logs the metrics of printed lines. */
export interface MetricLog {
  /**
   * Makes what takes the lines of one stream: the lines of two streams come in any order, so a bar on one of them
   * does not end because of a line on the other one.
   */
  stream(): LineSink;
  /** The number of points by the name of the metric. */
  readonly points: ReadonlyMap<string, number>;
}

/** Takes the lines of one stream. */
export interface LineSink {
  /** Takes the next line. No line stops the program. */
  take(line: string): void;
  /** Takes the end of the stream. */
  end(): void;
}

/** Options for {@linkcode metricLog}. */
export interface MetricLogOptions {
  /** The logger of the run. */
  readonly logger: Pick<SQLLogger, "logMetrics">;
  /** Called with a sentence about what was left out, once for each reason. */
  readonly warn: (text: string) => void;
  /** Makes what reads the lines of a stream. @default {the grammar of `docs/printed_metrics.md`} */
  readonly makeReader?: () => LineReader;
}

/** Makes what logs the metrics of printed lines. */
export function metricLog(
  { logger, warn, makeReader = () => new MetricReader() }: MetricLogOptions,
): MetricLog {
  const points = new Map<string, number>();
  const once = onceOnly(warn);
  const log = ({ metrics, step }: PrintedMetrics): void => {
    const entries = Object.entries(metrics);
    const kept = entries.filter(([name]) => isRoomFor(name, points));
    if (kept.length < entries.length) {
      once(
        `more than ${MOST_NAMES} names of metrics were printed; further names are not recorded`,
      );
    }
    if (kept.length === 0) return;
    logger.logMetrics(Object.fromEntries(kept), step);
    for (const [name] of kept) points.set(name, (points.get(name) ?? 0) + 1);
  };
  const logAll = (read: () => readonly PrintedMetrics[]): void => {
    try {
      for (const found of read()) log(found);
    } catch (error) {
      once(`a printed line could not be recorded: ${messageOf(error)}`);
    }
  };
  const stream = (): LineSink => {
    const reader = makeReader();
    return {
      take: (line) => logAll(() => reader.read(line)),
      end: () => logAll(() => reader.end()),
    };
  };
  return { stream, points };
}

function onceOnly(warn: (text: string) => void): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    said.add(text);
    warn(text);
  };
}

function isRoomFor(name: string, points: ReadonlyMap<string, number>): boolean {
  return points.has(name) || points.size < MOST_NAMES;
}

/** The most names that the summary lists. */
const LISTED = 8;

/**
 * Says which metrics were read.
 *
 * @param points The number of points by the name of the metric.
 * @returns e.g. `metrics read from its output: loss (10), val_acc (2)`.
 */
export function metricSummary(points: ReadonlyMap<string, number>): string {
  if (points.size === 0) return "no metrics were read from its output";
  const listed = [...points].slice(0, LISTED)
    .map(([name, count]) => `${name} (${count})`).join(", ");
  const rest = points.size > LISTED ? ` and ${points.size - LISTED} more` : "";
  return `metrics read from its output: ${listed}${rest}`;
}
