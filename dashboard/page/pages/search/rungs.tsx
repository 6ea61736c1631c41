/** The rungs of each bracket, as they fill. */
import type { VNode } from "preact";
import type { StudyReply } from "../../../search_types.ts";
import { Rows, Section } from "../../parts/section.tsx";
import { number } from "../../text.ts";

const WIDTH = 220;

/** The table, with a bar for each rung. */
export function Rungs(
  { rungs }: { readonly rungs: StudyReply["rungs"] },
): VNode | null {
  if (rungs.length === 0) return null;
  const most = rungs.reduce((sum, { entered }) => Math.max(sum, entered), 1);
  return (
    <Section
      title="Rungs"
      note="how many trials entered, have a result, run and failed at each fidelity"
    >
      <Rows
        name="rungs"
        head={[
          "bracket",
          "rung",
          "fidelity",
          "filled",
          "entered",
          "ended",
          "running",
          "failed",
        ]}
        rows={rungs.map((rung) => [
          rung.bracket,
          rung.rung,
          number(rung.fidelity),
          <Bar key="bar" rung={rung} most={most} />,
          rung.entered,
          rung.ended,
          rung.running,
          rung.failed,
        ])}
      />
    </Section>
  );
}

function Bar({ rung, most }: {
  readonly rung: StudyReply["rungs"][number];
  readonly most: number;
}): VNode {
  const { entered, ended, running, failed } = rung;
  const size = (count: number) => WIDTH * count / most;
  let from = 0;
  const parts =
    ([["ended", ended], ["running", running], ["failed", failed]] as const)
      .map(([name, count]) => {
        const x = from;
        from += size(count);
        return (
          <rect
            key={name}
            class={`part-${name}`}
            x={x}
            y={2}
            width={size(count)}
            height={12}
          />
        );
      });
  return (
    <svg class="rung" width={WIDTH} height={16} aria-hidden="true">
      <rect
        class="part-entered"
        x={0.5}
        y={2.5}
        width={Math.max(0, size(entered) - 1)}
        height={11}
      />
      {parts}
    </svg>
  );
}
