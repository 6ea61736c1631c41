import type { EngineAddress } from "../_address.ts";
import { type ScriptCommands, SCRIPTS } from "./_scripts.ts";

/** What is used of a client of `ioredis`. */
export interface RedisClient extends ScriptCommands {
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  defineCommand(
    name: string,
    definition: { readonly numberOfKeys: number; readonly lua: string },
  ): void;
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  ping(): Promise<string>;
  info(): Promise<string>;
  config(get: "GET", name: string): Promise<readonly string[]>;
  time(): Promise<readonly [string, string]>;
  hsetnx(key: string, field: string, value: string): Promise<number>;
  hgetall(key: string): Promise<Readonly<Record<string, string>>>;
  lrange(key: string, from: number, to: number): Promise<readonly string[]>;
  llen(key: string): Promise<number>;
  smembers(key: string): Promise<readonly string[]>;
  del(...keys: string[]): Promise<number>;
  lpush(key: string, value: string): Promise<number>;
  blpop(key: string, seconds: number): Promise<readonly string[] | null>;
  subscribe(channel: string): Promise<unknown>;
}

/** What is used of the package `ioredis`. */
export interface RedisModule {
  readonly Redis: new (options: object) => RedisClient;
}

/** A client, and what went wrong last: the rejections of `ioredis` do not say it. */
export interface Client {
  readonly redis: RedisClient;
  /** Connects for the first time. */
  connect(): Promise<void>;
  /** Makes it connect again. */
  reset(): void;
  /** Closes it at once. */
  close(): void;
}

/** The longest pause between two tries to connect, in milliseconds. */
const LONGEST_PAUSE = 1_000;

/**
 * Makes a client that connects again for ever, and whose calls fail at once while it is not connected: who calls
 * decides how long to try.
 *
 * @param module The package.
 * @param address The address.
 * @param patience The milliseconds without an answer after which the connection is given up.
 */
export function makeClient(
  module: RedisModule,
  address: EngineAddress,
  patience: number,
): Client {
  let isOpen = true;
  let hasConnected = false;
  let last: unknown;
  const { host, port, user, database, tls } = address;
  const redis = new module.Redis({
    ...host.startsWith("/") ? { path: host } : { host, port },
    username: user,
    password: address.password(),
    db: Number(database ?? 0),
    ...tls === undefined ? {} : { tls },
    connectionName: "ato",
    lazyConnect: true,
    protocol: 2,
    connectTimeout: patience,
    socketTimeout: patience,
    keepAlive: 10_000,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times: number) =>
      isOpen && hasConnected
        ? Math.min(25 * 2 ** Math.min(times, 10), LONGEST_PAUSE) *
          (0.5 + Math.random())
        : null,
    reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
  });
  for (const [name, definition] of Object.entries(SCRIPTS)) {
    redis.defineCommand(name, definition);
  }
  redis.on("error", (error) => last = error);
  return {
    redis,
    async connect() {
      try {
        await redis.connect();
      } catch (error) {
        throw last ?? error;
      }
      // A login or a database that is refused is reported by an event only, and before this answer.
      await redis.ping();
      if (last !== undefined) throw last;
      hasConnected = true;
    },
    reset: () => redis.disconnect(true),
    close() {
      isOpen = false;
      redis.disconnect();
    },
  };
}
