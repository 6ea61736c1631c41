/** The engines, so that each story is told on all of them. */
import { after } from "node:test";
import { connect } from "./_connect.ts";
import type {
  ConnectEngineOptions,
  SearchBackend,
} from "../../hyperopt/engines/mod.ts";
import {
  type EngineServer,
  NO_POSTGRES,
  NO_REDIS,
  startPostgres,
  startRedis,
} from "../_shared/engine_server.ts";

/** An engine of the tests. */
export interface TestEngine {
  readonly name: string;
  /** The reason to skip its tests, or `false`. */
  readonly skip: string | false;
  /** Starts a server; the caller stops it. */
  start(): Promise<EngineServer>;
  /** Returns the server of this file, which is stopped after its tests. */
  server(): Promise<EngineServer>;
}

function engine(
  name: string,
  skip: string | false,
  start: () => Promise<EngineServer>,
): TestEngine {
  let shared: Promise<EngineServer> | undefined;
  const server = () => {
    if (shared !== undefined) return shared;
    shared = start();
    return shared;
  };
  after(async () => await (await shared)?.stop());
  return { name, skip, start, server };
}

/** The engines. */
export const REDIS: TestEngine = engine(
  "Redis",
  NO_REDIS,
  () => startRedis({ password: true }),
);
export const POSTGRES: TestEngine = engine(
  "Postgres",
  NO_POSTGRES,
  () => startPostgres(),
);
export const ENGINES: readonly TestEngine[] = [REDIS, POSTGRES];

/** Calls a function with connections to a new search, and closes them. */
export async function withConnections(
  url: string,
  count: number,
  options: Partial<ConnectEngineOptions>,
  work: (...connections: SearchBackend[]) => Promise<void>,
): Promise<void> {
  const searchId = options.searchId ?? `test-${crypto.randomUUID()}`;
  const connections = await Promise.all(
    Array.from({ length: count }, () => connect(url, { ...options, searchId })),
  );
  try {
    await work(...connections);
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}
