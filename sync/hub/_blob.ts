/**
 * The frame of an object: four bytes that name it, the version of the frame, the kind of the content, the length of the
 * content, and the content, deflated. The name of the object is the SHA-256 of all of it.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { messageOf } from "../../internal/errors.ts";

/** What an object contains. */
export type BlobKind = "segment" | "node" | "content" | "file";

const MAGIC = "ATOh";
const VERSION = 1;
const HEAD = 10;
const KINDS: readonly BlobKind[] = ["segment", "node", "content", "file"];

/** The largest content in bytes: whoever can write to a hub can send anything. */
export const LARGEST: number = 64 * 1024 * 1024;

/** An object that is not what Ato stores. */
export class BlobError extends Error {
  /** Makes the error; the message is a clause. */
  constructor(message: string) {
    super(message);
    this.name = "BlobError";
  }
}

/** An object with its name. */
export interface Blob {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Makes an object. Equal contents give equal objects. */
export function encodeBlob(
  kind: BlobKind,
  content: string | Uint8Array,
): Blob {
  const raw = Buffer.from(content as string);
  if (raw.length > LARGEST) {
    throw new BlobError(`it has ${raw.length} bytes, more than ${LARGEST}`);
  }
  const head = Buffer.alloc(HEAD);
  head.write(MAGIC, "latin1");
  head.writeUInt8(VERSION, 4);
  head.writeUInt8(KINDS.indexOf(kind), 5);
  head.writeUInt32LE(raw.length, 6);
  const body = kind === "file" ? raw : deflateRawSync(raw, { level: 6 });
  const bytes = Buffer.concat([head, body]);
  return { name: sha256(bytes), bytes };
}

/**
 * Takes an object apart.
 *
 * @param name Its name, which its bytes must fit.
 * @param bytes What the hub gave.
 * @param kind What it must contain.
 * @throws {BlobError} If it is not that object, or larger than it may be.
 */
export function decodeBlob(
  name: string,
  bytes: Uint8Array,
  kind: BlobKind,
): Buffer {
  if (sha256(bytes) !== name) {
    throw new BlobError("its checksum is wrong: it was cut off or changed");
  }
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (all.length < HEAD || all.toString("latin1", 0, 4) !== MAGIC) {
    throw new BlobError("it is not an object of Ato");
  }
  if (all.readUInt8(4) > VERSION) {
    throw new BlobError("a newer Ato made it; update Ato");
  }
  const found = KINDS[all.readUInt8(5)];
  if (found !== kind) {
    throw new BlobError(`it is not a ${kind}`);
  }
  const length = all.readUInt32LE(6);
  if (length > LARGEST) {
    throw new BlobError(`it claims ${length} bytes, more than ${LARGEST}`);
  }
  const body = all.subarray(HEAD);
  const content = kind === "file" ? body : inflate(body, length);
  if (content.length !== length) {
    throw new BlobError("it is longer or shorter than it says");
  }
  return content;
}

function inflate(body: Uint8Array, length: number): Buffer {
  try {
    // One byte more than it says is enough to see that it says too little.
    return inflateRawSync(body, { maxOutputLength: length + 1 });
  } catch (error) {
    throw new BlobError(`it cannot be inflated (${messageOf(error)})`);
  }
}

/** Returns the SHA-256 in hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
