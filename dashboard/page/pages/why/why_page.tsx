/** Why two runs gave different results: the verdict, its evidence, what to do next. `#/why/A/B?metric&step&scale&smooth&from&to`. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { WhyReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { CopyCommand } from "../../parts/copy_command.tsx";
import { DrawingFiles } from "../../parts/drawing_files.tsx";
import { CoverageTable } from "../../parts/coverage.tsx";
import { DIMENSIONS } from "../../parts/coverage_words.ts";
import { code, Rows, Section } from "../../parts/section.tsx";
import { Empty, Loaded } from "../../parts/states.tsx";
import { useProject } from "../../project.ts";
import { useRequest } from "../../request.ts";
import { stepIn } from "../../parts/curve_view.ts";
import { link } from "../../router.ts";
import { number, shown } from "../../text.ts";
import type { PageProps } from "../page.ts";
import { WhyCurves } from "./curves.tsx";
import {
  ChainChart,
  chainRows,
  GroupChart,
  groupRows,
} from "./evidence_chart.tsx";
import { DIMENSION_OF, kindOf } from "./kinds.ts";
import { Stale } from "./stale.tsx";
import { Suspects } from "./suspects.tsx";

/** The page. */
export function whyPage({ route: { parts, query } }: PageProps): VNode {
  const [a, b] = parts;
  if (a === undefined || b === undefined) {
    return (
      <Empty
        title="No two runs are named"
        hint="Select two runs in the table, and press w."
      />
    );
  }
  const metric = query.get("metric") ?? undefined;
  return (
    <Why
      key={`${a} ${b} ${metric}`}
      a={a}
      b={b}
      metric={metric}
      query={query}
    />
  );
}

function Why(
  { a, b, metric, query }: {
    readonly a: string;
    readonly b: string;
    readonly metric: string | undefined;
    readonly query: URLSearchParams;
  },
): VNode {
  // The answer takes work, and other runs seldom change it: a person says when it is asked for again.
  const [asked, ask] = useState(0);
  const state = useRequest<WhyReply>(
    (signal) => read("/api/why", { a, b, metric }, signal),
    [a, b, metric, asked],
  );
  return (
    <>
      {state.status === "ready" && (
        <Stale
          key={state.value.state}
          found={state.value}
          onAsk={() => ask(asked + 1)}
        />
      )}
      <Loaded state={state} what="the evidence">
        {(found) => <Answer found={found} query={query} />}
      </Loaded>
    </>
  );
}

function Answer({ found, query }: {
  readonly found: WhyReply;
  readonly query: URLSearchParams;
}): VNode {
  const { a, b, metric, next, project } = found;
  useProject(project);
  return (
    <article class="why">
      <h1>
        Why do <a href={link("run", [a])}>run {a}</a> and{" "}
        <a href={link("run", [b])}>run {b}</a> differ?
      </h1>
      <p class={`verdict verdict-${found.outcome}`}>{shown(found.sentence)}</p>
      <p class="why-links">
        {metric !== undefined && (
          <span class="why-metric">
            {shown(metric.key)}:{" "}
            {metric.notFinite?.a ? "not finite" : number(metric.a)} →{" "}
            {metric.notFinite?.b ? "not finite" : number(metric.b)}
          </span>
        )}
        <a href={link("compare", [`${a},${b}`], { metric: metric?.key })}>
          Compare them
        </a>
        <a
          href={link("why", [b, a], {
            metric: metric?.key,
            step: stepIn(query, "step"),
          })}
        >
          The other way round
        </a>
      </p>
      <Progress found={found} />
      {next !== undefined && (
        <Section title="Next">
          <p class="next">{shown(next.why)}</p>
          {next.command !== undefined && <CopyCommand command={next.command} />}
        </Section>
      )}
      <Suspects found={found} />
      {metric !== undefined && (
        <WhyCurves runs={[a, b]} metric={metric.key} query={query} />
      )}
      <Evidence found={found} />
      <Coverage found={found} />
      <Others found={found} />
    </article>
  );
}

