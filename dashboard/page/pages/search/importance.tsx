/** Which parameters matter, as `ato search importance` says it. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ImportanceReply, StudyReply } from "../../../search_types.ts";
import { read } from "../../api.ts";
import { code, Rows, Section } from "../../parts/section.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { number, shown } from "../../text.ts";

const WIDTH = 160;

/** The shares of the parameters. It takes a moment to compute, so it follows a running search only when asked. */
export function ImportanceOf(
  { study, metric }: { readonly study: StudyReply; readonly metric: string },
): VNode {
  const [trials, setTrials] = useState(study.trials);
  const state = useRequest(
    (signal) =>
      read<ImportanceReply>("/api/study/importance", {
        id: study.id,
        metric,
      }, signal),
    [study.id, metric, trials],
  );
  return (
    <Section
      title="Importance of parameters"
      note={`share of the differences in ${shown(metric)} that each explains`}
    >
      <Loaded state={state} what="the importance">
        {(found) => <Shares found={found} />}
      </Loaded>
      {study.trials !== trials && (
        <button
          type="button"
          onClick={() => setTrials(study.trials)}
        >
          Compute again with {study.trials - trials} more trials
        </button>
      )}
    </Section>
  );
}

function Shares({ found }: { readonly found: ImportanceReply }): VNode {
  const { method, trials, trees, fidelity, rSquared, notes } = found;
  return (
    <>
      {found.kind === "unknown" ? <p>{shown(found.reason)}</p> : (
        <Rows
          name={`importance for ${found.metric}`}
          head={["parameter", "share", "", "spread", "when"]}
          rows={found.parameters.map(({ path, share, spread, when }) => [
            code(path),
            <svg
              key="bar"
              class="rung"
              width={WIDTH}
              height={16}
              aria-hidden="true"
            >
              <rect
                class="part-ended"
                y={2}
                width={WIDTH * share}
                height={12}
              />
            </svg>,
            `${(100 * share).toFixed(1)} %`,
            `± ${(100 * spread).toFixed(1)} %`,
            when === undefined ? "" : code(when),
          ])}
        />
      )}
      <p class="weak">
        {method} over a forest of {trees} trees, from {trials} trials
        {fidelity !== undefined && ` at fidelity ${number(fidelity)}`}
        {rSquared !== undefined &&
          `; the forest explains R² = ${
            rSquared.toFixed(2)
          } of trials that it has not seen`}
      </p>
      {notes.map((note) => <p key={note} class="weak">{shown(note)}</p>)}
    </>
  );
}
