import type { CodeRecord, OutputRecord } from "../tracker/run_source.ts";

/** The functions that a scope traces. */
export class Traces {
  codeRecords(): Promise<readonly CodeRecord[]> {
    return Promise.resolve([]);
  }
  onCode(_listener: (record: CodeRecord) => void): () => void {
    return () => {};
  }
  onOutput(_listener: (record: OutputRecord) => void): () => void {
    return () => {};
  }
}
