/** W&B's log: what is written is read, and what is damaged costs only itself. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  bytesField,
  integerField,
  join as joinFields,
} from "../../internal/protobuf.ts";
import { fieldsOf, ProtobufError } from "../../internal/protobuf_reader.ts";
import { type LogDamage, logRecords } from "../../sync/wandb/_log_reader.ts";
import { LogWriter } from "../../sync/wandb/_log_writer.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

function logOf(records: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = new LogWriter((bytes) => parts.push(bytes.slice()));
  for (const record of records) writer.add(record);
  writer.end();
  return joinFields(...parts);
}

/** Comparing long lists of bytes is slow. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function readLog(
  folder: string,
  bytes: Uint8Array,
): { records: string[]; damage: LogDamage } {
  const path = join(folder, "run.wandb");
  writeFileSync(path, bytes);
  const damage = { damaged: 0, isCut: false };
  // A record is valid until the next one.
  const records = Array.from(
    logRecords(path, damage),
    (record) => textOf(record),
  );
  return { records, damage };
}

/** Records around the sizes at which a block ends. */
const RECORDS = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.integer({ min: 32_740, max: 32_790 }).map((n) =>
      new Uint8Array(n).fill(7)
    ),
    fc.integer({ min: 60_000, max: 100_000 }).map((n) =>
      Uint8Array.from({ length: n }, (_, i) => i * 31 & 255)
    ),
  ),
  { maxLength: 12 },
);

test("W&B's log: every record comes back, whatever its size", () =>
  withTempFolder((folder) =>
    fc.assert(
      fc.property(RECORDS, (records) => {
        const read = readLog(folder, logOf(records));
        assertEquals(read.damage, { damaged: 0, isCut: false });
        assertEquals(read.records, records.map(textOf));
      }),
      { numRuns: 60 },
    )
  ));

test("W&B's log: cut off anywhere, the records before are read, and the cut is told", () =>
  withTempFolder((folder) =>
    fc.assert(
      fc.property(
        RECORDS,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (records, at) => {
          const log = logOf(records);
          const cut = Math.max(7, Math.floor(log.length * at));
          const { records: read, damage } = readLog(
            folder,
            log.subarray(0, cut),
          );
          assertEquals(
            read,
            records.slice(0, read.length).map(textOf),
          );
          const next = logOf(records.slice(0, read.length + 1)).length;
          if (read.length < records.length) assertLessOrEqual(cut, next);
          assertEquals(damage.damaged, 0);
          const isBetween = logOf(records.slice(0, read.length)).length >= cut;
          if (!isBetween) assertEquals(damage.isCut, true);
        },
      ),
      { numRuns: 100 },
    )
  ));

test("W&B's log: a byte that was changed costs its block at most, and is told", () =>
  withTempFolder((folder) =>
    fc.assert(
      fc.property(
        fc.nat({ max: 199_999 }),
        fc.integer({ min: 1, max: 255 }),
        (place, change) => {
          const records = Array.from({ length: 4000 }, (_, i) =>
            new TextEncoder().encode(`record ${i} ${"x".repeat(i % 60)}`));
          const log = logOf(records);
          const at = 7 + place % (log.length - 7);
          log[at]! ^= change;
          const { records: read, damage } = readLog(folder, log);
          const texts = new Set(records.map(textOf));
          assertEquals(
            read.filter((one) =>
              !texts.has(one)
            ),
            [],
          );
          // A block of 32 KiB has at least 400 and at most 1500 of them.
          assertLessOrEqual(4000 - read.length, 1501);
          if (read.length < 4000) {
            assertEquals(damage.damaged > 0 || damage.isCut, true);
          }
        },
      ),
      { numRuns: 50 },
    )
  ));

test("protobuf: any bytes are fields or an error, without an endless loop", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        for (const field of fieldsOf(bytes)) void field;
      } catch (error) {
        if (!(error instanceof ProtobufError)) throw error;
      }
    }),
  ));

test("protobuf: what is written is read", () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(
        fc.integer({ min: 1, max: 5000 }),
        fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.uint8Array()),
      )),
      (fields) => {
        const bytes = joinFields(...fields.map(([field, value]) =>
          typeof value === "bigint"
            ? integerField(field, value)
            : bytesField(field, value)
        ));
        const read = [...fieldsOf(bytes)].map(({ field, value, bytes }) => [
          field,
          ...[value, [...bytes]],
        ]);
        assertEquals(
          read,
          fields.map(([field, value]) =>
            typeof value === "bigint"
              ? [field, value, []]
              : [field, 0n, [...value]]
          ),
        );
      },
    ),
  ));
