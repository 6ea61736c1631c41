/// <reference lib="dom" />
/** From a point of a curve to the page that says why another run differs. */
import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RunReply } from "../../../api_types.ts";
import { go, link } from "../../router.ts";
import { shown } from "../../text.ts";

/** Asks for the other run. */
export function WhyHere({ run, metric, step, hasFocus, onClose }: {
  readonly run: RunReply;
  readonly metric: string;
  readonly step: number;
  /** Whether a person has just picked the point: a link that is opened takes no keys. */
  readonly hasFocus: boolean;
  onClose(): void;
}): VNode {
  const [other, setOther] = useState(run.id > 1 ? String(run.id - 1) : "");
  const box = useRef<HTMLInputElement>(null);
  // A person who chose the point goes on here, with the keyboard, too.
  useLayoutEffect(() => {
    if (!hasFocus) return;
    box.current?.focus({ preventScroll: true });
    box.current?.select();
  }, [step]);
  const close = (form: Element | null) => {
    onClose();
    form?.closest("figure")?.querySelector<HTMLElement>(".chart")?.focus();
  };
  const isRun = /^\d{1,15}$/.test(other) && Number(other) !== run.id;
  return (
    <form
      class="why-here"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close(event.currentTarget);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (isRun) go(link("why", [Number(other), run.id], { metric, step }));
      }}
    >
      <span>{shown(metric)} at step {step}:</span>
      <label>
        why from here with run{" "}
        <input
          ref={box}
          type="number"
          min={0}
          step={1}
          value={other}
          onInput={(event) => setOther(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={!isRun}>Why?</button>
      <button
        type="button"
        aria-label="Close"
        onClick={(event) => close(event.currentTarget)}
      >
        ×
      </button>
    </form>
  );
}
