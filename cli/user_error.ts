import { visible } from "./text.ts";

/**
 * What to say of an error, in one sentence. Whether it is meant for people is told by its class, never
 * by its words.
 *
 * @param error Anything that a command threw.
 * @returns the sentence.
 */
export async function sentenceOf(error: unknown): Promise<string> {
  if (!(error instanceof Error)) return unexpected(String(error));
  if (await isForUser(error)) return error.message;
  return systemProblem(error) ?? unexpected(`${error.name}: ${error.message}`);
}

/** Loaded only where something went wrong: most commands need no config and no database. */
async function isForUser(error: Error): Promise<boolean> {
  const [adict, interpolation, hydra, tracker, study] = await Promise.all([
    import("../adict/errors.ts"),
    import("../adict/resolve/errors.ts"),
    import("../adict/hydra/errors.ts"),
    import("../tracker/errors.ts"),
    import("../hyperopt/study/errors.ts"),
  ]);
  return [
    adict.FrozenConfigError,
    adict.MissingKeyError,
    adict.ConfigSyntaxError,
    adict.ConfigFileError,
    adict.UnsupportedValueError,
    interpolation.InterpolationError,
    hydra.HydraError,
    hydra.HydraOverrideError,
    tracker.StorageError,
    tracker.NewerSchemaError,
    tracker.TrackerUsageError,
    study.StudyJournalError,
  ].some((type) => error instanceof type);
}

/** What the operating system refused: a file, a folder, a program. */
function systemProblem(error: Error): string | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || typeof syscall !== "string") return undefined;
  const what = path === undefined ? syscall : `${syscall} ${path}`;
  return `Cannot ${what}: the system says ${code}; check the path, its folder and the permissions`;
}

function unexpected(what: string): string {
  return `Cannot go on: ato itself is at fault, not what was typed (${
    visible(what)
  }); please report it with what ATO_DEBUG=1 shows`;
}
