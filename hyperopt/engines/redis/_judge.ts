import { messageOf } from "../../../internal/errors.ts";
import type { Judged } from "../_engine.ts";
import type { EngineWords } from "../_network.ts";
import { EngineError, type EngineProblem } from "../errors.ts";

/** What Redis says, what it means, and what to do. */
const REPLIES: readonly (readonly [RegExp, EngineProblem, string])[] = [
  [
    /^WRONGPASS|^NOAUTH|invalid password|invalid username|without any password configured|^ERR AUTH/i,
    "login",
    "it refuses the user or the password; correct them in the URL",
  ],
  [
    /^NOPERM/,
    "permission",
    "the user may not use all commands, keys and channels that a search needs; allow it ~ato:* &ato:* +@all -@dangerous +info",
  ],
  [
    /^OOM/,
    "full",
    "its memory is full; raise maxmemory, or drop searches that are over",
  ],
  [
    /^MISCONF/,
    "full",
    "it cannot write its data to its disk, so it takes no more; see its log",
  ],
  [
    /DB index is out of range|SELECT is not allowed/i,
    "database",
    "it has no database of this number; Redis has 0 to 15, a cluster has 0 only",
  ],
  [
    /^ERR unknown command|Protocol error/i,
    "version",
    "what answers there is no Redis from version 6.2 up",
  ],
];

/** Replies of a server that will be able to answer soon. */
const SOON =
  /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|UNKILLABLE|NOREPLICAS)/;

/**
 * Says what an error of Redis means.
 *
 * @param words Makes the errors.
 * @param error What a call rejected with.
 */
export function judgeRedis(words: EngineWords, error: unknown): Judged {
  const text = messageOf(error);
  if (SOON.test(text)) return words.starting(`it says ${text.split(" ")[0]}`);
  const [, node] = /^MOVED \d+ (\S+)/.exec(text) ?? [];
  if (node !== undefined) {
    return {
      again: false,
      error: words.error(
        "host",
        `it is one node of a cluster, and this search is on another one: connect to ${node}`,
      ),
    };
  }
  for (const [pattern, problem, reason] of REPLIES) {
    if (error instanceof EngineError || !pattern.test(text)) continue;
    return { again: false, error: words.error(problem, reason) };
  }
  return words.network(error) ?? { again: false, error: words.other(error) };
}
