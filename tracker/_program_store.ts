/** Writes and reads programs: what a snapshot says of their modules, and the text of their files. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import { codeFactors } from "./_code_factors.ts";
import type { FactorRecord } from "./_factor_record.ts";
import { type AttemptOf, writeFactors } from "./_factor_store.ts";
import { FACTOR_RECORD } from "./_run_shapes.ts";
import { listOf, objectOf, pairOf, type Shape, TEXT } from "./_shapes.ts";
import type { Connection } from "./driver.ts";
import { sealOfProgram } from "./seal.ts";
import type { ParseCache, ProgramSnapshot } from "../internal/run_factors.ts";

/** A program as it is stored: a snapshot without its root, the texts apart. */
export type StoredProgram = Omit<ProgramSnapshot, "root" | "texts">;

/** The largest size of a stored program or text once it is inflated, in bytes: a file may come from a stranger. */
const LARGEST = 256 * 1024 * 1024;

/** A program that a run records, and its factors; as JSON it is a line of a spill file. */
export interface ProgramRecord {
  /** The SHA-256 of `detail`. */
  readonly hash: string;
  /** The stored program as JSON. */
  readonly detail: string;
  /** A code that only this user's key makes of the hash; see `tracker/seal.ts`. */
  readonly seal?: string | undefined;
  /** The factors of the dimension `code`. */
  readonly factors: FactorRecord;
  /** The deflated texts by the SHA-256 of the files. */
  texts(): Iterable<readonly [sha256: string, content: Uint8Array]>;
}

/** Lists the paths of a program's modules and manifests, from its root. */
export function filesOf({ detail }: ProgramRecord): string[] {
  const { modules, files } = JSON.parse(detail) as StoredProgram;
  return [...modules, ...files].map(({ path }) => path);
}

/** Makes the record of a snapshot. Texts are deflated when a file does not have them. */
export function programRecord(snapshot: ProgramSnapshot): ProgramRecord {
  const { entry, modules, files, coverage } = snapshot;
  const packages = Object.fromEntries(
    Object.entries(snapshot.packages).sort(([a], [b]) => a < b ? -1 : 1),
  );
  const program: StoredProgram = { entry, modules, packages, files, coverage };
  const detail = JSON.stringify(program);
  const hash = sha256Of(detail);
  return programNote({
    hash,
    detail,
    seal: sealOfProgram(hash),
    factors: codeFactors(snapshot),
    *texts() {
      for (const [sha256, text] of snapshot.texts) {
        yield [sha256, deflateSync(text)];
      }
    },
  });
}

/** Makes a record that can be a line of a spill file. */
export function programNote(record: ProgramRecord): ProgramRecord {
  return Object.assign(record, {
    toJSON: () => {
      const { hash, detail, seal, factors } = record;
      return { hash, detail, seal, factors, texts: asBase64(record.texts()) };
    },
  });
}

function asBase64(
  texts: Iterable<readonly [string, Uint8Array]>,
): [string, string][] {
  return [...texts].map(([sha256, content]) => [
    sha256,
    Buffer.from(content).toString("base64"),
  ]);
}

/** A line of a spill file. */
const LINE: Shape = objectOf({
  hash: TEXT,
  detail: TEXT,
  factors: FACTOR_RECORD,
  texts: listOf(pairOf(TEXT, TEXT)),
}, { seal: TEXT });

/**
 * Reads a record from a line of a spill file, or takes one from memory as it is.
 *
 * @returns the record; `undefined` if the line is not one, or its hash is that of another program: runs that
 *   ran the other one would seem to have run this one.
 */
export function programOfLine(line: object): ProgramRecord | undefined {
  const { texts } = line as { texts?: unknown };
  if (typeof texts === "function") return line as ProgramRecord;
  if (LINE(line, "program") !== undefined) return undefined;
  const stored = line as Omit<ProgramRecord, "texts"> & {
    readonly texts: readonly [string, string][];
  };
  if (sha256Of(stored.detail) !== stored.hash) return undefined;
  return {
    ...stored,
    *texts() {
      for (const [sha256, text] of stored.texts) {
        const content = Buffer.from(text, "base64");
        if (isTextOf(content, sha256)) yield [sha256, content];
      }
    },
  };
}

/** Returns the SHA-256 of a string in UTF-8, in hex. */
export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Whether a deflated text has a SHA-256. */
export function isTextOf(content: Uint8Array, sha256: string): boolean {
  try {
    return sha256Of(inflated(content)) === sha256;
  } catch {
    // It is not deflated text.
    return false;
  }
}

/** Writes which program an attempt ran. The caller has begun a transaction. */
export function writeProgram(
  connection: Connection,
  of: AttemptOf,
  record: ProgramRecord,
): void {
  const id = programId(connection, record);
  connection.prepare("INSERT OR REPLACE INTO run_programs VALUES (?, ?, ?, ?)")
    .run(of.runId, of.attempt, id, record.seal ?? null);
  writeFactors(connection, of, [record.factors]);
}

function programId(connection: Connection, record: ProgramRecord): number {
  const find = connection.prepare("SELECT id FROM programs WHERE hash = ?");
  const known = find.get(record.hash);
  if (known !== undefined) return Number(known["id"]);
  const insert = connection.prepare(
    "INSERT OR IGNORE INTO texts (sha256, content) VALUES (?, ?)",
  );
  for (const [sha256, content] of record.texts()) insert.run(sha256, content);
  const row = connection.prepare(
    "INSERT INTO programs (hash, detail) VALUES (?, ?) RETURNING id",
  ).get(record.hash, deflateSync(record.detail))!;
  return Number(row["id"]);
}

/**
 * Inflates a stored text.
 *
 * @throws {Error} If it is not what Ato stores.
 */
export function inflated(content: Uint8Array): string {
  const bytes = inflateSync(content, { maxOutputLength: LARGEST });
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
    .decode(bytes);
}

/** The parsed files in a database. What is set is kept in memory until {@linkcode FileCache.save}. */
export class FileCache implements ParseCache {
  readonly #connection: Connection;
  readonly #fresh = new Map<string, string>();

  /** @param connection The file. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get(key: string): string | undefined {
    const fresh = this.#fresh.get(key);
    if (fresh !== undefined) return fresh;
    try {
      const row = this.#connection.prepare(
        "SELECT facts FROM parsed WHERE key = ?",
      ).get(key);
      const facts = row?.["facts"];
      return facts instanceof Uint8Array ? inflated(facts) : undefined;
    } catch {
      // It is a cache: what cannot be read is parsed again.
      return undefined;
    }
  }

  set(key: string, facts: string): void {
    this.#fresh.set(key, facts);
  }

  /** Writes what was set. The caller has begun a transaction, which may be repeated. */
  save(): void {
    const insert = this.#connection.prepare(
      "INSERT OR REPLACE INTO parsed (key, facts) VALUES (?, ?)",
    );
    for (const [key, facts] of this.#fresh) {
      insert.run(key, deflateSync(facts));
    }
  }
}
