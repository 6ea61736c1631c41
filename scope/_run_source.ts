import { RUN_SOURCE, type RunSource } from "../internal/run_source.ts";
import type { GivenList } from "./_given_list.ts";
import type { History } from "./_history.ts";
import type { Traces } from "./_traces.ts";

/** Attaches to a config what the tracker stores of the run that it belongs to. */
export function attachRunSource(
  config: object,
  name: string,
  { history, traces, inputs }: {
    readonly history: History;
    readonly traces: Traces;
    readonly inputs: GivenList;
  },
): void {
  const source: RunSource = {
    name,
    history: () => history.byPath(),
    codeRecords: () => traces.codeRecords(),
    onCode: (listener) => traces.onCode(listener),
    onOutput: (listener) => traces.onOutput(listener),
    onInput: (listener) => inputs.onInput(listener),
    flush: () => traces.flush(),
  };
  Object.assign(config, { [RUN_SOURCE]: source });
}
