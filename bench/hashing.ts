/** Hashing inputs beside SHA-256 alone, and inputs that were hashed before. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FolderCache, InputHasher, recordInputs } from "../inputs/mod.ts";
import {
  median,
  ratioRow,
  type Row,
  time,
  timeAsync,
  timeRow,
} from "./_report.ts";

const MIB = 2 ** 20;
const SIZE = 128;
const FILES = 10_000;

/** Measures a file of 128 MiB, and 10,000 small files of one folder. */
export async function benchHashing(folder: string): Promise<Row[]> {
  const path = join(folder, "input.bin");
  const piece = new Uint8Array(MIB).map((_, i) => i * 31 + (i >> 8));
  writeFileSync(path, "");
  for (let i = 0; i < SIZE; i++) writeFileSync(path, piece, { flag: "a" });
  const [ours, alone]: [number[], number[]] = [[], []];
  for (let round = 0; round < 5; round++) {
    alone.push(time(() => {
      const hash = createHash("sha256");
      for (let i = 0; i < SIZE; i++) hash.update(piece);
      hash.digest("hex");
    }));
    const hasher = new InputHasher({ cache: false });
    ours.push(await timeAsync(() => hasher.hash({ path })));
  }
  return [
    ratioRow(
      `hash an input of ${SIZE} MiB`,
      median(ours),
      median(alone),
      "SHA-256 alone",
      1.25,
    ),
    timeRow(
      `the same again, from the cache`,
      await cached(folder, [path]),
      20,
    ),
    timeRow(
      `${FILES} inputs of one folder, from the cache`,
      await cached(folder, manyFiles(folder)),
      1_000,
    ),
  ];
}

function manyFiles(folder: string): string[] {
  const inside = join(folder, "many");
  mkdirSync(inside);
  return Array.from({ length: FILES }, (_, i) => {
    const path = join(inside, `${i}.txt`);
    writeFileSync(path, String(i));
    return path;
  });
}

/** Milliseconds to record inputs that were hashed before. */
async function cached(
  folder: string,
  paths: readonly string[],
): Promise<number> {
  const record = async (): Promise<void> => {
    // A fresh file is not remembered.
    const later = () => Date.now() + 10_000;
    const cache = new FolderCache(join(folder, "hashes"), later);
    await recordInputs({
      root: folder,
      reads: paths.map((path) => ({ path })),
      variables: [],
      gaps: [],
      isObserved: true,
    }, { cache });
  };
  await record();
  const times: number[] = [];
  for (let round = 0; round < 3; round++) times.push(await timeAsync(record));
  return median(times);
}
