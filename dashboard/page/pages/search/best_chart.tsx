/** The best result so far, over what was spent. */
import type { VNode } from "preact";
import type { StudyReply } from "../../../search_types.ts";
import { DrawingFiles } from "../../parts/drawing_files.tsx";
import { Section } from "../../parts/section.tsx";
import { useWidth } from "../../parts/use_width.ts";
import { number, shown } from "../../text.ts";
import { type Frame, Frames } from "./scatter.tsx";
import { placeOf, scaleOf } from "../../parts/scale.ts";

const HEIGHT = 200;

/** The drawing; each result that was the best one when it came is a step. */
export function BestChart(
  { study, isLog }: { readonly study: StudyReply; readonly isLog: boolean },
): VNode | null {
  // Several objectives have no best result.
  return study.objectives.length > 1 || study.progress.length === 0
    ? null
    : <Steps study={study} isLog={isLog} />;
}

function Steps(
  { study, isLog }: { readonly study: StudyReply; readonly isLog: boolean },
): VNode {
  const [box, width] = useWidth();
  const { progress, spent } = study;
  const last = progress.at(-1)!;
  const values = progress.map(({ value }) => value);
  const y = scaleOf(values, isLog && values.every((value) => value > 0));
  const x = scaleOf([0, spent.fidelity]);
  const frame: Frame = {
    left: 58,
    top: 10,
    width: Math.max(1, width - 70),
    height: HEIGHT - 50,
  };
  const at = (spent: number) => frame.left + placeOf(x, spent) * frame.width;
  const up = (value: number) =>
    frame.top + (1 - placeOf(y, value)) * frame.height;
  const line =
    progress.map(({ spent, value }, i) =>
      i === 0 ? `M${at(spent)} ${up(value)}` : `H${at(spent)}V${up(value)}`
    ).join("") + `H${at(spent.fidelity)}`;
  const name = shown(study.objectives[0]?.name ?? "");
  return (
    <Section
      title="Best so far"
      note={`${name} ${number(last.value)}, trial ${last.trial}`}
    >
      <div class="drawing" ref={box}>
        <DrawingFiles
          name={`best ${name} of search ${study.id}`}
          csv={() => [
            ["fidelity spent", name, "trial"],
            ...progress.map(({ spent, value, trial }) => [spent, value, trial]),
          ]}
        >
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={`The best ${name} so far: ${number(last.value)}`}
          >
            <Frames
              frame={frame}
              x={{ title: "fidelity spent", scale: x, isObjective: false }}
              y={{ title: name, scale: y, isObjective: true }}
            />
            <path class="best-line" d={line} />
          </svg>
        </DrawingFiles>
      </div>
    </Section>
  );
}
