import { importMlflowServer } from "../../sync/mod.ts";
import {
  EXIT,
  type ExitCode,
  type Invocation,
  UsageError,
} from "../command.ts";
import { mlflowLogin } from "../sync/mlflow.ts";
import { untilTold } from "../until_told.ts";
import { visible } from "../../internal/visible_text.ts";

/**
 * `ato import mlflow URL [EXPERIMENT]`: takes the runs of a server.
 *
 * @param words The address, and the name of an experiment.
 * @param dbPath The file that gets the runs.
 * @param invocation How the command was called.
 */
export async function importServer(
  words: readonly string[],
  dbPath: string,
  { options, terminal, json }: Invocation,
): Promise<ExitCode> {
  const [address = "", experiment, ...more] = words;
  if (more.length > 0) {
    throw new UsageError("Cannot import several experiments at once; name one");
  }
  const folder = typeof options.artifacts === "string"
    ? options.artifacts
    : `${dbPath}.artifacts`;
  const { added, same, running } = await untilTold((signal) =>
    importMlflowServer(address, {
      ...{ dbPath, signal, ...mlflowLogin() },
      running: options.running === true,
      ...(options["no-artifacts"] !== true && { artifacts: folder }),
      ...(experiment !== undefined && { experiment }),
      onNotice: (line) => terminal.notice(line),
    })
  );
  if (json) terminal.json([{ added, updated: [], same, running }]);
  else {
    terminal.line(
      `${added.length} added, ${same} already known${
        running === 0
          ? ""
          : `, ${running} still running there (--running takes them as they are)`
      }${experiment === undefined ? "" : ` of ${visible(experiment)}`}`,
    );
  }
  return terminal.hasNotices ? EXIT.differs : EXIT.ok;
}
