import { messageOf } from "../../internal/errors.ts";
import type { SQLLogger } from "../../tracker/mod.ts";
import { readMetricLine } from "./metric_lines.ts";

/** The most names of a run: a program that prints more does not print metrics. */
const MOST_NAMES = 10_000;

/**
 * Makes a function that logs the metrics of printed lines. No line stops the program.
 *
 * @param logger The logger of the run.
 * @param warn Called with a sentence about what was left out, once for each reason.
 * @returns a function that takes the next line.
 */
export function metricLog(
  logger: Pick<SQLLogger, "logMetrics">,
  warn: (text: string) => void,
): (line: string) => void {
  const names = new Set<string>();
  const said = new Set<string>();
  const once = (text: string) => {
    if (said.has(text)) return;
    said.add(text);
    warn(text);
  };
  return (line) => {
    try {
      const found = readMetricLine(line);
      if (found === undefined) return;
      const entries = Object.entries(found.metrics);
      const kept = entries.filter(([name]) => isRoomFor(name, names));
      if (kept.length < entries.length) {
        once(
          `more than ${MOST_NAMES} names of metrics were printed; further names are not recorded`,
        );
      }
      if (kept.length > 0) {
        logger.logMetrics(Object.fromEntries(kept), found.step);
      }
    } catch (error) {
      const reason = messageOf(error);
      once(`a printed line could not be recorded: ${reason}`);
    }
  };
}

function isRoomFor(name: string, names: Set<string>): boolean {
  if (!names.has(name) && names.size >= MOST_NAMES) return false;
  names.add(name);
  return true;
}
