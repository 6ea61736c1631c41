/** The scripts, which Redis runs as one step each. */

/** The commands that {@linkcode SCRIPTS} define. */
export interface ScriptCommands {
  /** Keys: the tokens by key, the entries, the names. Arguments: the key, the value, the token, the name, the channel. */
  atoAppend(
    ...words: readonly [
      tokens: string,
      entries: string,
      names: string,
      key: string,
      value: string,
      token: string,
      name: string,
      channel: string,
    ]
  ): Promise<number>;
  /** Keys: the lock, the names. Arguments: the token, the milliseconds, the name. */
  atoLock(
    lock: string,
    names: string,
    token: string,
    milliseconds: number,
    name: string,
  ): Promise<number>;
  /** Key: the lock. Arguments: the token, the milliseconds. */
  atoExtend(
    lock: string,
    token: string,
    milliseconds: number,
  ): Promise<number>;
  /** Key: the lock. Argument: the token. */
  atoUnlock(lock: string, token: string): Promise<number>;
  /** Key: the signals. Argument: the most that are kept. */
  atoRing(signals: string, most: number): Promise<number>;
}

/** The scripts. */
export const SCRIPTS: Readonly<
  Record<keyof ScriptCommands, { numberOfKeys: number; lua: string }>
> = {
  atoAppend: {
    numberOfKeys: 3,
    lua: `
if redis.call("HSETNX", KEYS[1], ARGV[1], ARGV[3]) == 1 then
  redis.call("RPUSH", KEYS[2], ARGV[1], ARGV[2])
  redis.call("SADD", KEYS[3], ARGV[4])
  redis.call("PUBLISH", ARGV[5], ARGV[4])
  return 1
end
-- A call that is tried again finds its own token.
if redis.call("HGET", KEYS[1], ARGV[1]) == ARGV[3] then return 1 end
return 0`,
  },
  atoLock: {
    numberOfKeys: 2,
    lua: `
local holder = redis.call("GET", KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
redis.call("SADD", KEYS[2], ARGV[3])
return 1`,
  },
  atoExtend: {
    numberOfKeys: 1,
    lua: `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("PEXPIRE", KEYS[1], ARGV[2])`,
  },
  atoUnlock: {
    numberOfKeys: 1,
    lua: `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])`,
  },
  atoRing: {
    numberOfKeys: 1,
    lua: `
redis.call("LPUSH", KEYS[1], "1")
redis.call("LTRIM", KEYS[1], 0, ARGV[1] - 1)
return 1`,
  },
};
