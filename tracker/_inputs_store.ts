/** Writes and reads the inputs of runs: their factors, and the texts that show a difference. */
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import { type FactorRecord, factorRecord } from "./_factor_record.ts";
import { type AttemptOf, writeFactors } from "./_factor_store.ts";
import { inflated, isTextOf } from "./_program_store.ts";
import { FACTOR_RECORD } from "./_run_shapes.ts";
import { listOf, objectOf, pairOf, type Shape, TEXT } from "./_shapes.ts";
import type { Connection } from "./driver.ts";
import {
  inputValue,
  readListing,
  type RunInputs,
} from "../internal/run_inputs.ts";

/** The inputs that a run records; as JSON it is a line of a spill file. */
export interface InputsRecord {
  /** The factors of the dimension `inputs`. */
  readonly factors: FactorRecord;
  /** The deflated texts by their SHA-256. */
  texts(): Iterable<readonly [sha256: string, content: Uint8Array]>;
}

/** Makes the record of inputs. Texts are deflated when a file does not have them. */
export function inputsRecord(
  { factors, coverage, texts }: RunInputs,
): InputsRecord {
  return inputsNote(factorRecord("inputs", factors, coverage), function* () {
    for (const [sha256, text] of texts) yield [sha256, deflateSync(text)];
  });
}

/** Makes a record that can be a line of a spill file. */
export function inputsNote(
  factors: FactorRecord,
  texts: InputsRecord["texts"],
): InputsRecord {
  return Object.assign({ factors, texts }, {
    toJSON: () => ({
      factors,
      texts: [...texts()].map(([sha256, content]) => [
        sha256,
        Buffer.from(content).toString("base64"),
      ]),
    }),
  });
}

/** A line of a spill file. */
const LINE: Shape = objectOf({
  factors: FACTOR_RECORD,
  texts: listOf(pairOf(TEXT, TEXT)),
});

/** Reads a record from a line of a spill file, or takes one from memory; `undefined` if the line is not one. */
export function inputsOfLine(line: object): InputsRecord | undefined {
  const { texts } = line as { texts?: unknown };
  if (typeof texts === "function") return line as InputsRecord;
  if (LINE(line, "inputs") !== undefined) return undefined;
  const stored = line as {
    readonly factors: FactorRecord;
    readonly texts: readonly [string, string][];
  };
  return inputsNote(stored.factors, function* () {
    for (const [sha256, text] of stored.texts) {
      const content = Buffer.from(text, "base64");
      if (isTextOf(content, sha256)) yield [sha256, content];
    }
  });
}

/** Writes the inputs of an attempt, instead of those that it has. The caller has begun a transaction. */
export function writeInputs(
  connection: Connection,
  of: AttemptOf,
  record: InputsRecord,
): void {
  const insert = connection.prepare(
    "INSERT OR IGNORE INTO texts (sha256, content) VALUES (?, ?)",
  );
  for (const [sha256, content] of record.texts()) insert.run(sha256, content);
  writeFactors(connection, of, [record.factors]);
}

/** Reads the texts that a file has of inputs: of small files, of folders, and of small files in these. */
export function* textsOfInputs(
  connection: Connection,
  { factors }: Pick<FactorRecord, "factors">,
): Iterable<readonly [sha256: string, content: Uint8Array]> {
  const find = connection.prepare("SELECT content FROM texts WHERE sha256 = ?");
  const textOf = (sha256: string): Uint8Array | undefined => {
    const content = find.get(sha256)?.["content"];
    return content instanceof Uint8Array && isTextOf(content, sha256)
      ? content
      : undefined;
  };
  for (const [, value] of factors) {
    const found = inputValue(value);
    if (found.is !== "file" && found.is !== "folder") continue;
    const content = textOf(found.sha256);
    if (content === undefined) continue;
    yield [found.sha256, content];
    if (found.is === "file") continue;
    for (const { sha256 } of readListing(inflated(content))) {
      const inside = textOf(sha256);
      if (inside !== undefined) yield [sha256, inside];
    }
  }
}
