import type { JournalEntry } from "../../distributed/backend.ts";
import type { EngineAddress } from "../_address.ts";
import type {
  Bell,
  Engine,
  EngineOptions,
  Judged,
  TakenJob,
} from "../_engine.ts";
import { EngineWords } from "../_network.ts";
import { type BullModule, JobQueue } from "../_queue.ts";
import { searchTag } from "../_search_tag.ts";
import {
  type Client,
  makeClient,
  type RedisClient,
  type RedisModule,
} from "./_client.ts";
import { JobBell } from "./_job_bell.ts";
import { judgeRedis } from "./_judge.ts";
import { NewsBell } from "./_news_bell.ts";

/** The most signals that are kept for workers that come later; each costs them one look. */
const MOST_SIGNALS = 256;

/** The milliseconds that a blocking call takes longer than others. */
const BLOCKING = 3_000;

/** The packages. */
export interface RedisPackages {
  readonly bullmq: BullModule;
  readonly ioredis: RedisModule;
}

/** A search on Redis. All its keys have one hash tag, so that they are on one node of a cluster. */
export class RedisEngine implements Engine {
  readonly jobs: Bell;
  readonly news: NewsBell;
  readonly #words: EngineWords;
  readonly #base: string;
  readonly #lease: number;
  readonly #main: Client;
  readonly #queue: JobQueue;
  readonly #closing = new AbortController();
  readonly #blocking: () => Client;
  #blocked: Client | undefined;

  /**
   * Makes the engine.
   *
   * @param packages The packages.
   * @param address The address.
   * @param main The connection, which is open.
   * @param options The search.
   */
  constructor(
    { bullmq, ioredis }: RedisPackages,
    address: EngineAddress,
    main: Client,
    { searchId, lease, patience }: EngineOptions,
  ) {
    this.#words = new EngineWords(address);
    this.#base = redisBase(searchId);
    this.#lease = lease;
    this.#main = main;
    this.#queue = new JobQueue(bullmq, bullmq.createRedisBackend, {
      name: "jobs",
      lease,
      connection: main.redis,
      prefix: this.#base,
    });
    this.#blocking = () => makeClient(ioredis, address, patience + BLOCKING);
    this.jobs = new JobBell(
      this.#key("signals"),
      () => this.#blockingClient(),
      () => this.#ring(),
      this.#closing.signal,
    );
    this.news = new NewsBell(
      this.#key("news"),
      () => makeClient(ioredis, address, patience),
    );
  }

  /** Resolves when the engine can be used. */
  ready(): Promise<void> {
    return this.#queue.ready();
  }

  async append(
    journal: string,
    key: string,
    value: string,
    token: string,
  ): Promise<boolean> {
    const name = `log:${journal}`;
    const appended = await this.#redis.atoAppend(
      this.#key(`keys:${journal}`),
      this.#key(name),
      this.#key("names"),
      key,
      value,
      token,
      name,
      this.#key("news"),
    );
    return appended === 1;
  }

  async read(
    journal: string,
    after: number,
    limit: number,
  ): Promise<readonly JournalEntry[]> {
    // Each entry is two elements of the list.
    const texts = await this.#redis.lrange(
      this.#key(`log:${journal}`),
      after * 2,
      (after + limit) * 2 - 1,
    );
    return Array.from({ length: texts.length / 2 }, (_, i) => ({
      sequence: after + i + 1,
      key: texts[i * 2]!,
      value: texts[i * 2 + 1]!,
    }));
  }

  async last(journal: string): Promise<number> {
    return await this.#redis.llen(this.#key(`log:${journal}`)) / 2;
  }

  async lock(name: string, token: string): Promise<boolean> {
    const key = `lock:${name}`;
    const names = this.#key("names");
    const taken = await this.#redis.atoLock(
      this.#key(key),
      names,
      token,
      this.#lease,
      key,
    );
    return taken === 1;
  }

  async extendLock(name: string, token: string): Promise<boolean> {
    const key = this.#key(`lock:${name}`);
    return await this.#redis.atoExtend(key, token, this.#lease) === 1;
  }

  async unlock(name: string, token: string): Promise<void> {
    await this.#redis.atoUnlock(this.#key(`lock:${name}`), token);
  }

  async now(): Promise<number> {
    const [seconds, microseconds] = await this.#redis.time();
    return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  }

  async publish(id: string, data: string): Promise<void> {
    await this.#queue.publish(id, data);
    // A ring that is lost costs a waiting worker a moment; waiting for its answer would cost every job one.
    this.#ring().catch(() => {});
  }

  take(token: string): Promise<TakenJob | undefined> {
    return this.#queue.take(token);
  }

  async recover(): Promise<void> {
    const freed = await this.#queue.recover();
    // The one that freed them takes the first one itself.
    for (let i = 1; i < freed; i++) await this.#ring();
  }

  async drop(): Promise<void> {
    await this.#queue.drop();
    const names = await this.#redis.smembers(this.#key("names"));
    const own = names.flatMap((name) =>
      name.startsWith("log:")
        ? [name, `keys:${name.slice("log:".length)}`]
        : [name]
    );
    const others = [
      "meta",
      "names",
      "signals",
      "jobs:meta",
      "jobs:stalled-check",
      "jobs:events",
      "jobs:marker",
      "jobs:stalled",
      "jobs:id",
    ];
    await this.#redis.del(
      ...[...own, ...others].map((name) => this.#key(name)),
    );
  }

  judge(error: unknown): Judged {
    return judgeRedis(this.#words, error);
  }

  reset(): void {
    this.#main.reset();
  }

  close(): void {
    this.#closing.abort();
    this.#main.close();
    this.#blocked?.close();
    this.news.close();
  }

  get #redis(): RedisClient {
    return this.#main.redis;
  }

  #key(name: string): string {
    return `${this.#base}:${name}`;
  }

  async #ring(): Promise<void> {
    await this.#redis.atoRing(this.#key("signals"), MOST_SIGNALS);
  }

  /** The connection for blocking calls, which most connections to a search never make. */
  async #blockingClient(): Promise<RedisClient> {
    if (this.#blocked === undefined) {
      const client = this.#blocking();
      // Also one that is connecting is closed with the engine.
      this.#blocked = client;
      try {
        await client.connect();
      } catch (error) {
        client.close();
        this.#blocked = undefined;
        throw error;
      }
    }
    return this.#blocked.redis;
  }
}

/** The start of all keys of a search. */
export function redisBase(searchId: string): string {
  return `ato:{${searchTag(searchId)}}`;
}
