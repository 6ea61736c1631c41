/** The lines of `docs/printed_metrics.md`, and properties of what reads them. */
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../cli/command.ts";
import { metricSummary } from "../../cli/run/metrics/metric_log.ts";
import { patternReader } from "../../cli/run/metrics/pattern.ts";
import type { PrintedMetrics } from "../../cli/run/metrics/printed.ts";
import { MetricReader, readMetricLine } from "../../cli/run/metrics/reader.ts";

const PAGE = readFileSync(
  new URL("../../docs/printed_metrics.md", import.meta.url),
  "utf8",
);

/** The tables of the page: a title, and lines with what each gives. */
function tables(): {
  title: string;
  rows: [line: string, gives: string[]][];
}[] {
  const blocks = PAGE.matchAll(/### ([^\n]+)\n+```text\n([^]*?)```/g);
  return [...blocks].map(([, title, text]) => {
    const rows: [string, string[]][] = [];
    for (const line of text!.trimEnd().split("\n")) {
      const gives = /^ {4}→ (.*)$/.exec(line)?.[1];
      if (gives === undefined) {
        rows.push([line.replaceAll("⇥", "\t").replaceAll("␛", "\x1b"), []]);
      } else if (gives !== "nothing") rows.at(-1)![1].push(gives);
    }
    return { title: title!, rows };
  });
}

function textOf({ metrics, step }: PrintedMetrics): string {
  const pairs = Object.entries(metrics)
    .map(([name, value]) => `${name} ${value}`);
  return [...pairs, ...(step === undefined ? [] : [`step ${step}`])].join(", ");
}

test("MetricReader: the page has its five tables", () => {
  assertEquals(
    tables().map(({ rows }) => rows.length > 5),
    Array(5).fill(true),
  );
});

for (const { title, rows } of tables()) {
  test(`MetricReader: ${title}`, () => {
    const reader = new MetricReader();
    for (const [line, gives] of rows) {
      const found = line === "(end)" ? reader.end() : reader.read(line);
      assertEquals(found.map(textOf), gives, line);
    }
    assertEquals(reader.end(), []);
  });
}

const BAR = (at: number, loss: number) =>
  `Epoch 1: ${at * 10}%|${"█".repeat(at)}${
    " ".repeat(10 - at)
  }| ${at}/10 [00:0${at}<00:01, 9.5it/s, loss=${loss}]`;

test("MetricReader: how often a bar is drawn changes nothing", () => {
  const drawings = fc.subarray([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const ends = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(drawings, ends, (drawn, times) => {
      const reader = new MetricReader();
      const found = [
        ...drawn.map((at) => BAR(at, 1 / at)),
        ...Array<string>(times).fill(BAR(10, 0.25)),
        "a message",
        BAR(10, 0.25),
      ].flatMap((line) => reader.read(line));
      found.push(...reader.end());
      assertEquals(found, [{ metrics: { loss: 0.25 }, step: 1 }]);
    }),
    { seed: 6, numRuns: 100 },
  );
});

test("MetricReader: a bar of an epoch that did not end gives nothing", () => {
  const reader = new MetricReader();
  const lines = [BAR(10, 0.5), BAR(4, 0.4).replace("Epoch 1", "Epoch 2")];
  const found = lines.flatMap((line) => reader.read(line));
  assertEquals([...found, ...reader.end()], [
    { metrics: { loss: 0.5 }, step: 1 },
  ]);
});

test("readMetricLine: a number is read whole or not at all", () => {
  const numbers = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer({ min: 1_000 }).map((n) => n.toLocaleString("en-US")),
  );
  const around = fc.constantFrom(
    "loss=#",
    "loss: # - x",
    "a loss: #",
    "step 3 | loss #",
    "{'loss': #}",
  );
  fc.assert(
    fc.property(numbers, around, (number, form) => {
      const grouped = number.includes(",");
      if (grouped && form.startsWith("{")) return;
      const found = readMetricLine(form.replace("#", number));
      const values = Object.values(found?.metrics ?? {});
      const value = Number(number.replaceAll(",", ""));
      for (const one of values) {
        assert(Object.is(one, value), `${form} ${number}: ${one}`);
      }
    }),
    { seed: 7, numRuns: 500 },
  );
});

test("readMetricLine: long lines end, where quadratic time would be minutes", () => {
  const length = 60_000;
  const parts = [
    "a",
    " ",
    "a ",
    "a(",
    "a=",
    "1,",
    ": ",
    "[",
    "{'",
    "\\",
    "━",
    "-",
    "a: 1 ",
    "\t",
    "1/1 [0, ",
  ];
  for (const part of parts) {
    for (
      const start of [
        "",
        "step 1 | ",
        "{",
        "Epoch 0:  50%|█| 1/2 [00:00<00:00, ",
      ]
    ) {
      readMetricLine(start + part.repeat(length / part.length));
    }
  }
});

test("patternReader: named groups are metrics, and the step", () => {
  const cases: [string[], string, string[]][] = [
    [["err=(?<err>[\\d.]+)%"], "err=12.5% err=13%", ["err 13"]],
    [["(?<name>\\w+) is (?<value>\\S+)"], "a is 1, b is 2x", ["a 1"]],
    [["(?<name>\\w+) is (?<value>[\\d.]+)"], "a is 1, b is 2", ["a 1, b 2"]],
    [["round (?<step>\\d+)", "loss (?<loss>\\S+)"], "round 3 loss 1,234.5", [
      "loss 1234.5, step 3",
    ]],
    [["loss (?<loss>\\S+)"], "loss high", []],
    [["loss (?<loss>\\S+)"], "acc=1", []],
  ];
  for (const [patterns, line, expected] of cases) {
    const found = patternReader(patterns).read(line);
    assertEquals(found.map(textOf), expected, line);
  }
});

test("patternReader: a pattern that names no metric is refused", () => {
  for (
    const [pattern, part] of [["loss (", "regular expression"], [
      "loss (\\d+)",
      "names no metric",
    ], ["(?<name>a)", "names no metric"]] as const
  ) {
    assertThrows(() => patternReader([pattern]), UsageError, part);
  }
});

test("metricSummary: says what was read, or that nothing was", () => {
  const names = (count: number) =>
    new Map(Array.from({ length: count }, (_, i) => [`m${i}`, i + 1]));
  assertEquals(
    metricSummary(new Map()),
    "no metrics were read from its output",
  );
  assertEquals(
    metricSummary(names(2)),
    "metrics read from its output: m0 (1), m1 (2)",
  );
  assert(metricSummary(names(10)).endsWith("m7 (8) and 2 more"));
});
