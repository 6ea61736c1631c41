import { createHash } from "node:crypto";
import type { Run } from "../../tracker/mod.ts";

/**
 * Derives the id of a run at W&B from its identity, so that it is the same run whenever and wherever it is sent.
 *
 * @param run The run.
 * @returns 32 characters from 0-9 and a-f: those of the UUID, if it has one.
 *
 * @example
 * ```ts
 * import { wandbRunId } from "@ato/ato/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const uuid = "01234567-89ab-4def-8123-456789abcdef";
 * assertEquals(wandbRunId({ id: 1, uuid }), "0123456789ab4def8123456789abcdef");
 * ```
 */
export function wandbRunId(run: Pick<Run, "id" | "uuid">): string {
  const id = (run.uuid ?? "").replaceAll("-", "").toLowerCase();
  // The identity in a file can be any text.
  return /^[0-9a-f]{32}$/.test(id)
    ? id
    : createHash("sha256").update(`run ${run.id} ${id}`).digest("hex")
      .slice(0, 32);
}

/**
 * Names the folder of a run as W&B does: `offline-run-20260131_235959-ID`, by the time of its start (UTC).
 *
 * @param run The run.
 *
 * @example
 * ```ts
 * import { wandbRunFolder } from "@ato/ato/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const uuid = "01234567-89ab-4def-8123-456789abcdef";
 * const startTime = new Date("2026-01-31T23:59:59Z");
 * assertEquals(
 *   wandbRunFolder({ id: 1, uuid, startTime }),
 *   "offline-run-20260131_235959-0123456789ab4def8123456789abcdef",
 * );
 * ```
 */
export function wandbRunFolder(
  run: Pick<Run, "id" | "uuid" | "startTime">,
): string {
  const time = run.startTime?.getTime() ?? 0;
  const text = new Date(Number.isFinite(time) ? time : 0).toISOString();
  // A year beyond 9999 or before 0 has a sign and six digits.
  const [, y, mo, d, h, mi, s] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(text) ?? [];
  const at = y === undefined
    ? "19700101_000000"
    : `${y}${mo}${d}_${h}${mi}${s}`;
  return `offline-run-${at}-${wandbRunId(run)}`;
}
