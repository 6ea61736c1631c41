/** Why two runs gave different results, in words. `#/why/A/B?metric`. */
import type { VNode } from "preact";
import type { WhyReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { code, Rows, Section } from "../../parts/section.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { link } from "../../router.ts";
import { number, shown } from "../../text.ts";
import type { PageProps } from "../page.ts";

/** The page. */
export function whyPage({ route: { parts, query } }: PageProps): VNode {
  const [a = "", b = ""] = parts;
  return (
    <Why
      key={`${a} ${b}`}
      a={a}
      b={b}
      metric={query.get("metric") ?? undefined}
    />
  );
}

function Why(
  { a, b, metric }: {
    readonly a: string;
    readonly b: string;
    readonly metric: string | undefined;
  },
): VNode {
  const state = useRequest<WhyReply>(
    (signal) => read("/api/why", { a, b, metric }, signal),
    [a, b, metric],
  );
  return (
    <Loaded state={state} what="the evidence">
      {(found) => <Answer found={found} />}
    </Loaded>
  );
}

function Answer({ found }: { readonly found: WhyReply }): VNode {
  return (
    <article class="why">
      <h1>
        Why do <a href={link("run", [found.a])}>run {found.a}</a> and{" "}
        <a href={link("run", [found.b])}>run {found.b}</a> differ?
      </h1>
      <p class={`verdict verdict-${found.outcome}`}>{shown(found.sentence)}</p>
      {found.metric !== undefined && (
        <p>
          {shown(found.metric.key)}: {number(found.metric.a)} →{" "}
          {number(found.metric.b)}
        </p>
      )}
      {found.suspects.length > 0 && (
        <Section title="Suspects">
          <Rows
            head={["what", "evidence", "before", "after"]}
            rows={found.suspects.map(({ id, evidence, before, after }) => [
              code(id),
              evidence,
              code(before ?? ""),
              code(after ?? ""),
            ])}
          />
          {found.suspects.map(({ id, diff }) =>
            diff === undefined
              ? null
              : <pre key={id} class="diff">{diffText(diff)}</pre>
          )}
        </Section>
      )}
    </article>
  );
}

function diffText(diff: unknown): string {
  return typeof diff === "string" ? diff : JSON.stringify(diff, null, 2);
}