/** Runs that did not complete come first: nothing else explains a result that is missing. */
function Progress({ found: { progress, a, b } }: {
  readonly found: WhyReply;
}): VNode | null {
  if (progress.stopped.length === 0) return null;
  return (
    <ul class="progress">
      {progress.stopped.map((side) => {
        const { status, lastStep, error } = progress[side];
        return (
          <li key={side}>
            Run {side === "a" ? a : b} is not complete: {shown(status)}
            {lastStep !== undefined && ` after step ${lastStep}`}
            {error !== undefined && `, ${shown(error)}`}
          </li>
        );
      })}
    </ul>
  );
}

function Evidence({ found }: { readonly found: WhyReply }): VNode | null {
  const { drawn: { groups, chain }, metric } = found;
  if (metric === undefined) return null;
  return (
    <>
      {groups.some(({ points }) => points.length > 0) && (
        <Section
          title="Repeats"
          note="a dot is a run; a bar is the mean's interval at 95%"
        >
          <DrawingFiles
            name={`${metric.key} of the repeats of run ${found.a} and run ${found.b}`}
            csv={() => groupRows(groups)}
          >
            <GroupChart
              groups={groups}
              metric={metric.key}
              pair={[found.a, found.b]}
            />
          </DrawingFiles>
        </Section>
      )}
      {chain.length > 0 && (
        <Section
          title="Runs that split the difference"
          note="between two runs only what is named changed"
        >
          <DrawingFiles
            name={`${metric.key} from run ${found.a} to run ${found.b}, step by step`}
            csv={() => chainRows(chain)}
          >
            <ChainChart chain={chain} metric={metric.key} />
          </DrawingFiles>
        </Section>
      )}
    </>
  );
}

function Coverage({ found }: { readonly found: WhyReply }): VNode {
  const differing = [...found.differing, ...found.unread, ...found.labels];
  const rows = DIMENSIONS.map((dimension) => {
    const { a, b, missing } = found.coverage[dimension];
    return {
      dimension,
      levels: [a, b],
      missing,
      isDifferent: differing.some(({ id }) =>
        DIMENSION_OF[kindOf(id)] === dimension
      ),
    };
  });
  return (
    <Section title="What was recorded">
      <CoverageTable
        name={`recorded of run ${found.a} and run ${found.b}`}
        heads={[`run ${found.a}`, `run ${found.b}`]}
        rows={rows}
      />
      {found.unknown.length > 0 && (
        <details class="unknown" open={found.unknown.length <= 8}>
          <summary>
            {found.unknown.length}{" "}
            {found.unknown.length === 1 ? "thing is" : "things are"} not known
          </summary>
          <ul>
            {found.unknown.slice(0, 200).map((one) => (
              <li key={one}>{shown(one)}</li>
            ))}
          </ul>
        </details>
      )}
      {found.leftOut > 0 && (
        <p class="weak">
          {found.leftOut} further {found.leftOut === 1 ? "run" : "runs"}{" "}
          of the project {found.leftOut === 1 ? "was" : "were"} not read.
        </p>
      )}
    </Section>
  );
}

/** What differs and is no suspect, with the reason. */
function Others({ found }: { readonly found: WhyReply }): VNode | null {
  const suspected = new Set(
    found.suspects.flatMap(({ id, group = [] }) => [id, ...group]),
  );
  const cleared = new Map(found.cleared.map((one) => [one.id, one.reason]));
  const rows = [
    ...found.differing.filter(({ id }) => !suspected.has(id))
      .map((one) => ({
        ...one,
        why: cleared.get(one.id) === "suffices"
          ? "not needed: others suffice"
          : cleared.has(one.id)
          ? "the result stayed as it was when it changed"
          : "no suspect",
      })),
    ...found.unread.map((one) => ({ ...one, why: "never read" })),
    ...found.labels.map((one) => ({ ...one, why: "names a run" })),
  ];
  if (rows.length === 0) return null;
  return (
    <Section title="Differs, and is no suspect">
      <Rows
        name={`no suspects of run ${found.a} and run ${found.b}`}
        head={["what", "why not", "before", "after"]}
        rows={rows.slice(0, 100).map(({ id, why, before, after }) => [
          code(id),
          why,
          code(before ?? "absent"),
          code(after ?? "absent"),
        ])}
      />
      {rows.length > 100 && <p class="weak">… {rows.length - 100} more</p>}
    </Section>
  );
}
