/**
 * The engines of shared searches.
 *
 * @module
 */
import type { SearchBackend } from "../distributed/backend.ts";
import { SearchUsageError } from "../errors.ts";

/**
 * Connects to an engine.
 *
 * @param url The address of the engine.
 * @throws {SearchUsageError} Always: this version has no engine.
 */
export function connectEngine(url: string): Promise<SearchBackend> {
  const { protocol } = new URL(url);
  return Promise.reject(
    new SearchUsageError(
      "engine",
      `Cannot join a search on ${protocol}//…: this version of Ato has no such engine; register one`,
    ),
  );
}
