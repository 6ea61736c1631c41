/// <reference lib="dom" />
/** What the program of a run printed; followed while it runs. */
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ConsolePiece, RunReply } from "../../../api_types.ts";
import { Section } from "../../parts/section.tsx";
import { Loading, Problem } from "../../parts/states.tsx";
import { bytes } from "../../text.ts";
import { consoleText } from "./console_text.ts";
import { piecesOf, useConsole } from "./use_console.ts";

/** The output. */
export function ConsoleOutput({ run }: { readonly run: RunReply }): VNode {
  const [log, readEarlier] = useConsole(run);
  const pieces = piecesOf(log);
  const start = log.replies[0]?.start ?? 0;
  const end = log.replies.at(-1)?.end ?? 0;
  const note = pieces.length === 0
    ? ""
    : `${bytes(end)}${run.status === "running" ? ", followed" : ""}`;
  return (
    <Section title="Console" note={note}>
      {log.error !== undefined && <Problem error={log.error} />}
      {!log.isLoaded && <Loading what="the output" />}
      {log.isLoaded && pieces.length === 0 && log.error === undefined && (
        <p class="weak">
          {run.areSourcesElsewhere
            ? (
              <>
                No output is in this file: what it printed stayed where the run
                was pushed from; <code>ato push --with-sources</code> sends it.
              </>
            )
            : (
              <>
                No output is recorded; <code>ato run</code>{" "}
                records what a program prints.
              </>
            )}
        </p>
      )}
      {pieces.length > 0 && start > 0 && (
        <button type="button" onClick={readEarlier}>
          Earlier output ({bytes(start)})
        </button>
      )}
      {pieces.length > 0 && <Output pieces={pieces} end={end} />}
    </Section>
  );
}

/** The text. While its end is in sight, it stays so. */
function Output({ pieces, end }: {
  readonly pieces: readonly ConsolePiece[];
  readonly end: number;
}): VNode {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null && isAtEnd.current) {
      current.scrollTop = current.scrollHeight;
    }
  }, [end]);
  return (
    <pre
      class="console"
      tabIndex={0}
      aria-label="What the program printed"
      ref={box}
      onScroll={(
        { currentTarget: { scrollTop, clientHeight, scrollHeight } },
      ) => {
        isAtEnd.current = scrollTop + clientHeight > scrollHeight - 4;
      }}
    >
      {joined(pieces).map(({ missing, stream, text }, i) => (
        <span key={i} class={`console-${stream}`}>
          {missing > 0 && (
            <em class="console-gap">{bytes(missing)} were not kept</em>
          )}
          {consoleText(text)}
        </span>
      ))}
    </pre>
  );
}

/** Pieces of one stream that follow each other are one, so that a line that is overwritten is whole. */
function joined(pieces: readonly ConsolePiece[]): ConsolePiece[] {
  const all: ConsolePiece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last?.stream === piece.stream && piece.missing === 0) {
      all.splice(-1, 1, { ...last, text: last.text + piece.text });
    } else all.push(piece);
  }
  return all;
}
