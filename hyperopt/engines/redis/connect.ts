/**
 * Searches on Redis.
 *
 * @module
 */
import type { EngineAddress } from "../_address.ts";
import { EngineWords } from "../_network.ts";
import { shorten } from "../_limits.ts";
import { loadPackage } from "../_load_package.ts";
import { type Client, makeClient, type RedisModule } from "./_client.ts";
import { judgeRedis } from "./_judge.ts";
import type { EngineOptions } from "../_engine.ts";
import { redisBase, RedisEngine, type RedisPackages } from "./_redis_engine.ts";
import { checkFormat, FORMAT } from "../_format.ts";

const PACKAGES = ["bullmq", "ioredis"] as const;

/** The oldest Redis, whose lists and access rules are complete. */
const OLDEST = [6, 2] as const;

/**
 * Connects to a search on Redis.
 *
 * @param address The address.
 * @param options The search, and who is warned of settings that lose data.
 * @throws {EngineError} If the server cannot be used.
 */
export async function connectRedis(
  address: EngineAddress,
  options: EngineOptions,
): Promise<RedisEngine> {
  const packages: RedisPackages = {
    bullmq: await loadPackage("bullmq", PACKAGES),
    ioredis: await loadPackage<RedisModule>("ioredis", PACKAGES),
  };
  const words = new EngineWords(address);
  const main = makeClient(packages.ioredis, address, options.patience);
  try {
    await main.connect();
    await checkServer(main, words, options.warn);
    await checkSearch(main, words, options.searchId);
    const engine = new RedisEngine(packages, address, main, options);
    await engine.ready();
    return engine;
  } catch (error) {
    main.close();
    throw words.first(judgeRedis(words, error));
  }
}

async function checkServer(
  { redis }: Client,
  words: EngineWords,
  warn: (text: string) => void,
): Promise<void> {
  const facts = readInfo(await redis.info());
  const version = facts.get("redis_version") ?? "";
  if (!isFrom(version, OLDEST)) {
    throw words.error(
      "version",
      `it is Redis ${version || "of an unknown version"}; a search needs ${
        OLDEST.join(".")
      } or newer`,
    );
  }
  const policy = facts.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    warn(
      `Redis may evict keys of a search when its memory is full: maxmemory-policy is ${policy}; ` +
        "set it to noeviction",
    );
  }
  if (facts.get("aof_enabled") === "0" && await savesNever(redis)) {
    warn(
      "Redis keeps a search in memory only, so a restart loses it: appendonly is off and save is empty; " +
        "set appendonly to yes",
    );
  }
}

/** Whether Redis writes no snapshots, as far as it says. */
async function savesNever(redis: Client["redis"]): Promise<boolean> {
  try {
    const [, value] = await redis.config("GET", "save");
    return value === "";
  } catch {
    // The user may not ask; what is not known is not warned of.
    return false;
  }
}

function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\r?\n/).filter((line) => line.includes(":"))
      .map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1)];
      }),
  );
}

function isFrom(version: string, oldest: readonly number[]): boolean {
  const numbers = version.split(".").map(Number);
  for (const [i, least] of oldest.entries()) {
    const number = numbers[i] ?? NaN;
    if (Number.isNaN(number) || number < least) return false;
    if (number > least) return true;
  }
  return true;
}

/** Marks the search, and refuses one that a newer version of this package wrote. */
async function checkSearch(
  { redis }: Client,
  words: EngineWords,
  searchId: string,
): Promise<void> {
  const key = `${redisBase(searchId)}:meta`;
  await redis.hsetnx(key, "id", searchId);
  await redis.hsetnx(key, "format", String(FORMAT));
  const { format } = await redis.hgetall(key);
  checkFormat(
    words,
    `the search ${JSON.stringify(shorten(searchId))}`,
    Number(format),
  );
}
