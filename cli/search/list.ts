import { listStudies, readStudy, type StudyView } from "../../hyperopt/mod.ts";
import { UserError } from "../../internal/errors.ts";
import { short } from "../../internal/text.ts";
import { EXIT, type ExitCode, type Invocation } from "../command.ts";
import { writeTable } from "../output/table.ts";
import { sentenceOf } from "../user_error.ts";
import { briefOf } from "./describe.ts";
import { objectivesText } from "./objectives_text.ts";
import type { Config } from "./search_named.ts";

/**
 * Lists the searches of a file. A damaged one is named on stderr, and the others are listed.
 *
 * @param _words None.
 * @param invocation The command.
 * @returns the exit code.
 */
export async function listSearches(
  _words: readonly string[],
  { terminal, json, dbPath }: Invocation,
): Promise<ExitCode> {
  const path = await dbPath();
  const studies: StudyView<Config>[] = [];
  for (const name of await listStudies(path)) {
    try {
      studies.push(await readStudy<Config>(path, name));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      terminal.notice(sentenceOf(error));
    }
  }
  if (json) terminal.json(studies.map(briefOf));
  else if (studies.length === 0) terminal.warn("no searches");
  else {
    const rows = studies.map((study) => {
      const { best, front, metric } = study;
      const value = best?.metrics[metric];
      const fidelity = (best ?? front[0])?.fidelity;
      return [
        study.id,
        study.state,
        String(study.trials.length),
        short(study.spent.fidelity),
        value !== undefined
          ? short(value)
          : front.length > 0
          ? `${front.length} in front`
          : "",
        fidelity === undefined ? "" : short(fidelity),
        objectivesText(study),
      ];
    });
    const head = [
      "search",
      "state",
      "trials",
      "spent",
      "best",
      "fidelity",
      "metric",
    ];
    writeTable(terminal, head, rows, [2, 3, 4, 5]);
  }
  if (terminal.hasNotices) return EXIT.usage;
  return studies.length > 0 ? EXIT.ok : EXIT.differs;
}
