import { isError, messageOf } from "../../../internal/errors.ts";
import type { Judged } from "../_engine.ts";
import type { EngineWords } from "../_network.ts";
import { EngineError, type EngineProblem } from "../errors.ts";

/** What NATS and its client say, what it means, and what to do. */
const MEANINGS: readonly (readonly [RegExp, EngineProblem, string])[] = [
  [
    /authorization violation|authentication (?:expired|timeout)|AuthorizationError/i,
    "login",
    "it refuses the user, the password or the token; correct them in the URL",
  ],
  [
    /permissions? violation/i,
    "permission",
    "the user may not use all subjects that a search needs; allow it to publish to ato.>, $JS.API.> and $JS.ACK.>, " +
    "and to subscribe to ato.> and _INBOX.>",
  ],
  [
    /jetstream not enabled/i,
    "permission",
    "JetStream is off for this account; switch it on, with `jetstream: enabled` for the account",
  ],
  [
    /insufficient (?:storage|memory)? ?resources|resource limits exceeded|maximum (?:bytes|messages|streams|consumers)|no space left/i,
    "full",
    "it has no room left for the search; make room or raise its limits, or drop searches that are over",
  ],
  [
    /server does not support 'tls'/i,
    "tls",
    "it offers no encryption; leave sslmode out of the URL",
  ],
];

/** How the client words a connection that is gone. */
const LOST =
  /ClosedConnectionError|DrainingConnectionError|TimeoutError|ConnectionError|closed connection|connection (?:is )?closed|disconnect|cancelled|stale connection/i;

/** What means that a server will be able to answer soon. */
const SOON =
  /NobodyAnswersError|NoRespondersError|no responders|temporarily unavailable|server is shutting down|maximum connections exceeded/i;

/**
 * Says what an error of NATS means.
 *
 * @param words Makes the errors.
 * @param error What a call rejected with.
 */
export function judgeNats(words: EngineWords, error: unknown): Judged {
  if (error instanceof EngineError) return { again: false, error };
  const text = textOf(error);
  for (const [pattern, problem, reason] of MEANINGS) {
    if (!pattern.test(text)) continue;
    return { again: false, error: words.error(problem, reason) };
  }
  if (SOON.test(text)) return words.starting("JetStream does not answer");
  const known = words.network(innermost(error));
  if (known !== undefined) return known;
  return LOST.test(text)
    ? words.lost("the connection was lost")
    : { again: false, error: words.other(error) };
}

/** The names and messages of an error and of its causes. */
function textOf(error: unknown): string {
  if (!isError(error)) return messageOf(error);
  const cause = error.cause === undefined ? "" : `\n${textOf(error.cause)}`;
  return `${error.name}: ${error.message}${cause}`;
}

/** The first cause: what the network said. */
function innermost(error: unknown): unknown {
  return isError(error) && error.cause !== undefined
    ? innermost(error.cause)
    : error;
}
