/** Evidence as pictures: groups of runs as dots with intervals, and steps from run to run. */
import type { VNode } from "preact";
import type { WhyReply } from "../../../api_types.ts";
import { shareOf } from "../../parts/share_of.ts";
import { link } from "../../router.ts";
import { number, shown } from "../../text.ts";

type Group = WhyReply["drawn"]["groups"][number];
type Step = WhyReply["drawn"]["chain"][number];

/** The most dots of a group. */
const MOST_DOTS = 300;

/** A place on the line of values: 0 is the left end, 100 the right one. */
function scaleOf(values: readonly number[]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // A hundredth of each side stays free, so that no dot is cut off.
  return (value) => high > low ? 2 + 96 * shareOf(value, low, high) : 50;
}

/** The groups, a line each, over one axis. */
export function GroupChart({ groups, metric, pair }: {
  readonly groups: readonly Group[];
  readonly metric: string;
  readonly pair: readonly [number, number];
}): VNode {
  const values = groups.flatMap(({ points, interval = [] }) => [
    ...points.map(({ value }) => value),
    ...interval,
  ]);
  const place = scaleOf(values);
  return (
    <div class="evidence" role="group" aria-label={`Runs by ${metric}`}>
      {groups.map((group) => (
        <div class="evidence-line" key={group.name}>
          <div class="evidence-name">{shown(group.name)}</div>
          <svg class="evidence-plot" aria-hidden="true">
            <line class="evidence-axis" x1="0" x2="100%" y1="50%" y2="50%" />
            {group.interval !== undefined && (
              <rect
                class="evidence-interval"
                x={`${place(group.interval[0])}%`}
                width={`${
                  Math.max(
                    0.3,
                    place(group.interval[1]) - place(group.interval[0]),
                  )
                }%`}
                y="8"
                height="18"
              />
            )}
            {group.points.slice(0, MOST_DOTS).map(({ run, value }) => (
              <circle
                key={run}
                class={run === pair[0]
                  ? "dot dot-a"
                  : run === pair[1]
                  ? "dot dot-b"
                  : "dot"}
                cx={`${place(value)}%`}
                cy="17"
                r={pair.includes(run) ? 6 : 4}
              >
                <title>{`run ${run}: ${number(value)}`}</title>
              </circle>
            ))}
          </svg>
          <div class="evidence-text">{groupText(group)}</div>
        </div>
      ))}
      <div class="evidence-scale" aria-hidden="true">
        <span>{number(Math.min(...values))}</span>
        <span>{shown(metric)}</span>
        <span>{number(Math.max(...values))}</span>
      </div>
    </div>
  );
}

/** The same in words, also for people who do not see the picture. */
function groupText({ points, mean, interval, missing }: Group): string {
  const count = `${points.length} ${points.length === 1 ? "run" : "runs"}`;
  const parts = mean === undefined ? ["no finite result"] : [
    count,
    interval === undefined ? number(mean) : `mean ${number(mean)}`,
    interval === undefined
      ? "no interval: chance is not known"
      : `${number(interval[0])} to ${number(interval[1])}`,
  ];
  if (missing > 0) parts.push(`${missing} without a finite result`);
  if (points.length > MOST_DOTS) parts.push(`${MOST_DOTS} dots are drawn`);
  return parts.join(" · ");
}

/** The steps, a line each, over one axis. */
export function ChainChart(
  { chain, metric }: {
    readonly chain: readonly Step[];
    readonly metric: string;
  },
): VNode {
  const values = chain.flatMap(({ from, to }) => [
    from.value ?? [],
    to.value ?? [],
  ]).flat();
  const place = scaleOf(values);
  return (
    <ol class="evidence chain" aria-label={`Steps of ${metric}`}>
      {chain.map(({ ids, from, to, effect }, i) => (
        <li class="evidence-line" key={i}>
          <div class="evidence-name">
            <a href={link("why", [from.run, to.run], { metric })}>
              run {from.run} → run {to.run}
            </a>
          </div>
          <svg class="evidence-plot" aria-hidden="true">
            <line class="evidence-axis" x1="0" x2="100%" y1="50%" y2="50%" />
            {from.value !== undefined && to.value !== undefined && (
              <>
                <line
                  class="chain-step"
                  x1={`${place(from.value)}%`}
                  x2={`${place(to.value)}%`}
                  y1="17"
                  y2="17"
                />
                <circle
                  class="dot dot-a"
                  cx={`${place(from.value)}%`}
                  cy="17"
                  r="4"
                />
                <circle
                  class="dot dot-b"
                  cx={`${place(to.value)}%`}
                  cy="17"
                  r="6"
                />
              </>
            )}
          </svg>
          <div class="evidence-text">
            {ids.slice(0, 3).map((id) => <code key={id}>{shown(id)}</code>)}
            {ids.length > 3 && ` and ${ids.length - 3} more`}:{" "}
            {number(from.value)} → {number(to.value)}
            {effect !== undefined &&
              ` (${effect > 0 ? "+" : ""}${number(effect)})`}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** The groups as a table: a row for each run. */
export function groupRows(groups: readonly Group[]): unknown[][] {
  return [
    ["group", "run", "value", "group mean", "interval from", "interval to"],
    ...groups.flatMap(({ name, points, mean, interval }) =>
      points.map(({ run, value }) => [
        name,
        run,
        value,
        mean,
        ...(interval ?? [null, null]),
      ])
    ),
  ];
}

/** The steps as a table: a row for each. */
export function chainRows(chain: readonly Step[]): unknown[][] {
  return [
    ["from run", "to run", "what changed", "before", "after", "effect"],
    ...chain.map(({ ids, from, to, effect }) => [
      from.run,
      to.run,
      ids.join(" "),
      from.value,
      to.value,
      effect,
    ]),
  ];
}
