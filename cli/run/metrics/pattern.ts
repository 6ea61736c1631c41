/** Metrics by a pattern of the user: `--metrics PATTERN`. */
import { UsageError } from "../../command.ts";
import { messageOf } from "../../../internal/errors.ts";
import type { LineReader } from "./metric_log.ts";
import { PLAIN_NUMBER, readNumber } from "./numbers.ts";
import {
  type PrintedMetrics,
  printedMetrics,
  type PrintedNumber,
} from "./printed.ts";

const VALUE = new RegExp(`^${PLAIN_NUMBER}$`);

/**
 * Makes a reader from regular expressions. Each named group is a metric of that name (`step` is the step), or the
 * groups `name` and `value` give the name and the value of each match.
 *
 * @param patterns Regular expressions of JavaScript.
 * @returns what reads the metrics of a line.
 * @throws {UsageError} If one is no regular expression, or has no named group.
 */
export function patternReader(
  patterns: readonly string[],
): LineReader {
  const expressions = patterns.map(compile);
  const read = (line: string): PrintedMetrics[] => {
    const found = new Map<string, PrintedNumber>();
    for (const expression of expressions) {
      for (const { groups } of line.matchAll(expression)) {
        for (const [name, text] of named(groups!)) {
          found.set(name, readNumber(text));
        }
      }
    }
    const metrics = printedMetrics(found);
    return metrics === undefined ? [] : [metrics];
  };
  return { read, end: () => [] };
}

function compile(pattern: string): RegExp {
  const quoted = JSON.stringify(pattern);
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, "gu");
  } catch (error) {
    throw new UsageError(
      `Cannot read --metrics ${quoted}: ${
        messageOf(error)
      }; write a regular expression of JavaScript`,
      { cause: error },
    );
  }
  const names = Object.keys(
    new RegExp(`${pattern}|`, "u").exec("")?.groups ?? {},
  );
  if (
    names.length > 0 && (!names.includes("name") || names.includes("value"))
  ) {
    return expression;
  }
  throw new UsageError(
    `Cannot read --metrics ${quoted}: it names no metric; name one by a group, as in 'loss (?<loss>[\\d.]+)', or use the groups name and value`,
  );
}

function named(
  groups: Readonly<Record<string, string | undefined>>,
): [string, string][] {
  const { name, value } = groups;
  const pairs: [string, string | undefined][] = name !== undefined &&
      "value" in groups
    ? [[name, value], ["step", groups["step"]]]
    : Object.entries(groups);
  return pairs.flatMap(([key, text]) => {
    const number = text?.replaceAll(",", "");
    return number !== undefined && VALUE.test(number) ? [[key, number]] : [];
  });
}
