/** The engines, so that each story is told on all of them. */
import process from "node:process";
import { after } from "node:test";
import { closeConnections, connect } from "./_connect.ts";
import type {
  ConnectEngineOptions,
  SearchBackend,
} from "../../hyperopt/engines/mod.ts";
import {
  type EngineServer,
  NO_NATS,
  NO_POSTGRES,
  NO_REDIS,
  startNats,
  startPostgres,
  startRedis,
} from "../_shared/engine_server.ts";

import { IS_DENO } from "../_shared/run_script.ts";

after(closeConnections);

/** An engine of the tests. */
export interface TestEngine {
  readonly name: string;
  /** The scheme of its addresses. */
  readonly scheme: string;
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
  return { name, scheme: name.toLowerCase(), skip, start, server };
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
export const NATS: TestEngine = engine("NATS", NO_NATS, () => startNats());
export const ENGINES: readonly TestEngine[] = [REDIS, POSTGRES, NATS];
/**
 * The engines of stories that wait for leases and servers. Those of NATS are told under Deno alone, to save time;
 * `ATO_ALL_STORIES=1` tells all of them under each runtime.
 */
export const PATIENT_ENGINES: readonly TestEngine[] =
  IS_DENO || process.env["ATO_ALL_STORIES"] ? ENGINES : [REDIS, POSTGRES];

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
