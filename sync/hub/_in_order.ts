/** Several things under way at once, with their results in order. */

/**
 * Does work for items, some at once, and gives the results in the order of the items. Only as many are begun as the
 * consumer takes, so that what is kept is bounded.
 *
 * @param items The items.
 * @param atOnce How many are under way or wait to be taken, at most.
 * @param work What is done for each.
 * @throws what the first item that fails throws, in the order of the items, after those under way have ended; no other
 * one is begun.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncIterable<Result> {
  const running: Promise<Result>[] = [];
  try {
    for (const item of items) {
      running.push(work(item));
      // It is looked at when its turn comes.
      running.at(-1)!.catch(() => {});
      if (running.length >= atOnce) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    await Promise.allSettled(running);
  }
}
