/** When points were logged, looked up by their steps. */
import { checkPoint, stepOrNull, tailOf } from "./_series_summary.ts";
import type { Connection, Row } from "./driver.ts";
import { damageError, type Place } from "./errors.ts";

/** The greatest time that a date can hold, in milliseconds since 1970. */
const LAST_TIME = 8.64e15;

/**
 * Looks up when the last point of each step was logged. The time grows with the number of steps that are asked for,
 * not with the curve.
 *
 * @param connection The file.
 * @param series The rows of the series of a metric, checked, by attempt.
 * @param steps The steps.
 * @param placeOf Returns the place of a table, for messages.
 * @returns milliseconds since 1970 for each step; `undefined` for a step without a point.
 */
export function pointTimes(
  connection: Connection,
  series: readonly Row[],
  steps: readonly number[],
  placeOf: (table: string) => Place,
): (number | undefined)[] {
  const select = connection.prepare(
    `SELECT step, value, kind, at FROM points WHERE series_id = ? AND step = ?
     ORDER BY seq DESC LIMIT 1`,
  );
  // Of equal steps, the point of the newest attempt is the last.
  const newestFirst = series.toReversed().map((row) => ({
    id: row["id"]!,
    start: Number(row["start"]),
    cut: stepOrNull(row["cut_step"]) ?? Number.MAX_SAFE_INTEGER,
    tail: new Map(
      tailOf(connection, row).map((point) => [
        Number(point["step"]),
        checked(point, placeOf("tail")),
      ]),
    ),
  }));
  return steps.map((step) => {
    for (const { id, start, cut, tail } of newestFirst) {
      if (step > cut) continue;
      const point = tail.get(step) ?? select.get(id, step);
      if (point === undefined) continue;
      const at = start + Number(checked(point, placeOf("points"))["at"]);
      if (Math.abs(at) <= LAST_TIME) return at;
      throw damageError(placeOf("points"), `the time of step ${step} is none`);
    }
    return undefined;
  });
}

function checked(point: Row, place: Place): Row {
  checkPoint(point, place);
  return point;
}
