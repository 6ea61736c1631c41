/**
 * Tables of results in Markdown.
 *
 * @module
 */

/** The regrets of one method on one function, one for each seed; none if there is no result. */
export interface Row {
  readonly problem: string;
  readonly method: string;
  readonly regrets: readonly (number | null | undefined)[];
}

/** The cost of one ask and tell. */
export interface Cost {
  readonly storage: string;
  readonly sampler: string;
  readonly trials: number;
  readonly ms: number;
}

/** The output of the runner of a peer. */
export interface Peer {
  readonly optuna?: string;
  readonly regrets: readonly Row[];
  readonly overhead: readonly Cost[];
}

/** Prints the least regret, the quartiles and the greatest one: ours, then the peer's, function by function. */
export function regretTable(
  ours: readonly Row[],
  peer: Peer,
  peerName: string,
): string {
  const problems = [...new Set(ours.map(({ problem }) => problem))];
  const lines = problems.flatMap((problem) => {
    const of = (rows: readonly Row[], by: string) =>
      rows.filter((row) => row.problem === problem)
        .map((row) => [problem, by, row.method, ...spread(row.regrets)]);
    return [...of(ours, "Ato"), ...of(peer.regrets, peerName)];
  });
  return table(
    ["function", "by", "method", "median", "quartiles", "range"],
    lines,
  );
}

/** Prints the milliseconds of one ask and tell: ours, then the peer's. */
export function costTable(
  ours: readonly Cost[],
  peer: Peer,
  peerName: string,
): string {
  const line = (by: string) => ({ sampler, storage, trials, ms }: Cost) => [
    by,
    sampler,
    storage,
    String(trials),
    ms.toPrecision(2),
  ];
  return table(["by", "sampler", "storage", "trials", "ms"], [
    ...ours.map(line("Ato")),
    ...peer.overhead.map(line(peerName)),
  ]);
}

function spread(regrets: Row["regrets"]): string[] {
  const sorted = regrets.map((regret) => regret ?? Infinity)
    .sort((a, b) => a - b);
  const at = (share: number): string => {
    const place = share * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? NaN;
    const high = sorted[Math.ceil(place)] ?? NaN;
    const part = place % 1;
    const value = part === 0 ? low : low * (1 - part) + high * part;
    return Number.isFinite(value)
      ? value.toFixed(value < 10 ? 3 : 1)
      : "none found";
  };
  return [at(0.5), `${at(0.25)} to ${at(0.75)}`, `${at(0)} to ${at(1)}`];
}

function table(head: readonly string[], lines: readonly string[][]): string {
  const rows = [head, head.map(() => "---"), ...lines];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n") + "\n";
}
