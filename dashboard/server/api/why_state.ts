/** Whether the runs that an answer of why rests on are as they were. */
import type { WhyStateReply } from "../../api_types.ts";
import type { Endpoint } from "../endpoint.ts";
import { evidenceState } from "../evidence_state.ts";

/** `GET /api/why/state?a=ID&b=ID`. */
export const whyState: Endpoint<WhyStateReply> = {
  path: "/api/why/state",
  async answer(query, { source }) {
    const pair = [
      query.integer("a", { min: 0 }),
      query.integer("b", { min: 0 }),
    ] as const;
    return { state: await evidenceState(await source.finder(), pair) };
  },
};
