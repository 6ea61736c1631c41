import type { MetricCursor, MetricPoint, Run } from "../../tracker/mod.ts";

/** All points of a metric, read a page at a time. */
export async function* pointsOf(
  run: Run,
  key: string,
): AsyncGenerator<readonly MetricPoint[]> {
  let after: MetricCursor | undefined;
  do {
    const page = await run.metrics.points(key, {
      limit: 10_000,
      ...(after !== undefined && { after }),
    });
    if (page.points.length > 0) yield page.points;
    after = page.next;
  } while (after !== undefined);
}
