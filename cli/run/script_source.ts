import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { ProgramSnapshot } from "../../internal/run_factors.ts";
import type {
  CodeRecord,
  ConfigHistory,
  RunSource,
} from "../../internal/run_source.ts";

/** Larger files are data, not scripts. */
const LARGEST = 1 << 20;
const SCRIPT = /\.(py|[cm]?[jt]sx?|rb|jl|r|R|lua|pl|sh|bash)$/;

/**
 * Makes the source of a run of any program: the text of the scripts on its command line, so that an edit of a
 * script shows as a change of the code.
 *
 * @param command The program and its words.
 * @param options The history of the config, and the program.
 */
export function scriptSource(
  command: readonly string[],
  { history, program }: {
    readonly history: ConfigHistory;
    readonly program: Promise<ProgramSnapshot>;
  },
): RunSource {
  const records = command.flatMap((word): CodeRecord[] => {
    const source = SCRIPT.test(word) ? readScript(resolve(word)) : undefined;
    if (source === undefined) return [];
    const digest = createHash("sha256").update(source).digest("hex");
    return [{ traceId: basename(word), hash: `ato-file-v1:${digest}`, source }];
  });
  return {
    name: "",
    history: () => history,
    codeRecords: () => Promise.resolve(records),
    onCode: (listener) => {
      records.forEach(listener);
      return () => {};
    },
    onOutput: () => () => {},
    program: () => program,
    isLauncher: true,
    // All words are in the config.
    words: () => [],
  };
}

function readScript(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() && found.size <= LARGEST
    ? readFileSync(path, "utf8")
    : undefined;
}
