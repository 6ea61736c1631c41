import { visible } from "../../internal/visible_text.ts";
import { readTargets } from "../../sync/mod.ts";
import type { RunRevision } from "../../tracker/mod.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";

/** What `ato sync status` says of a target. */
interface TargetStatus {
  readonly target: string;
  readonly address: string;
  /** When the last sync ended. */
  readonly at?: string;
  /** Why it ended early. */
  readonly problem?: string;
  /** The number of runs that are there as they are here. */
  readonly there: number;
  /** The ids of runs of which a part is missing there. */
  readonly behind: readonly number[];
  readonly problems: readonly {
    readonly run: number;
    readonly reason: string;
  }[];
}

/** `ato sync status`: what was sent where, by what this file remembers. */
export async function syncStatus(
  words: readonly string[],
  { terminal, json, dbPath, finder }: Invocation,
): Promise<ExitCode> {
  if (words.length > 0) {
    throw new UsageError(
      "Cannot use words with ato sync status: it takes none",
    );
  }
  const revisions = await (await finder()).revisions();
  const targets = await readTargets(await dbPath());
  const all = targets.map(({ kind, address, at, problem, runs }) => {
    const here = new Map(revisions.map((one) => [one.uuid, one]));
    const known = runs.flatMap((run) => {
      const found = here.get(run.uuid);
      return found === undefined ? [] : [{ ...run, here: found }];
    });
    const isThere = (
      { revision, here }: { revision?: string; here: RunRevision },
    ): boolean =>
      revision === here.revision || revision === `${here.revision} crashed`;
    return {
      target: kind,
      address,
      ...(at !== undefined && { at: new Date(at).toISOString() }),
      ...(problem !== undefined && { problem }),
      there: known.filter(isThere).length,
      behind: known.filter((run) => !isThere(run)).map(({ here }) => here.id),
      problems: known.flatMap(({ problem, here }) =>
        problem === undefined ? [] : [{ run: here.id, reason: problem }]
      ),
    } satisfies TargetStatus;
  });
  if (json) terminal.json(all);
  else if (all.length === 0) {
    terminal.line(
      "nothing was sent yet; `ato sync mlflow URL` sends the runs of this file",
    );
  } else for (const one of all) say(one, (line) => terminal.line(line));
  const isWhole = all.every(({ behind, problems, problem }) =>
    behind.length + problems.length === 0 && problem === undefined
  );
  return isWhole ? EXIT.ok : EXIT.differs;
}

function say(one: TargetStatus, line: (text: string) => void): void {
  const { target, address, there, behind, problems, problem, at } = one;
  const since = at === undefined
    ? ""
    : `, last sync ${at.slice(0, 19).replace("T", " ")}`;
  line(
    `${target} ${visible(address)}: ${there} run${
      there === 1 ? "" : "s"
    } there${behind.length === 0 ? "" : `, ${behind.length} behind`}${since}`,
  );
  if (problem !== undefined) {
    line(`  the last sync ended early: ${visible(problem)}`);
  }
  for (const { run, reason } of problems) {
    if (reason === problem) continue;
    line(`  run ${run}: ${visible(reason)}`);
  }
}
