/// <reference lib="dom" />
/** The versions of a trace or of a factor, as `ato trace` lists them. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { TracesReply, VersionsReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { code, Rows, Section } from "../../parts/section.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { link, type Route, set } from "../../router.ts";
import { number, shown, time } from "../../text.ts";

/** The section. */
export function Versions({ project, metric, newest, route }: {
  readonly project: string;
  readonly metric: string | undefined;
  /** The newest run: a new one can have a version of its own. */
  readonly newest: number;
  readonly route: Route;
}): VNode {
  const trace = route.query.get("trace") ?? "";
  const [typed, setTyped] = useState(trace);
  const traces = useRequest<TracesReply>(
    (signal) => read("/api/traces", { project }, signal),
    [project, newest],
  );
  const known = traces.status === "ready" ? traces.value.traces : [];
  return (
    <Section
      title="Versions"
      note="of a traced function, or of a factor such as code:src/loss.ts#mse or config:lr"
    >
      <form
        class="bar"
        onSubmit={(event) => {
          event.preventDefault();
          set({ trace: typed });
        }}
      >
        <input
          type="search"
          class="filter"
          list="traces"
          aria-label="Trace or factor"
          spellcheck={false}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <datalist id="traces">
          {known.map((one) => <option key={one} value={one} />)}
        </datalist>
        <button type="submit">List</button>
      </form>
      {trace !== "" && (
        <List
          key={trace}
          project={project}
          id={trace}
          metric={metric}
          newest={newest}
        />
      )}
    </Section>
  );
}

function List({ project, id, metric, newest }: {
  readonly project: string;
  readonly id: string;
  readonly metric: string | undefined;
  readonly newest: number;
}): VNode {
  const state = useRequest<VersionsReply>(
    (signal) => read("/api/versions", { project, id, metric }, signal),
    [project, id, metric, newest],
  );
  return (
    <Loaded state={state} what="the versions">
      {({ versions, leftOut }) => (
        <>
          {versions.length === 0
            ? <p role="status">No run has {code(id)}.</p>
            : (
              <Rows
                name={`versions of ${id}`}
                head={[
                  "of",
                  "version",
                  "runs",
                  "first",
                  "last",
                  ...(metric === undefined ? [] : [shown(metric)]),
                ]}
                rows={versions.map((one) => [
                  one.type,
                  code(one.value),
                  one.runs,
                  one.first === undefined
                    ? time(one.firstSeen)
                    : (
                      <a key="first" href={link("run", [one.first])}>
                        run {one.first}
                      </a>
                    ),
                  one.last === undefined
                    ? time(one.lastSeen)
                    : (
                      <a key="last" href={link("run", [one.last])}>
                        run {one.last}
                      </a>
                    ),
                  ...(metric === undefined ? [] : [number(one.mean)]),
                ])}
              />
            )}
          {leftOut > 0 && (
            <p class="weak">{leftOut} further runs were not read.</p>
          )}
        </>
      )}
    </Loaded>
  );
}
