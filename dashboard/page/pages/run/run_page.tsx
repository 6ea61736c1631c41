/** One run: its curves, its config with who set what, inputs, environment, artifacts. `#/run/ID?point&x&scale&smooth&from&to`. */
import type { VNode } from "preact";
import { DIMENSIONS } from "../../../../internal/run_factors.ts";
import type { ConfigRow, RunReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { useLiveRequest } from "../../live_request.ts";
import { code, Rows, Section } from "../../parts/section.tsx";
import { Empty, Loaded, Warnings } from "../../parts/states.tsx";
import { useProject } from "../../project.ts";
import { link } from "../../router.ts";
import { brief, bytes, duration, shown, time } from "../../text.ts";
import type { PageProps } from "../page.ts";
import { Status } from "../runs/columns.tsx";
import { Artifacts } from "./artifacts.tsx";
import { ConsoleOutput } from "./console.tsx";
import { consoleText } from "./console_text.ts";
import { Curves } from "./curves.tsx";

/** The page. */
export function runPage({ route }: PageProps): VNode {
  const id = route.parts[0] ?? "";
  return <RunView key={id} id={id} query={route.query} />;
}

function RunView({ id, query }: {
  readonly id: string;
  readonly query: URLSearchParams;
}): VNode {
  const state = useLiveRequest<RunReply>(
    (signal) => read(`/api/runs/${encodeURIComponent(id)}`, {}, signal),
    [id],
  );
  return (
    <Loaded state={state} what={`run ${id}`}>
      {(run) => <Details run={run} query={query} />}
    </Loaded>
  );
}

function Details({ run, query }: {
  readonly run: RunReply;
  readonly query: URLSearchParams;
}): VNode {
  useProject(run.project);
  return (
    <article class="run">
      <Title run={run} />
      <Warnings lines={run.damaged} />
      {run.metrics.length === 0
        ? <Empty title="The run has logged no metrics" />
        : <Curves run={run} query={query} />}
      <ConsoleOutput run={run} />
      <Artifacts run={run} />
      <Config run={run} />
      <Code run={run} />
      <Inputs run={run} />
      <Environment run={run} />
      <CoverageOf run={run} />
    </article>
  );
}

function Title({ run }: { readonly run: RunReply }): VNode {
  const facts = [
    time(run.started),
    duration(run.duration),
    run.seed !== undefined && `seed ${run.seed}`,
    run.isDeleted && "in the trash",
  ].filter(Boolean).join(" · ");
  return (
    <div class="title">
      <h1>
        Run {run.id}{" "}
        {run.name !== undefined && (
          <span title={shown(run.name)}>{brief(run.name)}</span>
        )} <Status status={run.status} />
      </h1>
      <p>
        <a href={link("runs", [run.project])}>{brief(run.project)}</a> ·{" "}
        {shown(facts)}{" "}
        {run.tags.map((tag) => <span class="tag" key={tag}>{shown(tag)}</span>)}
      </p>
      {run.notes !== undefined && <p class="notes">{consoleText(run.notes)}</p>}
      {run.error !== undefined && (
        <pre
          class="error"
          role="alert"
        >{shown(`${run.error.name}: ${run.error.message}`)}</pre>
      )}
    </div>
  );
}

function Config({ run: { id, config } }: { readonly run: RunReply }): VNode {
  return (
    <Section title="Config" note={`${config.length} values`}>
      <Rows
        name={`config of run ${id}`}
        head={["key", "value", "set by"]}
        rows={config.map(({ key, value, setBy, before }) => [
          code(key),
          code(value),
          <SetBy key={key} setBy={setBy} before={before} />,
        ])}
      />
    </Section>
  );
}

/** What set a value, and what had set it before. */
function SetBy(
  { setBy, before }: Pick<ConfigRow, "setBy" | "before">,
): VNode {
  return (
    <>
      {shown(setBy)}
      {before.map((one, i) => (
        <div class="before" key={i}>
          before: {shown(one.value)} ({shown(one.setBy)})
        </div>
      ))}
    </>
  );
}

function Code(
  { run: { id, fingerprints, fingerprintGaps } }: { readonly run: RunReply },
): VNode | null {
  if (fingerprints.length + fingerprintGaps.length === 0) return null;
  return (
    <Section title="Fingerprints">
      <Rows
        name={`fingerprints of run ${id}`}
        head={["trace", "of", "fingerprint"]}
        rows={[
          ...fingerprints.map(({ traceId, type, hash, calls }) => [
            shown(traceId),
            type === "static"
              ? "its code"
              : `what it returned${
                calls === undefined ? "" : `, ${calls} calls`
              }`,
            code(hash),
          ]),
          ...fingerprintGaps.map((
            { traceId, reason },
          ) => [shown(traceId), "none", shown(reason)]),
        ]}
      />
    </Section>
  );
}

function Inputs({ run }: { readonly run: RunReply }): VNode {
  const { inputs, coverage } = run;
  const level = coverage?.inputs.level ?? "none";
  return (
    <Section title="Inputs" note={`recorded: ${RECORDED[level]}`}>
      {inputs.length === 0 ? <p class="weak">None are recorded.</p> : (
        <Rows
          name={`inputs of run ${run.id}`}
          head={["name", "kind", "size", "sha256"]}
          rows={inputs.map((input) => [
            shown(input.name),
            input.kind,
            bytes(input.bytes),
            code((input.sha256 ?? "").slice(0, 12)),
          ])}
        />
      )}
      <Missing lines={coverage?.inputs.missing ?? []} />
    </Section>
  );
}

const RECORDED = { full: "all", partial: "in part", none: "nothing" } as const;

/** What was not recorded, and so cannot be compared. */
function Missing(
  { lines }: { readonly lines: readonly string[] },
): VNode | null {
  if (lines.length === 0) return null;
  return (
    <details class="weak">
      <summary>Missing: {lines.length}</summary>
      <ul>{lines.map((line) => <li key={line}>{shown(line)}</li>)}</ul>
    </details>
  );
}

/** How completely each part of the run was recorded. */
function CoverageOf(
  { run: { coverage } }: { readonly run: RunReply },
): VNode | null {
  if (coverage === undefined) return null;
  return (
    <Section title="Recorded">
      <Rows
        name="recorded"
        head={["part", "how much", "missing"]}
        rows={DIMENSIONS.map((dimension) => [
          dimension,
          RECORDED[coverage[dimension].level],
          <Missing key={dimension} lines={coverage[dimension].missing} />,
        ])}
      />
    </Section>
  );
}

function Environment(
  { run: { id, environment } }: { readonly run: RunReply },
): VNode {
  return (
    <Section title="Environment">
      {environment.length === 0
        ? <p class="weak">It is not recorded.</p>
        : (
          <Rows
            name={`environment of run ${id}`}
            head={["what", "value"]}
            rows={environment.map((
              [name, text],
            ) => [name, code(text)])}
          />
        )}
    </Section>
  );
}
