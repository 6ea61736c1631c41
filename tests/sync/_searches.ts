/** Searches that travel, for tests: a small one whose trials are runs, and what a file has of them. */
import {
  defineSpace,
  float,
  fullFidelity,
  openStudy,
  randomSampler,
  type Space,
  sqliteJournal,
  type Study,
  type StudyOptions,
} from "@ato/ato/hyperopt";
import { openForReading } from "../../tracker/mod.ts";
import { record } from "./_lib.ts";

const SPACE: Space<{ lr: number }> = defineSpace({ lr: float(0, 1) });

/** Opens a search in a file. */
export async function openSearch(
  dbPath: string,
  options: Partial<StudyOptions<{ lr: number }>> & { studyId?: string } = {},
): Promise<Study<{ lr: number }>> {
  const { studyId = "iris", ...more } = options;
  return openStudy({
    id: studyId,
    space: SPACE,
    sampler: randomSampler(SPACE),
    scheduler: fullFidelity({ trials: 100 }),
    metric: "loss",
    mode: "min",
    seed: 7,
    journal: await sqliteJournal({ dbPath, studyId }),
    ...more,
  });
}

/** Runs trials of a search; with a project, each is a run. */
export async function runTrials(
  study: Study<{ lr: number }>,
  dbPath: string,
  options: { readonly trials: number; readonly project?: string },
): Promise<void> {
  const { trials, project } = options;
  for (let i = 0; i < trials; i++) {
    const answer = study.ask();
    if (answer.kind !== "job") return;
    const { job } = answer;
    if (project !== undefined) {
      const run = { tags: ["hyperopt", `search:${study.id}`] };
      study.link(
        job.trial,
        await record(dbPath, { config: job.config, project, run }),
      );
    }
    study.tell(job, { metrics: { loss: job.config.lr } });
  }
}

/** Makes a search of some trials, and closes it. */
export async function addSearch(
  dbPath: string,
  options: {
    readonly trials?: number;
    readonly project?: string;
    readonly studyId?: string;
    readonly seed?: number;
  } = {},
): Promise<void> {
  const { trials = 3, project, ...more } = options;
  const study = await openSearch(dbPath, more);
  await runTrials(study, dbPath, { trials, ...(project && { project }) });
  study.close();
}

/** The journals of a file by the names of the searches: the events, as they are stored. */
export async function journalsOf(
  dbPath: string,
): Promise<Record<string, string[]>> {
  const connection = await openForReading(dbPath);
  try {
    const rows = connection.prepare(
      `SELECT name, event FROM studies JOIN study_events ON study_id = id ORDER BY id, seq`,
    ).all();
    const all: Record<string, string[]> = {};
    for (const { name, event } of rows) {
      (all[String(name)] ??= []).push(String(event));
    }
    return all;
  } finally {
    connection.close();
  }
}

/** A journal without the command of its sessions, which does not travel. */
export function withoutCommands(events: readonly string[]): unknown[] {
  return events.map((text) => {
    const event = JSON.parse(text) as Record<string, unknown>;
    const { command: _command, seal: _seal, ...start } =
      (event["start"] ?? {}) as Record<string, unknown>;
    return event["start"] === undefined ? event : { ...event, start };
  });
}
