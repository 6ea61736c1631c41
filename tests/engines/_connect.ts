/** Connections of tests and of the processes that they start, which are no tests themselves. */
import {
  connectEngine,
  type ConnectEngineOptions,
  type SearchBackend,
} from "../../hyperopt/engines/mod.ts";

/** Connects, without warnings about the settings of test servers. */
export function connect(
  url: string,
  options: Partial<ConnectEngineOptions> = {},
): Promise<SearchBackend> {
  return connectEngine(url, {
    searchId: `test-${crypto.randomUUID()}`,
    warn: () => {},
    ...options,
  });
}
