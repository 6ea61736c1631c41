/** Reading the files of a program: bytes, hash, and whether the file changed. Never asks for a permission. */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { attempt } from "../../internal/attempt.ts";
import { messageOf } from "../../internal/errors.ts";
import { isGranted } from "../../internal/runtime.ts";

/** A file that was read. */
export interface SourceFile {
  /** The SHA-256 of its bytes, in hex. */
  readonly sha256: string;
  /** Its size, in bytes. */
  readonly size: number;
  /** Its text; `undefined` if it is not UTF-8, or was too large to be read at once. */
  readonly text: string | undefined;
  /** When it or its place in the file system changed last, in milliseconds since 1970. */
  readonly changedAt: number;
}

/** A file that cannot be read. */
export interface Unread {
  /** Why, after its path: `is missing`. */
  readonly reason: string;
}

/** Files beyond this size are hashed in parts. */
const MOST_AT_ONCE = 64 * 1024 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a file.
 *
 * @param url Its `file:` URL.
 * @returns the file, or why it cannot be read.
 */
export function readSource(url: string): SourceFile | Unread {
  const path = attempt(() => fileURLToPath(url));
  if (path === undefined) return { reason: "is not the address of a file" };
  if (!isReadable(path)) {
    return { reason: `may not be read; add --allow-read=${path}` };
  }
  try {
    const { size, mtimeMs, ctimeMs, isFile } = statOf(path);
    if (!isFile) return { reason: "is not a file" };
    const changedAt = Math.max(mtimeMs, ctimeMs);
    if (size > MOST_AT_ONCE) {
      return { sha256: hashInParts(path), size, text: undefined, changedAt };
    }
    const bytes = readFileSync(path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { sha256, size, text: textOf(bytes), changedAt };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Reads each file once. */
export class Sources {
  readonly #known = new Map<string, SourceFile | Unread>();

  /** Reads a file, by its `file:` URL. */
  read(url: string): SourceFile | Unread {
    let known = this.#known.get(url);
    if (known === undefined) this.#known.set(url, known = readSource(url));
    return known;
  }

  /** Whether there is a file that can be read. */
  has(url: string): boolean {
    return "sha256" in this.read(url);
  }
}

function statOf(path: string) {
  const stat = statSync(path);
  const { size, mtimeMs, ctimeMs } = stat;
  return { size, mtimeMs, ctimeMs, isFile: stat.isFile() };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    // It is not UTF-8.
    return undefined;
  }
}

function hashInParts(path: string): string {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1024 * 1024);
  const file = openSync(path, "r");
  try {
    for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, n));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (code === "ENOENT" || code === "ENOTDIR") return "is missing";
  if (code === "EACCES" || code === "EPERM" || code === "ERR_ACCESS_DENIED") {
    return "may not be read";
  }
  if (code === "ELOOP") return "is a link to itself";
  return `cannot be read: ${messageOf(error)}`;
}

/** Whether a path may be read without a prompt. */
function isReadable(path: string): boolean {
  return isGranted({ name: "read", path });
}

/** Whether there is a file, or a folder, that may be seen. */
export function isThere(url: string): boolean {
  return attempt(() => {
    const path = fileURLToPath(url);
    return isReadable(path) && existsSync(path);
  }) === true;
}

/** The address of the file that a symbolic link leads to; that of any other file, and of one that is not there, stays. */
export function withoutLinks(url: string): string {
  const path = attempt(() => fileURLToPath(url));
  if (path === undefined) return url;
  const real = attempt(() => realpathSync(path), { name: "read", path });
  return real === undefined || real === path ? url : pathToFileURL(real).href;
}
