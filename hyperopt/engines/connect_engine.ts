import type { SearchBackend } from "../distributed/backend.ts";
import { checkSettings } from "../_settings.ts";
import { describe } from "../_describe.ts";
import { EngineAddress, type EngineName } from "./_address.ts";
import type { Engine, EngineOptions } from "./_engine.ts";
import { EngineError } from "./errors.ts";
import { SearchConnection } from "./_search_connection.ts";

/** Options for {@linkcode connectEngine}. */
export interface ConnectEngineOptions {
  /** The id of the search, the same in every process; any text. */
  readonly searchId: string;
  /**
   * The milliseconds that a lease lasts unless it is renewed, by the engine's clock. A job of a process that dies comes
   * to another one after it.
   *
   * @default {30000}
   */
  readonly lease?: number;
  /**
   * The milliseconds for which a call is tried again while the engine cannot be reached. After that it throws an
   * {@linkcode EngineError}.
   *
   * @default {60000}
   */
  readonly retry?: number;
  /**
   * The milliseconds without an answer after which a connection counts as lost.
   *
   * @default {5000}
   */
  readonly patience?: number;
  /**
   * Is told of settings of the engine that can lose data. The same text comes once a process.
   *
   * @default {console.warn}
   */
  readonly warn?: (text: string) => void;
}

const DEFAULTS = { lease: 30_000, retry: 60_000, patience: 5_000 } as const;

/** The longest time of an option: engines and timers count milliseconds in 32 bits. */
const LONGEST = 2 ** 31 - 1;

/** The pause before an engine that is starting is asked again, in milliseconds. */
const STARTING = 200;

/** What was warned of. */
const warned = new Set<string>();

/**
 * Connects to a search that several processes or machines share, on Redis (`redis://`, `rediss://`), Postgres
 * (`postgres://`, `postgresql://`) or NATS JetStream (`nats://`). On the first two the queue is that of BullMQ, with
 * journals and locks beside it; on NATS all of it is messages in streams.
 *
 * It needs packages which this package does not bring along: `bullmq` and `ioredis` or `pg`, or
 * `@nats-io/transport-node`. While the engine cannot be reached, calls are tried again, and nothing is appended twice.
 *
 * @param url The address, e.g. `redis://user:password@host:6379/0`, `postgres://user:password@host:5432/database`,
 *   `nats://user:password@host:4222` or `nats://token@host:4222`.
 *   Special characters of the password are percent codes. Parameters are those of Postgres for all engines: `sslmode`
 *   (`disable`, `require`, `verify-ca`, `verify-full`), `sslrootcert`, `sslcert`, `sslkey`, and `host` for a Unix socket.
 * @param options The id of the search, and times.
 * @returns the connection; close it at the end.
 * @throws {EngineError} If the engine cannot be used, or an option is out of range or unknown. No message has the password.
 *
 * @example
 * ```ts ignore
 * import { connectEngine } from "@ato/ato/engines";
 * import { DistributedHyperBand, int } from "@ato/ato/hyperopt";
 * import { Scope } from "@ato/ato/scope";
 *
 * const backend = await connectEngine("redis://10.0.0.5", { searchId: "team" });
 * const search = new DistributedHyperBand(new Scope(), { width: int(1, 64, { grid: 64 }) }, {
 *   halvingRate: 0.5,
 *   numMinSamples: 2,
 *   rank: 0,
 *   worldSize: 3,
 *   backend,
 * });
 * const { config } = await search.main((config) => config.width)();
 * await backend.close();
 * ```
 */
export async function connectEngine(
  url: string,
  options: ConnectEngineOptions,
): Promise<SearchBackend> {
  const settings = readOptions(options);
  const address = new EngineAddress(url);
  const connect = await connectorOf(address.engine);
  const engine = await whenStarted(
    () => connect(address, settings),
    settings.retry,
  );
  return new SearchConnection(engine, { ...settings, shown: address.shown });
}

/** Loads what an engine needs, and only that. */
async function connectorOf(
  name: EngineName,
): Promise<
  (address: EngineAddress, options: EngineOptions) => Promise<Engine>
> {
  switch (name) {
    case "redis":
      return (await import("./redis/connect.ts")).connectRedis;
    case "postgres":
      return (await import("./postgres/connect.ts")).connectPostgres;
    case "nats":
      return (await import("./nats/connect.ts")).connectNats;
  }
}

/** Connects, and waits for an engine that is starting. One that is not there is an error at once: the URL may be wrong. */
async function whenStarted(
  connect: () => Promise<Engine>,
  retry: number,
): Promise<Engine> {
  const end = performance.now() + retry;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      const isStarting = error instanceof EngineError &&
        error.problem === "lost";
      if (!isStarting || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, STARTING));
    }
  }
}

function readOptions(
  options: ConnectEngineOptions,
): Required<ConnectEngineOptions> {
  checkSettings<ConnectEngineOptions>("connect to an engine", options ?? null, {
    searchId: true,
    lease: true,
    retry: true,
    patience: true,
    warn: true,
  }, usage);
  const { searchId, warn = console.warn } = options;
  if (typeof searchId !== "string" || searchId === "") {
    throw usage(
      "searchId",
      `Cannot connect to an engine: searchId is ${
        describe(searchId)
      }; give the search a name, the same in every process`,
    );
  }
  if (typeof warn !== "function") {
    throw usage(
      "warn",
      `Cannot connect to an engine: warn is ${describe(warn)}; give a function`,
    );
  }
  return {
    searchId,
    lease: milliseconds("lease", options.lease, 50),
    retry: milliseconds("retry", options.retry, 0),
    patience: milliseconds("patience", options.patience, 50),
    warn: (text) => {
      if (warned.has(text)) return;
      warned.add(text);
      warn(text);
    },
  };
}

function milliseconds(
  name: keyof typeof DEFAULTS,
  given: number | undefined,
  least: number,
): number {
  const value = given ?? DEFAULTS[name];
  if (Number.isInteger(value) && value >= least && value <= LONGEST) {
    return value;
  }
  throw usage(
    name,
    `Cannot connect to an engine: ${name} is ${
      describe(value)
    }; give whole milliseconds, from ${least} up`,
  );
}

function usage(_setting: string, message: string): EngineError {
  return new EngineError("usage", message);
}
