/** What may have changed the result. */
import type { VNode } from "preact";
import type { WhyReply } from "../../../api_types.ts";
import { code, Rows, Section } from "../../parts/section.tsx";
import { SideBySide } from "../../parts/side_by_side.tsx";
import { number, shown } from "../../text.ts";
import { isHashed, kindOf } from "./kinds.ts";

type Suspect = WhyReply["suspects"][number];

const EVIDENCE: Readonly<Record<Suspect["evidence"], string>> = {
  intervention: "runs that differ in it alone",
  association: "the result goes with it in other runs",
  prior: "none; it differs, and nothing speaks for or against it",
};

/** The suspects, likeliest first, and what changed in their texts. */
export function Suspects(
  { found }: { readonly found: WhyReply },
): VNode | null {
  const { suspects, joint, isCaused } = found;
  if (suspects.length === 0) return null;
  const note = isCaused
    ? "the first is shown to be the cause"
    : joint === "together"
    ? "they act together"
    : joint === "split-in-this-order"
    ? "split in this order; another order may split it otherwise"
    : "likeliest first";
  return (
    <Section title="Suspects" note={note}>
      <Rows
        name={`suspects of run ${found.a} and run ${found.b}`}
        head={["what", "change", "evidence", "effect", "set by"]}
        rows={suspects.map((suspect) => [
          <Name key="name" suspect={suspect} />,
          <Change key="change" suspect={suspect} />,
          EVIDENCE[suspect.evidence],
          suspect.effect === undefined ? "" : number(suspect.effect),
          shown(found.setBy[suspect.id] ?? ""),
        ])}
      />
      <Diffs found={found} />
    </Section>
  );
}

function Name(
  { suspect: { id, was, group = [] } }: { readonly suspect: Suspect },
): VNode {
  const others = group.filter((one) => one !== id);
  return (
    <>
      {code(id)}
      {was !== undefined && <div class="weak">was {code(was)}</div>}
      {others.length > 0 && (
        <div class="weak">
          or one of{" "}
          {others.slice(0, 8).map((one) => <div key={one}>{code(one)}</div>)}
          {others.length > 8 && `… ${others.length - 8} more`}
        </div>
      )}
    </>
  );
}

/** A hash says nothing to a reader, so that it is said whether something was added, removed or changed. */
function Change(
  { suspect: { id, before, after } }: { readonly suspect: Suspect },
): VNode {
  if (!isHashed(kindOf(id))) {
    return (
      <>
        {before === undefined ? "absent" : code(before)} →{" "}
        {after === undefined ? "absent" : code(after)}
      </>
    );
  }
  return (
    <>
      {before === undefined
        ? "only in the second run"
        : after === undefined
        ? "only in the first run"
        : "changed"}
    </>
  );
}

/** The diffs of suspects. */
function Diffs({ found }: { readonly found: WhyReply }): VNode {
  return (
    <>
      {found.suspects.map(({ id, diff }) =>
        diff === undefined ? null : (
          <SideBySide
            key={id}
            title={id}
            diff={diff}
            runs={[found.a, found.b]}
          />
        )
      )}
    </>
  );
}
