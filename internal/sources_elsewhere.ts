/**
 * What a run that was pulled without its sources has left where it was pushed from.
 *
 * @module
 */

/** What the environment of a run says of how it was started. */
interface Started {
  readonly pid?: number;
  readonly script?: string;
  readonly argv?: readonly string[];
  readonly command?: readonly string[];
}

/** How what stayed behind comes along. */
export const PUSH_SOURCES = "ato push --with-sources sends it";

/**
 * Whether the sources of a run stayed where it was pushed from: Ato records the words of a command with the process that
 * it started, and a hub takes them only with the sources. A run in a thread that does not know the words of its process has
 * no script, either.
 *
 * @param environment The environment of one of its attempts.
 */
export function areSourcesElsewhere(
  { pid, script, argv, command }: Started,
): boolean {
  return pid !== undefined && script !== undefined && argv === undefined &&
    command === undefined;
}
