/// <reference lib="dom" />
/** Asks for the small curves of the rows in sight, many at a time. */
import type { SparklinesReply } from "../../../search_types.ts";
import { read } from "../../api.ts";
import { maySucceed, RETRY } from "../../request.ts";

/** A small curve. */
export type Line = SparklinesReply["lines"][number];

/** A row's wish for a curve. */
interface Wish {
  readonly id: number;
  readonly metric: string;
  readonly stamp: string;
}

type Take = (line: Line | undefined) => void;

/** Milliseconds after which rows that have come into sight are asked for: while a person scrolls, most leave again. */
const WAIT = 60;

/** The most curves of a request, and of those that are kept. */
const [MOST_ASKED, MOST_KEPT] = [50, 2_000];

const kept = new Map<string, { readonly stamp: string; readonly line: Line }>();
/** All wishes of rows in sight, and those that are not asked for yet. */
const wanted = new Map<Take, Wish>();
const waiting = new Map<Take, Wish>();
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Gives a row its curve, at once if it is known, and when it is read otherwise.
 *
 * @returns a function that ends the wish, for a row that has left.
 */
export function wantLine(wish: Wish, take: Take): () => void {
  const known = kept.get(keyOf(wish));
  take(known?.line);
  if (known?.stamp !== wish.stamp) {
    wanted.set(take, wish);
    waiting.set(take, wish);
    timer ??= setTimeout(() => void askForAll(), WAIT);
  }
  return () => {
    wanted.delete(take);
    waiting.delete(take);
  };
}

async function askForAll(): Promise<void> {
  while (waiting.size > 0) {
    const [first] = waiting.values();
    const some = [...waiting].filter(([, { metric }]) =>
      metric === first!.metric
    ).slice(0, MOST_ASKED);
    for (const [take] of some) waiting.delete(take);
    await askFor(first!.metric, some);
  }
  timer = undefined;
}

async function askFor(
  metric: string,
  some: readonly (readonly [Take, Wish])[],
): Promise<void> {
  const ids = some.map(([, { id }]) => id).join(",");
  // A row without its curve still says everything else, and the table shows why the server does not answer.
  const reply = await read<SparklinesReply>("/api/sparklines", { metric, ids })
    .catch((error) => maySucceed(error) ? askAgain(some) : undefined);
  reply?.lines.forEach((line, i) => {
    const [take, wish] = some[i]!;
    kept.delete(keyOf(wish));
    kept.set(keyOf(wish), { stamp: wish.stamp, line });
    take(line);
  });
  for (const [oldest] of kept) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}

/** Later, what rows still wish then. */
async function askAgain(
  some: readonly (readonly [Take, Wish])[],
): Promise<undefined> {
  await new Promise((done) => setTimeout(done, RETRY));
  for (const [take, wish] of some) {
    if (wanted.get(take) === wish) waiting.set(take, wish);
  }
}

function keyOf({ id, metric }: Wish): string {
  return `${id} ${metric}`;
}
