/** The texts that differ between the first run and another one, side by side. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type {
  ComparedCell,
  CompareReply,
  DiffsReply,
} from "../../../api_types.ts";
import { read } from "../../api.ts";
import { Section } from "../../parts/section.tsx";
import { SideBySide } from "../../parts/side_by_side.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { shown } from "../../text.ts";

/** The texts that are asked for at once. */
const PAGE = 10;

/** The diffs of declarations and of small inputs. */
export function TextDiffs(
  { reply: { runs, rows } }: { readonly reply: CompareReply },
): VNode | null {
  const [other, setOther] = useState(1);
  const [count, setCount] = useState(PAGE);
  const [a, b] = [runs[0], runs[other]];
  const ids = rows.filter(({ kind, cells }) =>
    (kind === "code" || kind === "input") &&
    isDifferent(cells[0], cells[other])
  ).map(({ id }) => id);
  const hasTexts = rows.some(({ kind, state }) =>
    state === "different" && (kind === "code" || kind === "input")
  );
  if (a === undefined || b === undefined || !hasTexts) return null;
  return (
    <Section title="Changed texts" note={`run ${a.id} and run ${b.id}`}>
      {runs.length > 2 && (
        <label>
          run {a.id} with{" "}
          <select
            value={String(other)}
            onChange={(event) => {
              setOther(Number(event.currentTarget.value));
              setCount(PAGE);
            }}
          >
            {runs.slice(1).map(({ id }, i) => (
              <option key={id} value={i + 1}>run {id}</option>
            ))}
          </select>
        </label>
      )}
      {ids.length === 0
        ? <p class="weak">No text is known to differ between these two.</p>
        : <Texts a={a.id} b={b.id} ids={ids.slice(0, count)} />}
      {ids.length > count && (
        <button
          type="button"
          onClick={() => setCount(count + PAGE)}
        >
          {ids.length - count} more
        </button>
      )}
    </Section>
  );
}

function isDifferent(
  a: ComparedCell | undefined,
  b: ComparedCell | undefined,
): boolean {
  if (a === undefined || b === undefined) return false;
  if (a.is === "unknown" || b.is === "unknown") return false;
  return a.is !== b.is ||
    (a.is === "value" && b.is === "value" && a.text !== b.text);
}

function Texts({ a, b, ids }: {
  readonly a: number;
  readonly b: number;
  readonly ids: readonly string[];
}): VNode {
  const state = useRequest<DiffsReply[]>(
    (signal) => {
      // No answer has more than 20 of a kind.
      const parts = [];
      for (let i = 0; i < ids.length; i += PAGE) {
        parts.push(
          read<DiffsReply>(
            "/api/diffs",
            { a, b, id: ids.slice(i, i + PAGE) },
            signal,
          ),
        );
      }
      return Promise.all(parts);
    },
    [a, b, ids.join("\n")],
  );
  return (
    <Loaded state={state} what="the texts">
      {(replies) => {
        const diffs = new Map(
          replies.flatMap((one) => Object.entries(one.diffs)),
        );
        const without = ids.filter((id) => !diffs.has(id));
        return (
          <>
            {ids.map((id) => {
              const diff = diffs.get(id);
              return diff === undefined ? null : (
                <SideBySide
                  key={id}
                  title={id}
                  diff={diff}
                  runs={[a, b]}
                />
              );
            })}
            {without.length > 0 && (
              <p class="weak">
                The texts of {shown(without.join(", "))}{" "}
                were not stored, so that only their hashes can be compared.
              </p>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
