/** The folder in which Ato keeps what it can make again, for all programs of this user. */
import { isAbsolute, join } from "node:path";
import process from "node:process";
import { isGranted } from "./runtime.ts";

/**
 * Returns the folder of this user's cache, which need not exist.
 *
 * @returns an absolute path; `undefined` if the variables that say it are not set, or cannot be read without a prompt.
 */
export function userCacheFolder(): string | undefined {
  const value = (variable: string): string | undefined =>
    isGranted({ name: "env", variable }) ? process.env[variable] : undefined;
  const own = value("XDG_CACHE_HOME");
  // The specification of these folders says to ignore a relative path.
  if (own && isAbsolute(own)) return join(own, "ato");
  if (process.platform === "win32") {
    const local = value("LOCALAPPDATA");
    return local && join(local, "ato", "cache");
  }
  const home = value("HOME");
  return home && join(home, ".cache", "ato");
}
