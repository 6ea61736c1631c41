/** Long curves: whatever the width, they are whole, and fine enough for it. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { CurveReply } from "../../dashboard/api_types.ts";
import { BIG_PROJECT, writeBigFile } from "./_big_file.ts";
import { withDashboard } from "./_lib.ts";

/** More rollups of the finest level than are read at once, and points after the last one. */
const POINTS = 80_037;

test("dashboard: a long curve has all points and its spike at each width, and parts enough for it", () =>
  withDashboard(
    (dbPath) =>
      writeBigFile(dbPath, { runs: 3, points: POINTS, longest: POINTS }),
    async ({ get }) => {
      const { body } = await get(`/api/runs?project=${BIG_PROJECT}`);
      const id = Math.max(...body.ids);
      const sizes: [width: number, parts: number][] = [];
      for (const width of [1, 2, 40, 79, 160, 600, 1200, 1260, 8_000]) {
        const curve: CurveReply = (await get(
          `/api/runs/${id}/curve?metric=loss&width=${width}`,
        )).body;
        assertEquals(curve.count, POINTS, `width ${width}`);
        assertEquals(Math.max(...curve.max as number[]), 9, `width ${width}`);
        assertEquals(curve.steps.at(-1), POINTS - 1, `width ${width}`);
        sizes.push([width, curve.steps.length]);
      }
      for (const [width, parts] of sizes) {
        // 64 points are the least part that is stored for a curve of this length.
        const finest = Math.ceil(POINTS / 64) / 2;
        const text = `width ${width}: ${parts} parts`;
        assert(parts <= width + 1, text);
        assert(parts >= Math.min(width / 2, finest) - 1, text);
      }
    },
  ));

test("dashboard: a part of a long curve is read as fine as it is shown", () =>
  withDashboard(
    (dbPath) =>
      writeBigFile(dbPath, { runs: 3, points: POINTS, longest: POINTS }),
    async ({ get }) => {
      for (const [from, to] of [[0, 70_000], [40_000, 40_100], [1, 80_000]]) {
        const { count, steps, isPoints }: CurveReply = (await get(
          `/api/runs/3/curve?metric=loss&width=1200&from=${from}&to=${to}`,
        )).body;
        assertEquals([count, steps.at(-1)], [to! - from! + 1, to]);
        assertEquals(isPoints, to! - from! < 1200);
      }
    },
  ));
