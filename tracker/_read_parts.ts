/** Reads the parts of a run from their rows. */
import type { RowReader } from "./_row_reader.ts";
import { ENVIRONMENT, SKETCH, USES } from "./_run_shapes.ts";
import { ANYTHING } from "./_shapes.ts";
import type { RunEnvironment } from "./environment.ts";
import type {
  Artifact,
  RunAttempt,
  RunFingerprint,
  StoredOutput,
} from "./run_parts.ts";
import type { DeepRecord, NumericSketch } from "../internal/run_source.ts";

/** Reads an attempt. */
export function toAttempt(read: RowReader): RunAttempt {
  const [fromStep, startTime] = [
    read.optionalInteger("from_step"),
    read.optionalTime("start_time"),
  ];
  const attempt = read.count("attempt");
  if (attempt <= 1 && fromStep !== undefined) {
    throw read.damage("from_step", "belongs to the first attempt");
  }
  return {
    attempt,
    ...(fromStep !== undefined && { fromStep }),
    ...(startTime !== undefined && { startTime }),
    environment: read.json<RunEnvironment>("environment", {
      shape: ENVIRONMENT,
      fallback: {},
    }),
  };
}

/** Reads an artifact. */
export function toArtifact(read: RowReader): Artifact {
  const [type, size, sha256] = [
    read.optionalText("data_type"),
    read.optionalCount("size"),
    read.optionalText("sha256"),
  ];
  const metadata = read.json<unknown>("data_info", {
    shape: ANYTHING,
    fallback: undefined,
  });
  return {
    id: read.integer("id"),
    path: read.text("path"),
    ...(type !== undefined && { type }),
    ...(metadata !== undefined && { metadata }),
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
  };
}

/** Reads a fingerprint. The deep fingerprints are given by trace. */
export function toFingerprint(
  read: RowReader,
  deepOf: ReadonlyMap<string, DeepRecord>,
): RunFingerprint {
  const type = read.text("trace_type");
  if (type !== "static" && type !== "runtime") {
    throw read.damage("trace_type", "is neither static nor runtime");
  }
  const traceId = read.text("trace_id");
  const calls = read.optionalCount("calls");
  const uses = read.json<Record<string, string> | undefined>("uses", {
    shape: USES,
    fallback: undefined,
  });
  const deep = type === "static" ? deepOf.get(traceId) : undefined;
  return {
    traceId,
    type,
    hash: read.text("fingerprint"),
    ...(uses !== undefined && { uses }),
    ...(calls !== undefined && { calls }),
    ...(deep !== undefined && { deep }),
  };
}

/** A number as it may be stored: older files have null for NaN and the infinities, and digits for large numbers. */
type WrittenNumber = number | bigint | null;

interface WrittenSketch extends Pick<NumericSketch, "count" | "nanCount"> {
  readonly min: WrittenNumber;
  readonly max: WrittenNumber;
  readonly mean: WrittenNumber;
  readonly l2: WrittenNumber;
  readonly samples: readonly WrittenNumber[];
}

function toSketch(written?: WrittenSketch): NumericSketch | undefined {
  if (written === undefined) return undefined;
  const bound = (value?: WrittenNumber) =>
    value === null || value === undefined ? null : Number(value);
  const figure = (value: WrittenNumber) => value === null ? NaN : Number(value);
  return {
    ...written,
    min: bound(written.min),
    max: bound(written.max),
    mean: bound(written.mean),
    l2: figure(written.l2),
    samples: written.samples.map(figure),
  };
}

/** Reads a recorded call. */
export function toOutput(read: RowReader): StoredOutput {
  const [hash, reason] = [
    read.optionalText("hash"),
    read.optionalText("reason"),
  ];
  const sketch = toSketch(
    read.json<WrittenSketch | undefined>("sketch", {
      shape: SKETCH,
      fallback: undefined,
    }),
  );
  return {
    traceId: read.text("trace_id"),
    attempt: read.count("attempt"),
    call: read.count("call"),
    sequence: read.count("sequence"),
    outcome: read.text("outcome"),
    ...(hash !== undefined && { hash }),
    ...(reason !== undefined && { reason }),
    ...(sketch !== undefined && { sketch }),
  };
}

/** Refuses calls that are out of order: in a damaged index, a page may start before the last one, without end. */
export function refuseDisorder(
  outputs: readonly StoredOutput[],
  after: Pick<StoredOutput, "attempt" | "call"> | undefined,
  reader: () => RowReader,
): void {
  let before = after;
  for (const one of outputs) {
    if (
      before !== undefined &&
      (one.attempt < before.attempt ||
        (one.attempt === before.attempt && one.call <= before.call))
    ) throw reader().damage("call", "is out of order");
    before = one;
  }
}
