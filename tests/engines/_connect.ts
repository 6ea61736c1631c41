/** Connections of tests and of the processes that they start, which are no tests themselves. */
import {
  connectEngine,
  type ConnectEngineOptions,
  type SearchBackend,
} from "../../hyperopt/engines/mod.ts";

const connections: SearchBackend[] = [];

/** Connects, without warnings about the settings of test servers, and with time for a machine that is busy. */
export async function connect(
  url: string,
  options: Partial<ConnectEngineOptions> = {},
): Promise<SearchBackend> {
  const connection = await connectEngine(url, {
    searchId: `test-${crypto.randomUUID()}`,
    warn: () => {},
    patience: 30_000,
    ...options,
  });
  connections.push(connection);
  return connection;
}

/** Closes all connections: with one that a failed test has left open, the process would not end. */
export async function closeConnections(): Promise<void> {
  for (const connection of connections.splice(0)) await connection.close();
}
