/** Says when an answer may no longer be the one that the file has. */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { WhyReply, WhyStateReply } from "../../../api_types.ts";
import { read } from "../../api.ts";
import { useLiveRequest } from "../../live_request.ts";

/** The sentence, and a button; nothing while the runs that the answer rests on are as they were. */
export function Stale({ found: { a, b, state }, onAsk }: {
  readonly found: WhyReply;
  onAsk(): void;
}): VNode | null {
  const [isStale, setStale] = useState(false);
  const now = useLiveRequest<WhyStateReply>(
    (signal) => read("/api/why/state", { a, b }, signal),
    [a, b],
    !isStale,
  );
  useEffect(() => {
    if (now.status === "ready" && now.value.state !== state) setStale(true);
  }, [now, state]);
  if (!isStale) return null;
  return (
    <p class="why why-stale" role="status">
      Runs that this answer rests on have changed since.{" "}
      <button type="button" onClick={onAsk}>Ask again</button>
    </p>
  );
}
