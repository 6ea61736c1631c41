import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRecord } from "../../internal/objects.ts";
import {
  type AnnouncedRun,
  LAUNCH_VARIABLE,
} from "../../internal/launch_note.ts";

/** The file in which a program announces the runs that it records itself. */
export class AnnouncedRuns {
  readonly #folder = mkdtempSync(join(tmpdir(), "ato-launch-"));
  readonly #path = join(this.#folder, "runs");

  /** The environment variable that the program gets. */
  get env(): Record<string, string> {
    return { [LAUNCH_VARIABLE]: this.#path };
  }

  /** Reads what was announced, and removes the file. */
  take(): AnnouncedRun[] {
    try {
      return readFileSync(this.#path, "utf8").split("\n").flatMap(readLine);
    } catch (error) {
      if ((error as { code?: unknown }).code === "ENOENT") return [];
      throw error;
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
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
  const { path, id, uuid } = run;
  return typeof path === "string" && typeof id === "number" &&
      typeof uuid === "string"
    ? [{ path, id, uuid }]
    : [];
}
