import { TrackerUsageError } from "./errors.ts";
import { getProcess } from "../internal/runtime.ts";

/** `sqlite` with its driver, if one is named as SQLAlchemy does. */
const SCHEME = /^sqlite(?:\+\w+)?:(\/*)(.*)$/is;

/**
 * Returns the path of a database file.
 *
 * `sqlite:///a.db` is relative, `sqlite:////a.db` absolute, as in SQLAlchemy. Paths that are
 * certainly mistakes are refused: a new database in a wrong place looks like lost runs.
 *
 * @param text A path, or a URL that starts with `sqlite:///`.
 * @returns the path; `:memory:` for none.
 * @throws {TrackerUsageError} If it is another kind of database, or would name an unexpected file.
 */
export function sqlitePath(text: string): string {
  const url = SCHEME.exec(text);
  const path = url === null ? text : pathOfUrl(text, url[1]!, url[2]!);
  const other = /^([a-z][a-z0-9+]+):\/\//i.exec(path) ??
    /^(file):/i.exec(path);
  if (other !== null) {
    throw new TrackerUsageError(
      `Cannot use ${
        other[1]
      }: only SQLite is supported; write experiment.sql.dbPath as "sqlite:///file.db" or a path`,
    );
  }
  refuseOddPath(text, path);
  return path;
}

function pathOfUrl(text: string, slashes: string, rest: string): string {
  if (rest === "" && (slashes.length === 2 || slashes.length === 3)) {
    return ":memory:";
  }
  if (slashes.length < 3) {
    throw refusal(
      text,
      "three slashes stand before a path",
      `write sqlite:///${rest}, or sqlite:////${rest} for a path from the root on`,
    );
  }
  if (rest.includes("?")) {
    throw refusal(
      text,
      "settings after a ? are not read",
      `write sqlite:///${rest.slice(0, rest.indexOf("?"))}`,
    );
  }
  return `${slashes.slice(3)}${rest}`;
}

function refuseOddPath(text: string, path: string): void {
  if (path.trim() !== path) {
    throw refusal(text, "it begins or ends with blanks", "leave them out");
  }
  // deno-lint-ignore no-control-regex -- they are what is looked for
  if (/[\0-\x1f\x7f]/.test(path)) {
    throw refusal(text, "it contains a control character", "leave it out");
  }
  if (/^~[^/\\]*(?:[/\\]|$)/.test(path)) {
    throw refusal(text, "only a shell expands ~", "write the whole path");
  }
  const isWindows = getProcess().platform === "win32";
  if (!isWindows && (/^[a-z]:[/\\]/i.test(path) || path.includes("\\"))) {
    throw refusal(
      text,
      "this is a path of Windows, which would name a file in the working folder here",
      "write a path of this machine, with / between its folders",
    );
  }
}

function refusal(text: string, state: string, fix: string): TrackerUsageError {
  return new TrackerUsageError(
    `Cannot use the database ${JSON.stringify(text)}: ${state}; ${fix}`,
  );
}
