/** Points of curves in addresses: `10:loss` is step 10 of the loss. */

/** A point of a metric's curve. */
export interface MetricPoint {
  readonly metric: string;
  readonly step: number;
}

/** Reads a point; `undefined` if the text is none, or none of these metrics. */
export function pointIn(
  text: string,
  metrics: readonly { readonly metric: string }[],
): MetricPoint | undefined {
  const [, digits, metric] = /^(-?\d{1,16}):(.*)$/s.exec(text) ?? [];
  const step = Number(digits);
  return metric !== undefined && Number.isSafeInteger(step) &&
      metrics.some((one) => one.metric === metric)
    ? { metric, step }
    : undefined;
}

/** Writes a point. */
export function pointAsText({ metric, step }: MetricPoint): string {
  return `${step}:${metric}`;
}
