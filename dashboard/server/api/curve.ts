/** The curve of a metric, as its envelope. */
import { visible } from "../../../internal/visible_text.ts";
import type { CurveReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";
import { MissingError } from "../reply.ts";

/** The most parts of a curve: as many as a screen is wide. */
const MOST_PARTS = 8_000;

/** `GET /api/runs/ID/curve?metric=NAME[&width=PIXELS][&from=STEP][&to=STEP][&times=1]`. */
export const curve: Endpoint<CurveReply> = {
  path: "/api/runs/:id/curve",
  isPlain: true,
  async answer(query, { source }) {
    const metric = query.text("metric");
    const maxPoints =
      query.optionalInteger("width", { min: 1, max: MOST_PARTS }) ?? 1000;
    const [from, to] = [
      query.optionalInteger("from"),
      query.optionalInteger("to"),
    ];
    const { id, metrics } = await source.run(query.runId());
    const parts = await metrics.chart(metric, {
      maxPoints,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    });
    if (parts.length === 0 && await metrics.summary(metric) === undefined) {
      throw new MissingError(
        `Cannot find metric ${visible(metric)}: run ${id} has no such metric`,
      );
    }
    const steps = parts.map(({ lastStep }) => lastStep);
    const times = query.optionalText("times") === "1"
      ? await metrics.times(metric, steps)
      : undefined;
    const finite = (value: number | undefined) =>
      Number.isFinite(value) ? value as number : null;
    return {
      metric,
      count: parts.reduce((sum, { count }) => sum + count, 0),
      isPoints: parts.every(({ count }) => count === 1),
      steps,
      ...(times && { times: times.map((time) => time?.getTime() ?? null) }),
      min: parts.map(({ min }) => finite(min)),
      max: parts.map(({ max }) => finite(max)),
      last: parts.map(({ last }) => finite(last)),
      nonfinite: parts.filter((part) => part.nonfinite > 0).map((
        { lastStep },
      ) => lastStep),
    };
  },
};
