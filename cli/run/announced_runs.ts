import { readFileSync } from "node:fs";
import { isRecord } from "../../internal/objects.ts";
import type { AnnouncedRun } from "../../internal/launch_note.ts";

/**
 * Reads the runs that a program recorded itself.
 *
 * @param path The file in which it announced them.
 */
export function announcedRuns(path: string): AnnouncedRun[] {
  try {
    return readFileSync(path, "utf8").split("\n").flatMap(readLine);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return [];
    throw error;
  }
}

/** The last line of a program that was killed can be cut off. */
function readLine(line: string): AnnouncedRun[] {
  let run: unknown;
  try {
    run = JSON.parse(line);
  } catch {
    return [];
  }
  if (!isRecord(run)) return [];
  const { path, id, uuid, isObserved } = run;
  return typeof path === "string" && typeof id === "number" &&
      typeof uuid === "string"
    ? [{ path, id, uuid, ...(isObserved === true && { isObserved }) }]
    : [];
}
