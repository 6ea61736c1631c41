/** Fingerprints and hashes, each against what it cannot be faster than. */
import { createHash } from "node:crypto";
import { ADict } from "@ato/ato/adict";
import { fingerprintCode, fingerprintValue } from "@ato/ato/fingerprint";
import { learn } from "../examples/iris/network.ts";
import {
  median,
  ratioRow,
  type Row,
  time,
  timeAsync,
  timeRow,
} from "./_report.ts";

const BYTES = 64 * 2 ** 20;

/** SHA-256 of bytes in pieces of 64 KiB. */
function stream(bytes: Uint8Array): void {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += 65536) {
    hash.update(bytes.subarray(at, at + 65536));
  }
  hash.digest();
}

function benchArray(values: Float32Array | Float64Array): Row {
  const bytes = new Uint8Array(values.buffer);
  const ours: number[] = [], baseline: number[] = [];
  for (let round = 0; round < 7; round++) {
    baseline.push(time(() => stream(bytes)));
    ours.push(time(() => void fingerprintValue(values)));
  }
  const name = `value of a ${values.constructor.name}, 64 MiB`;
  return ratioRow(
    name,
    median(ours),
    median(baseline),
    "streaming SHA-256",
    1 / 0.9,
  );
}

async function benchCode(): Promise<Row> {
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    times.push(await timeAsync(() => fingerprintCode(learn)));
  }
  return timeRow("code of a typical function", median(times), 1);
}

async function benchStructure(): Promise<Row> {
  const data: Record<string, unknown> = {};
  for (let i = 0; i < 100; i++) {
    data[`group${i}`] = Object.fromEntries(
      Array.from({ length: 10 }, (_, k) => [`key${k}`, k % 2 ? k : "x"]),
    );
  }
  const config = new ADict(data);
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    times.push(await timeAsync(() => config.getStructuralHash()));
  }
  return timeRow("structural hash of 1,000 leaves", median(times), 2);
}

/** Measures value, code and structural fingerprints. */
export async function benchFingerprints(): Promise<Row[]> {
  return [
    benchArray(new Float64Array(BYTES / 8).map((_, i) => Math.sin(i))),
    benchArray(new Float32Array(BYTES / 4).map((_, i) => i * 0.5)),
    await benchCode(),
    await benchStructure(),
  ];
}
